"""Listening: from the cursor on, in order, without a gap and without a repeat."""

from __future__ import annotations

import random
import unicodedata

import pytest

from resonanz.connectorkit.errors import Unavailable
from resonanz.connectorkit.faults import cut_short, hang_up_after, reads, when
from resonanz.connectorkit.manifest import Capability
from resonanz.kernel.messages import Message
from resonanz.kernel.paging import START, Cursor
from tests.contract.world import World

pytestmark = pytest.mark.needs(Capability.INBOUND)


def read_all(world: World, cursor: Cursor = START) -> tuple[list[Message], Cursor]:
    """Page after page until there is no more."""
    connector, found = world.connector(), []
    for _ in range(100):
        page = connector.inbound(cursor)
        found += page.items
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("the pages do not end")


def test_what_is_said_arrives_once_and_in_order(world: World) -> None:
    said = [world.others_mention(f"Meldung {number}") for number in range(5)]
    world.settle()
    found, cursor = read_all(world)
    assert [message.remote_id for message in found] == said
    for message in found:
        assert message.sent_at.tzinfo is not None
        assert message.author.handle
    assert read_all(world, cursor) == ([], cursor)


def test_the_cursor_goes_on_where_it_stopped(world: World) -> None:
    first = world.others_mention("eins")
    world.settle()
    found, cursor = read_all(world)
    assert [message.remote_id for message in found] == [first]
    second = world.others_mention("zwei")
    world.settle()
    found, cursor = read_all(world, cursor)
    assert [message.remote_id for message in found] == [second]


@pytest.mark.fake_only
def test_many_come_page_by_page(world: World) -> None:
    world.small_pages(20)
    said = [world.others_mention(f"Meldung {number}") for number in range(130)]
    world.settle()
    first = world.connector().inbound(START)
    assert first.more
    assert len(first.items) < 130
    moments = [message.sent_at for message in first.items]
    assert moments == sorted(moments)
    # Pages may come newest first: some networks list no other way.
    found, _ = read_all(world)
    assert sorted(message.remote_id for message in found) == sorted(said)


@pytest.mark.fake_only
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_or_repeated_when_we_crash_anywhere(world: World, seed: int) -> None:
    """A crash forgets what was read since the cursor was stored; whoever stores both together has each once."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    world.small_pages(20)
    said: list[str] = []
    stored: list[str] = []
    cursor = START
    for _ in range(40):
        if chance.random() < 0.6:
            for _ in range(chance.randrange(1, 6)):
                said.append(world.others_mention(f"Meldung {len(said)}"))
        world.clock.advance(seconds=chance.randrange(0, 20))
        fault = (
            when(reads, chance.choice([hang_up_after, cut_short]), times=1) if chance.random() < 0.3 else None
        )
        try:
            page = world.connector(fault).inbound(cursor)
        except Unavailable:
            continue
        if chance.random() < 0.3:
            continue  # crashed before it was stored
        stored += [message.remote_id for message in page.items]
        cursor = page.cursor
    world.settle()
    rest, _ = read_all(world, cursor)
    stored += [message.remote_id for message in rest]
    assert len(stored) == len(set(stored))
    assert sorted(stored) == sorted(said)


def test_the_cursor_stays_small(world: World) -> None:
    for number in range(40):
        world.others_mention(f"Meldung {number}")
    _, cursor = read_all(world)
    assert len(cursor) < 10_000


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👩‍👧‍👦 und 🏳️‍🌈",
        "مرحبا — שלום",
        "1 < 2 & \"3\" > '2'",
        "zwei\nZeilen",
        "Å wird eins",
        "<b>kein Markup</b>",
    ],
)
def test_every_text_arrives_as_it_was_written(world: World, text: str) -> None:
    world.others_mention(text)
    world.settle()
    found, _ = read_all(world)
    assert found[-1].text.endswith(unicodedata.normalize("NFC", text))


@pytest.mark.fake_only
def test_nothing_is_dated_in_the_future(world: World) -> None:
    world.others_mention("Ihre Uhr geht vor")
    slow = world.clock.shifted(hours=-2)
    found = world.connector(clock=slow).inbound(START).items
    assert found[0].sent_at <= slow()
