"""Routines come round by themselves, also after a crash or a bug."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils.timezone import now

from resonanz.foundation.work import engine, leases, routines
from resonanz.foundation.work.models import Fault, Routine

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def swept(db: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A routine that counts how often it was done and fails while `fails` is set."""
    seen = SimpleNamespace(times=0, fails=False)

    def do() -> None:
        seen.times += 1
        if seen.fails:
            raise RuntimeError

    monkeypatch.setattr(routines, "_chores", {})
    monkeypatch.setattr(routines, "_written", set())
    routines.recurring("sweep the yard", do, every=DAY)
    return seen


def work() -> int:
    return engine.drain((routines.ROUTINE,))


def test_a_routine_is_done_at_once_and_then_once_a_period(swept: SimpleNamespace, clock: Any) -> None:
    assert work() == 1
    assert work() == 0
    clock.shift(DAY - timedelta(seconds=1))
    assert work() == 0
    clock.shift(timedelta(seconds=1))
    assert work() == 1
    assert swept.times == 2
    assert Routine.objects.get().done_at == now()


def test_one_that_dies_half_way_is_done_again(swept: SimpleNamespace, clock: Any) -> None:
    routines.find()
    (_abandoned,) = leases.claim(routines.ROUTINE, "mortal")
    clock.shift(timedelta(seconds=routines.LEASE_SECONDS + 1))
    assert work() == 1
    assert swept.times == 1


def test_a_bug_is_told_and_tried_again_later(swept: SimpleNamespace, clock: Any) -> None:
    swept.fails = True
    assert work() == 1
    assert Routine.objects.get().fault == Fault.objects.get().pk
    swept.fails = False
    clock.shift(timedelta(minutes=2))
    assert work() == 1
    assert (Routine.objects.get().fault, swept.times) == (None, 2)


def test_a_routine_of_another_version_rests(swept: SimpleNamespace) -> None:
    Routine.objects.create(name="of yore", due_at=now())
    assert work() == 2
    assert Routine.objects.get(name="of yore").due_at is None
    assert swept.times == 1


def test_two_cannot_have_one_name(swept: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="sweep the yard"):
        routines.recurring("sweep the yard", print, every=DAY)


def test_files_that_no_row_names_are_cleaned_daily() -> None:
    from resonanz.foundation.media.services import clean_orphans

    assert routines._chores["clean media"] == routines.Chore(clean_orphans, DAY)
