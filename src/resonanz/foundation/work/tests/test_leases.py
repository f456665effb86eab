"""A due row belongs to one worker, for a while; and whoever lost it stores nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.utils.timezone import now

from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.work.leases import LeaseLost
from resonanz.foundation.work.models import Fault
from resonanz.foundation.work.tests.conftest import Job


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


def job(minutes=0.0, **fields):
    return Job.objects.create(due_at=now() + timedelta(minutes=minutes), **fields)


def ids(found):
    return [lease.pk for lease in found]


def test_what_is_due_is_claimed_earliest_first_and_once(kind, clock):
    late, early, _later = job(-1), job(-2), job(1)
    Job.objects.create(due_at=None)
    assert ids(leases.claim(kind, "a", limit=1)) == [early.pk]
    assert ids(leases.claim(kind, "b", limit=9)) == [late.pk]
    assert leases.claim(kind, "c", limit=9) == []


def test_one_row_can_be_asked_for(kind, clock):
    _other, wanted, future = job(-2), job(-1), job(1)
    assert ids(leases.claim(kind, "a", pk=wanted.pk)) == [wanted.pk]
    assert leases.claim(kind, "b", pk=wanted.pk) == []
    assert leases.claim(kind, "b", pk=future.pk) == []


def test_a_lease_that_ran_out_goes_to_the_next(kind, clock):
    job()
    (first,) = leases.claim(kind, "a")
    clock.shift(59)
    assert leases.claim(kind, "b") == []
    assert leases.due(kind).count() == 0
    clock.shift(1)
    (second,) = leases.claim(kind, "b")
    assert (second.number, second.pk) == (first.number + 1, first.pk)


def test_whoever_lost_the_lease_stores_nothing(kind, clock):
    row = job(note="as it was")
    (first,) = leases.claim(kind, "a")
    clock.shift(61)
    (second,) = leases.claim(kind, "a")  # the same worker, even
    for act in (lambda: first.save(note="x"), lambda: first.release(None, note="x"), first.row):
        with pytest.raises(LeaseLost):
            act()
    row.refresh_from_db()
    assert row.note == "as it was"
    second.save(note="stored")
    assert second.row().note == "stored"


def test_releasing_gives_it_back_for_another_time(kind, clock):
    row = job()
    (lease,) = leases.claim(kind, "a")
    assert lease.has(59)
    assert not lease.has(60)
    lease.release(now() + timedelta(minutes=5), note="half")
    assert leases.claim(kind, "b") == []
    clock.shift(300)
    (again,) = leases.claim(kind, "b")
    row.refresh_from_db()
    assert (row.note, row.attempts, again.number) == ("half", 2, 2)


def test_the_soonest_of_every_kind_is_asked_for_at_once(kind, clock, django_assert_num_queries):
    other = replace(kind, name="other")
    with django_assert_num_queries(1):
        assert leases.soonest([kind, other]) == {}
    Job.objects.create(due_at=None)
    coming, held = job(1), job(-1, lease_until=now() + timedelta(minutes=1))
    with django_assert_num_queries(1):
        assert leases.soonest([kind, other]) == {"job": coming.due_at, "other": coming.due_at}
    clock.shift(timedelta(minutes=2))
    assert leases.soonest([kind]) == {"job": held.due_at}
    assert leases.soonest([]) == {}


def test_the_rows_of_the_dead_are_free_at_once_and_only_those(kind, clock):
    job(), job()
    (dead,) = leases.claim(kind, "dead")
    leases.claim(kind, "alive")
    assert leases.free(kind, "dead") == 1
    assert ids(leases.claim(kind, "next", limit=9)) == [dead.pk]
    assert leases.free(kind, "dead") == 0


def test_back_off_doubles_to_its_limit_and_spreads():
    def seconds(attempts):
        return [leases.backoff(attempts).total_seconds() for _ in range(200)]

    assert all(12 <= value <= 18 for value in seconds(1))
    assert all(96 <= value <= 144 for value in seconds(4))
    assert all(2880 <= value <= 4320 for value in seconds(50))
    assert len(set(seconds(4))) > 100


def test_a_fault_of_ours_is_recorded_without_what_it_says(kind, clock, caplog):
    row = job()

    def handle(lease):
        raise KeyError("s3cret-token")

    (lease,) = leases.claim(leases.Kind("job", Job, handle, kind.on_fault), "a")
    perform(lease)
    fault = Fault.objects.get()
    row.refresh_from_db()
    assert (row.note, fault.row, fault.summary) == (f"fault {fault.pk}", str(row.pk), "KeyError")
    assert "test_leases.py" in fault.trace
    assert "s3cret" not in fault.trace + caplog.text


@pytest.mark.parametrize("error", [LeaseLost("x"), DatabaseError("x")])
def test_a_lost_lease_and_a_database_away_are_no_faults(kind, clock, error):
    row = job()

    def handle(lease):
        raise error

    (lease,) = leases.claim(leases.Kind("job", Job, handle, kind.on_fault), "a")
    perform(lease)
    row.refresh_from_db()
    assert not Fault.objects.exists()
    assert (row.note, row.lease_owner) == ("", "a")


def test_a_fault_in_a_row_that_was_lost_changes_nothing(kind, clock):
    row = job()

    def handle(lease):
        Job.objects.update(lease_number=99)
        raise ValueError

    (lease,) = leases.claim(leases.Kind("job", Job, handle, kind.on_fault), "a")
    perform(lease)
    row.refresh_from_db()
    assert row.note == ""
