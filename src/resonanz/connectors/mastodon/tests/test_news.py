"""The position in the notifications: no gap and no repeat, however the server orders and commits."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from resonanz.connectorkit.reading import Unreadable
from resonanz.connectors.mastodon import news
from resonanz.connectors.mastodon.news import Position
from resonanz.connectors.mastodon.tests.test_translate import HOME, US, status
from resonanz.kernel.messages import Message
from resonanz.kernel.paging import START, Cursor, Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def note(number: int, at: datetime, kind: str = "mention") -> dict[str, Any]:
    return {
        "id": str(number),
        "type": kind,
        "created_at": at.isoformat(),
        "status": status(id=str(1000 + number), mentions=[US], created_at=at.isoformat()),
    }


def ask(server: list[dict[str, Any]], cursor: Cursor, now: datetime, limit: int = 40) -> Page[Message]:
    """What a server that knows `min_id` answers."""
    after = int(Position.read(cursor).after)
    newer = sorted((one for one in server if int(one["id"]) > after), key=lambda one: int(one["id"]))
    return news.page(newer[:limit][::-1], Position.read(cursor), HOME, now, now)


def ids(page: Page[Message]) -> list[int]:
    return [int(message.reference.data["id"]) - 1000 for message in page.items]


def test_a_smaller_id_that_appears_later_is_not_lost() -> None:
    server = [note(1, NOW), note(3, NOW)]
    first = ask(server, START, NOW)
    server.append(note(2, NOW))  # its transaction took longer
    second = ask(server, first.cursor, NOW + timedelta(seconds=5))
    assert (ids(first), ids(second)) == ([1, 3], [2])
    third = ask(server, second.cursor, NOW + timedelta(minutes=5))
    assert ids(third) == []
    assert third.cursor == "3"


@pytest.mark.parametrize("seed", range(20))  # its number stands in the test's name
def test_nothing_is_lost_or_repeated_while_ids_are_committed_out_of_order(seed: int) -> None:
    chance = random.Random(seed)
    now, waiting, server = NOW, [], []
    seen: list[int] = []
    cursor = START
    for number in range(1, 400):
        now += timedelta(seconds=chance.random() * 3)
        waiting.append((now + timedelta(seconds=chance.random() * 10), note(number, now)))
        server += [one for when, one in waiting if when <= now]
        waiting = [(when, one) for when, one in waiting if when > now]
        if chance.random() < 0.2:
            page = ask(server, cursor, now, limit=chance.choice([15, 40]))
            seen += ids(page)
            cursor = page.cursor
    server += [one for _, one in waiting]
    now += timedelta(minutes=5)
    for _ in range(50):
        page = ask(server, cursor, now)
        seen += ids(page)
        cursor = page.cursor
    assert sorted(seen) == list(range(1, 400))
    assert cursor == "399"


def test_a_flood_younger_than_the_settling_moves_on() -> None:
    server = [note(number, NOW) for number in range(1, 301)]
    seen, cursor = [], START
    for _ in range(30):
        page = ask(server, cursor, NOW)
        seen += ids(page)
        cursor = page.cursor
        if not page.more:
            break
    assert seen == list(range(1, 301))
    assert len(cursor) < 200


def test_a_server_that_ignores_min_id_repeats_nothing() -> None:
    old = [note(number, NOW - timedelta(hours=1)) for number in (3, 2, 1)]
    first = news.page(old, Position(), HOME, NOW, NOW)
    second = news.page([note(4, NOW - timedelta(hours=1)), *old], Position.read(first.cursor), HOME, NOW, NOW)
    assert (ids(first), ids(second)) == ([1, 2, 3], [4])


def test_a_server_that_sends_the_oldest_first_is_read_as_well() -> None:
    page = news.page(
        [note(number, NOW - timedelta(hours=1)) for number in (9, 10)], Position(), HOME, NOW, NOW
    )
    assert (ids(page), page.cursor) == ([9, 10], "10")


def test_what_brings_no_words_or_cannot_be_read_is_passed_over_and_counted() -> None:
    old = NOW - timedelta(hours=1)
    sent = [
        note(4, old),
        note(3, old, "favourite"),
        {"id": "2", "type": "mention", "status": None},
        {"no": "id"},
    ]
    page = news.page(sent, Position(), HOME, NOW, NOW)
    assert (ids(page), page.skipped, page.cursor) == ([4], 2, "4")


def test_something_else_than_a_list_is_no_answer() -> None:
    with pytest.raises(Unreadable):
        news.page({"error": "x"}, Position(), HOME, NOW, NOW)


@pytest.mark.parametrize("cursor", ["", "12", "12 13 14"])
def test_a_position_is_written_as_it_is_read(cursor: str) -> None:
    assert Position.read(Cursor(cursor)).write() == (cursor or "0")
