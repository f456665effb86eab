"""Times on the wall: the two odd hours of the year, far futures, other zones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from resonanz.outbound.content.walltime import BadTime, WallTime

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-01-15T09:30", BERLIN, "2026-01-15T08:30"),
        ("2026-07-15T09:30", BERLIN, "2026-07-15T07:30"),
        ("2026-03-29T01:59", BERLIN, "2026-03-29T00:59"),
        ("2026-03-29T03:00", BERLIN, "2026-03-29T01:00"),
        ("2026-10-25T01:59", BERLIN, "2026-10-24T23:59"),
        ("2026-10-25T03:00", BERLIN, "2026-10-25T02:00"),
        ("2026-07-15T09:30:59", BERLIN, "2026-07-15T07:30"),
        ("2126-07-15T09:30", BERLIN, "2126-07-15T07:30"),
        ("9999-12-31T23:59", BERLIN, "9999-12-31T22:59"),
        ("2028-02-29T12:00", "America/New_York", "2028-02-29T17:00"),
        ("2026-06-01T12:00", "Asia/Kathmandu", "2026-06-01T06:15"),
    ],
)
def test_what_the_wall_shows_is_one_moment(text, zone, utc):
    wall = WallTime.parse(text, zone)
    assert wall.utc() == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert not wall.is_missing
    assert not wall.is_doubled
    assert WallTime.of(wall.utc(), zone) == wall
    assert str(wall) == text[:16]


def test_an_hour_in_spring_does_not_exist_and_its_neighbours_are_named():
    wall = WallTime.parse("2026-03-29T02:30", BERLIN)
    assert wall.is_missing
    assert not wall.is_doubled
    assert [str(each) for each in wall.neighbours] == ["2026-03-29T01:30", "2026-03-29T03:30"]
    with pytest.raises(BadTime) as refused:
        wall.utc()
    assert refused.value.code == "missing"


def test_an_hour_in_autumn_comes_twice_and_both_can_be_chosen():
    first = WallTime.parse("2026-10-25T02:30", BERLIN)
    second = WallTime.parse("2026-10-25T02:30", BERLIN, second=True)
    assert first.is_doubled
    assert not first.is_missing
    assert first.utc() == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert second.utc() == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert WallTime.of(first.utc(), BERLIN) == first
    assert WallTime.of(second.utc(), BERLIN) == second


def test_half_an_hour_is_enough_for_a_gap():
    wall = WallTime.parse("2026-10-04T02:15", "Australia/Lord_Howe")
    assert wall.is_missing
    assert [str(each) for each in wall.neighbours] == ["2026-10-04T01:45", "2026-10-04T02:45"]


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-02-30T09:00", "2026-13-01T09:00", "2026-02-01T09:00+01:00", "2026-02-01T25:00"],
)
def test_what_is_no_time_is_said(text):
    with pytest.raises(BadTime) as refused:
        WallTime.parse(text, BERLIN)
    assert refused.value.code == "unreadable"


def test_the_last_hours_of_the_calendar_do_not_crash():
    with pytest.raises(BadTime):
        WallTime.parse("9999-12-31T23:59", "America/New_York").utc()
    with pytest.raises(BadTime):
        WallTime.parse("0001-01-01T00:00", "Asia/Tokyo").utc()
