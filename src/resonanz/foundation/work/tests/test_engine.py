"""The sweep hands out what is due as far as there is room, and frees what the dead have left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from resonanz.foundation.work import registry
from resonanz.foundation.work.engine import Engine
from resonanz.foundation.work.leases import Kind, claim
from resonanz.foundation.work.tests.conftest import Job


class Handed(Engine):
    """An engine whose threads never finish: it only notes what it hands out."""

    def __init__(self, *kinds, threads=4):
        super().__init__(threads=threads, kinds=kinds)
        self.leases = []

    def _hand_out(self, lease):
        self._busy[lease.kind.name] += 1
        self.leases.append(lease)


def jobs(count, **fields):
    return [Job.objects.create(due_at=now(), **fields) for _ in range(count)]


def test_no_more_is_claimed_than_there_are_free_threads(kind):
    jobs(6)
    engine = Handed(kind, threads=4)
    assert engine.sweep() == 4
    assert engine.sweep() == 0


def test_a_kind_takes_no_more_than_its_share(kind):
    jobs(6)
    narrow = Kind("job", Job, kind.handle, kind.on_fault, parallel=2)
    assert Handed(narrow).sweep() == 2


def test_the_pause_ends_when_the_next_row_is_due(kind):
    engine = Handed(kind)
    assert engine.sweep() == 0
    assert engine._pause() == pytest.approx(1)
    Job.objects.create(due_at=now() + timedelta(seconds=0.4))
    assert engine.sweep() == 0
    assert 0.2 < engine._pause() <= 0.4


def test_the_dead_are_recovered_and_the_living_left_alone(kind, monkeypatch):
    jobs(2)
    claim(kind, "dead")
    claim(kind, "alive")
    engine = Handed(kind)
    monkeypatch.setattr(engine._liveness, "is_alive", lambda owner: owner == "alive")
    assert engine.recover() == 1
    assert engine.sweep() == 1
    assert engine.recover() == 0


def test_a_name_stands_for_one_kind(kind):
    registry.register(kind)
    try:
        with pytest.raises(ValueError):
            registry.register(kind)
    finally:
        registry._kinds.pop("job")


def test_waking_ends_the_wait_at_once():
    registry.wake()
    registry.wait(60)  # would be noticed
