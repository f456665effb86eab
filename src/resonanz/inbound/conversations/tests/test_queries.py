"""Lists, search and their number of queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Department, Member, Workspace
from resonanz.inbound.conftest import connected, said, work
from resonanz.inbound.conversations import lists, queries, services
from resonanz.inbound.conversations.lists import Filter, View
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.conversations.worker import FILE
from resonanz.inbound.intake.services import store


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def many(channel: Channel) -> list[Conversation]:
    """Seven conversations; the third and fourth have the same time to the microsecond."""
    minutes = [0, 1, 2, 2, 4, 5, 6]
    store(channel, [said(str(n), by=f"p{n}", minutes=m) for n, m in enumerate(minutes)])
    work(FILE)
    return list(Conversation.objects.order_by("-last_at", "-pk"))


def walked(member: Member, wanted: Filter, limit: int) -> list[int]:
    """The ids of all pages, one after the other."""
    ids: list[int] = []
    after = ""
    while True:
        page = lists.listed(member, wanted, after, limit)
        ids += [row.pk for row in page.rows]
        after = page.next
        if not after:
            return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_lead_through_everything_once(many: list[Conversation], agent: Member, limit: int) -> None:
    assert walked(agent, Filter(), limit) == [c.pk for c in many]
    longest_first = [c.pk for c in sorted(many, key=lambda c: (c.waiting_since, c.pk))]
    assert walked(agent, Filter(view=View.WAITING), limit) == longest_first


@pytest.mark.parametrize("key", ["", "x", "1", "1.x", "9" * 40 + ".1", "5." + "9" * 40, "-5.-5"])
def test_an_address_somebody_typed_breaks_nothing(many: list[Conversation], agent: Member, key: str) -> None:
    lists.listed(agent, Filter(), key)


def test_each_list_shows_its_own(many: list[Conversation], agent: Member, editor: Member) -> None:
    ids = [c.pk for c in many]
    services.assign(agent, ids[:1], agent)
    services.assign(agent, ids[1:2], editor)
    services.set_status(agent, ids[2:3], Status.PENDING)
    services.set_status(agent, ids[3:4], Status.RESOLVED)
    services.snooze(agent, ids[4:5], now() + timedelta(days=1))
    expected = {
        View.OPEN: ids[:2] + ids[5:],
        View.MINE: ids[:1],
        View.UNASSIGNED: ids[5:],
        View.PENDING: ids[2:3],
        View.RESOLVED: ids[3:4],
        View.SNOOZED: ids[4:5],
        View.ALL: ids,
    }
    for view, shown in expected.items():
        assert walked(agent, Filter(view=view), 50) == shown
        assert lists.counted(agent, view) == len(shown)


def test_lists_can_be_narrowed(many: list[Conversation], agent: Member, workspace: Workspace) -> None:
    other = connected(workspace, name="them")
    store(other, [said("x", minutes=9)])
    work(FILE)
    mine = Conversation.objects.get(channel=other)
    label = services.add_label(agent, [mine.pk], "Complaint")
    service = Department.objects.create(workspace=workspace, name="Service")
    services.move(agent, [mine.pk], service)
    for wanted in (Filter(channel=other.pk), Filter(label=label.pk), Filter(department=service.pk)):
        assert walked(agent, wanted, 50) == [mine.pk]


def test_an_outsider_sees_nothing(many: list[Conversation], outsider: Member) -> None:
    assert walked(outsider, Filter(view=View.ALL), 50) == []
    assert lists.counted(outsider, View.ALL) == 0
    with pytest.raises(Conversation.DoesNotExist):
        queries.conversation(outsider, many[0].pk)


def test_reading_needs_the_right_to(many: list[Conversation], agent: Member) -> None:
    agent.role = "nobody"
    with pytest.raises(PermissionDenied):
        lists.listed(agent, Filter())
    with pytest.raises(PermissionDenied):
        queries.conversation(agent, many[0].pk)


@pytest.mark.parametrize(
    "words",
    ["Müller", "mueller", "MUELLER tür", "tuer müll", "strasse", "Straße", "café", "cafe", "@jürgen"],
)
def test_the_search_hears_umlauts_as_a_german_does(channel: Channel, agent: Member, words: str) -> None:
    store(channel, [said("1", "Tür bei Müller in der Café-Straße klemmt", by="jürgen"), said("2", "Miller")])
    work(FILE)
    assert walked(agent, Filter(words=words), 50) == [Conversation.objects.get(root="1").pk]


def test_the_search_finds_an_edited_text_by_its_new_words(channel: Channel, agent: Member) -> None:
    store(channel, [said("1", "a red door")])
    work(FILE)
    store(channel, [said("1", "a blue door")])
    work(FILE)
    assert walked(agent, Filter(words="red"), 50) == []
    assert len(walked(agent, Filter(words="blue"), 50)) == 1


def test_a_percent_sign_is_a_percent_sign(channel: Channel, agent: Member) -> None:
    store(channel, [said("1", "20% off"), said("2", "20 off")])
    work(FILE)
    assert len(walked(agent, Filter(words="20%"), 50)) == 1


def test_a_longer_list_takes_no_more_queries(many: list[Conversation], agent: Member) -> None:
    services.assign(agent, [c.pk for c in many], agent)
    for name in ("One", "Two"):
        services.add_label(agent, [c.pk for c in many], name)

    def asked(limit: int) -> int:
        with CaptureQueriesContext(connection) as queries_made:
            for row in lists.listed(agent, Filter(), limit=limit).rows:
                assert all((row.author.name, row.network, str(row.assignee)))
                assert row.labels == ("One", "Two")
        return len(queries_made)

    assert asked(1) == asked(7) == 2


def test_a_longer_thread_takes_no_more_queries(channel: Channel, agent: Member) -> None:
    store(channel, [said("0"), *(said(str(n), reply_to="0", minutes=n, by=f"p{n}") for n in range(1, 20))])
    work(FILE)
    conversation = queries.conversation(agent, Conversation.objects.get().pk)
    for n in range(5):
        services.add_note(agent, conversation.pk, f"note {n}")

    def asked(limit: int) -> int:
        with CaptureQueriesContext(connection) as queries_made:
            for entry in queries.thread(conversation, limit).entries:
                assert entry.note or entry.event or (entry.message and entry.message.author.handle)
        return len(queries_made)

    assert asked(2) == asked(20) == 5


def test_an_endless_thread_is_shown_from_its_end(channel: Channel) -> None:
    store(channel, [said("0"), *(said(str(n), reply_to="0", minutes=n) for n in range(1, 20))])
    work(FILE)
    shown = queries.thread(Conversation.objects.get(), limit=5)
    assert shown.earlier
    assert [e.message.remote_id for e in shown.entries if e.message] == ["15", "16", "17", "18", "19"]


def test_a_person_is_known_by_what_they_said_to_us(channel: Channel) -> None:
    store(channel, [said("1"), said("2", minutes=5), said("3", by="ben", minutes=6)])
    work(FILE)
    person = queries.person(Conversation.objects.get(root="2"))
    assert (person.author.handle, person.messages) == ("anna", 2)
    assert [c.pk for c in person.others] == [Conversation.objects.get(root="1").pk]


@pytest.mark.parametrize("words", ['o"k', "a", "ab", "ab 'or'", "der", 'AND "', "50%_"])
def test_any_words_can_be_searched_for(channel: Channel, agent: Member, words: str) -> None:
    store(channel, [said("1", f"before {words} after"), said("2", "something else")])
    work(FILE)
    assert Conversation.objects.get(root="1").pk in walked(agent, Filter(words=words), 50)


def test_the_index_of_trigrams_follows_every_change(channel: Channel, agent: Member) -> None:
    store(channel, [said(str(n), f"text {n}") for n in range(5)])
    work(FILE)
    store(channel, [said("1", "edited")])
    work(FILE)
    Conversation.objects.filter(root="2").delete()
    if connection.vendor != "sqlite":
        pytest.skip("an index of SQLite's")
    with connection.cursor() as cursor:
        # Raises where the index and the texts differ.
        cursor.execute(
            "INSERT INTO conversations_trigrams (conversations_trigrams, rank) VALUES ('integrity-check', 1)"
        )
        cursor.execute(
            "SELECT count(*) FROM conversations_trigrams WHERE conversations_trigrams MATCH '\"tex\"'"
        )
        assert cursor.fetchone() == (3,)
