"""Reading on: every notification once, in whatever order they arrive and wherever the reader dies."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from resonanz.connectors.bluesky.position import LOOK_BACK, WINDOW, Entry, Position, milliseconds
from resonanz.kernel.paging import START, Cursor

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Listing:
    """Notifications as the AppView lists them: newest first, the cursor is the last one's moment."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, name: str, when: datetime) -> None:
        self.entries.append(Entry(name, milliseconds(when)))

    def page(self, back: str, size: int) -> tuple[list[Entry], str]:
        before = milliseconds(datetime.fromisoformat(back)) if back else 2**60
        below = sorted((e for e in self.entries if e.when < before), key=lambda e: (-e.when, e.uri))
        more = len(below) > size
        cursor = (EPOCH + timedelta(milliseconds=below[size - 1].when)).isoformat() if more else ""
        return below[:size], cursor


def step(listing: Listing, cursor: Cursor, now: datetime, size: int) -> tuple[list[str], Cursor, bool]:
    position = Position.read(cursor)
    page, back = listing.page(position.back, size)
    fresh = [page[index].uri for index in position.new(page)]
    after = position.after(page, min((e.when for e in page), default=None), back, now)
    return fresh, after.cursor(), after.more


def read_all(listing: Listing, cursor: Cursor, now: datetime, size: int = 10) -> tuple[list[str], Cursor]:
    read: list[str] = []
    for _page in range(1000):
        fresh, cursor, more = step(listing, cursor, now, size)
        read += fresh
        if not more:
            return read, cursor
    raise AssertionError("never ends")


def test_more_than_a_page_is_read_to_its_end_and_then_nothing_is_new() -> None:
    listing = Listing()
    for number in range(35):
        listing.add(f"n{number:02}", NOON + timedelta(seconds=number))
    read, cursor = read_all(listing, START, NOON + timedelta(minutes=1))
    assert sorted(read) == [f"n{number:02}" for number in range(35)]
    assert read[:10] == [f"n{number}" for number in range(25, 35)]  # oldest first within the page
    assert read_all(listing, cursor, NOON + timedelta(minutes=2))[0] == []


def test_one_that_slips_in_behind_others_is_found() -> None:
    listing = Listing()
    listing.add("early", NOON)
    read, cursor = read_all(listing, START, NOON)
    listing.add("late", NOON - timedelta(minutes=20))
    read, cursor = read_all(listing, cursor, NOON + timedelta(minutes=1))
    assert read == ["late"]
    assert read_all(listing, cursor, NOON + timedelta(minutes=2))[0] == []


def test_in_quiet_times_nothing_has_to_be_stored_for_an_hour() -> None:
    listing = Listing()
    listing.add("one", NOON)
    _read, cursor = read_all(listing, START, NOON)
    assert read_all(listing, cursor, NOON + timedelta(minutes=59)) == ([], cursor)
    later = read_all(listing, cursor, NOON + timedelta(minutes=61))[1]
    assert later != cursor
    listing.add("late", NOON + timedelta(minutes=2))
    assert read_all(listing, later, NOON + timedelta(minutes=61))[0] == ["late"]


def test_several_of_one_millisecond_across_a_page_break_are_all_read() -> None:
    listing = Listing()
    for number in range(25):
        listing.add(f"n{number}", NOON)
    listing.add("older", NOON - timedelta(seconds=1))
    assert len(read_all(listing, START, NOON, size=30)[0]) == 26
    # Ten a page, all of them of one moment: the AppView's own cursor skips the rest of it, and so must we, but the
    # reading ends and what is older is found.
    read, _cursor = read_all(listing, START, NOON, size=10)
    assert "older" in read
    assert len(read) == len(set(read))


def test_a_millisecond_shared_by_two_pages_loses_nothing() -> None:
    listing = Listing()
    for number in range(9):
        listing.add(f"n{number}", NOON + timedelta(seconds=number))
    for number in range(3):
        listing.add(f"same{number}", NOON)  # with n0 they are four; the page breaks among them
    read, _cursor = read_all(listing, START, NOON + timedelta(minutes=1))
    assert sorted(read) == sorted(entry.uri for entry in listing.entries)


def test_a_storm_keeps_the_cursor_small() -> None:
    listing = Listing()
    for number in range(1000):
        listing.add(f"n{number}", NOON + timedelta(seconds=number))
    read, cursor = read_all(listing, START, NOON + timedelta(seconds=1000), size=100)
    assert len(read) == len(set(read)) == 1000
    assert len(cursor) < 6 * WINDOW + 60
    # And one page at a time suffices from then on.
    assert step(listing, cursor, NOON + timedelta(seconds=1060), size=100)[::2] == ([], False)


@pytest.mark.parametrize(
    "cursor", ["", "x", "[]", "{}", "null", '{"f":"x","s":""}', '{"f":1}', '{"f":1,"s":3}']
)
def test_a_cursor_that_is_none_starts_again(cursor: str) -> None:
    assert Position.read(Cursor(cursor)) == Position()


@pytest.mark.parametrize("seed", range(12))
def test_nothing_twice_and_nothing_lost_whatever_arrives_and_whoever_dies(seed: int) -> None:
    """Notifications arrive up to 50 minutes late, in bursts and ties; the reader polls, and dies between any two
    pages (so the page and its position are stored together or not at all). Seed in the test's name."""
    chance = random.Random(seed)
    listing, cursor, now, read = Listing(), START, NOON, []
    number = 0
    for _round in range(40):
        now += timedelta(seconds=chance.choice([1, 30, 60, 600]))
        for _arrival in range(chance.choice([0, 0, 0, 1, 2, 5, 30])):
            # Late ones are found among the newest WINDOW; more within the hour is the known limit of a storm.
            if sum(entry.when > milliseconds(now - LOOK_BACK) for entry in listing.entries) >= WINDOW - 1:
                break
            # Ties, but fewer than a page of one millisecond: those the AppView itself cannot list.
            lateness = chance.choice([0, 0, 1, 30, 3000]) * chance.random() + chance.randrange(40) / 1000
            listing.add(f"n{number}", now - timedelta(seconds=lateness))
            number += 1
        for _page in range(chance.randrange(6)):
            fresh, after, _more = step(listing, cursor, now, size=7)
            if chance.random() < 0.2:
                continue  # dies before storing
            read += fresh
            cursor = after
    tail, _cursor = read_all(listing, cursor, now + timedelta(seconds=1), size=7)
    read += tail
    assert len(read) == len(set(read)), "twice"
    assert set(read) == {entry.uri for entry in listing.entries}, "lost"
