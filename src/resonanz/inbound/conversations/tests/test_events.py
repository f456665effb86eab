"""Whatever changes a conversation, by whomever, is written down and can be read beside the thread."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.audit.services import verify
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import said, work
from resonanz.inbound.conversations import services
from resonanz.inbound.conversations.answering import answer
from resonanz.inbound.conversations.events import EventKind, events
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.conversations.worker import FILE, SETTLE, WAKE
from resonanz.inbound.intake.services import store
from resonanz.kernel.ids import new_key
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def conversation(channel: Channel) -> Conversation:
    store(channel, [said("1", "My kickstand broke")])
    work(FILE)
    return Conversation.objects.get()


def told(conversation: Conversation) -> list[tuple[Any, ...]]:
    return [(e.kind.value, e.actor, e.before, e.after, e.cause) for e in events(conversation)]


def test_what_colleagues_do_is_told_in_order(
    conversation: Conversation, agent: Member, owner: Member
) -> None:
    ids = [conversation.pk]
    services.assign(agent, ids, owner)
    label = services.add_label(owner, ids, "Complaint")
    services.remove_label(owner, ids, label)
    services.set_status(owner, ids, Status.RESOLVED)
    services.set_status(owner, ids, Status.OPEN)
    services.assign(owner, ids, None)
    services.add_note(owner, conversation.pk, "is in the thread itself")
    assert told(conversation) == [
        ("assigned", "Sven Keller", None, "Petra Lang", ""),
        ("labelled", "Petra Lang", None, "Complaint", ""),
        ("unlabelled", "Petra Lang", "Complaint", None, ""),
        ("status", "Petra Lang", "open", "resolved", ""),
        ("status", "Petra Lang", "resolved", "open", ""),
        ("assigned", "Petra Lang", "Petra Lang", None, ""),
    ]


def test_snoozing_says_until_when_and_waking_is_told(
    conversation: Conversation, agent: Member, clock: time_machine.Coordinates
) -> None:
    for hours in (1, 2):
        services.snooze(agent, [conversation.pk], now() + timedelta(hours=hours))
    clock.shift(timedelta(hours=3))
    work(WAKE)
    first, again, woken = events(conversation)
    assert (first.after, first.until) == ("snoozed", datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert (again.before, again.after, again.until) == (
        "snoozed",
        "snoozed",
        datetime(2026, 3, 4, 10, tzinfo=UTC),
    )
    assert (woken.actor, woken.before, woken.after, woken.cause) == ("", "snoozed", "open", "time")


@pytest.mark.parametrize("status", [Status.PENDING, Status.RESOLVED])
def test_opening_by_a_new_message_is_told_once(
    conversation: Conversation, channel: Channel, agent: Member, status: Status
) -> None:
    services.set_status(agent, [conversation.pk], status)
    more = [said(str(n), minutes=n, reply_to="1") for n in (2, 3)]
    store(channel, more)
    work(FILE)
    store(channel, more)
    work(FILE)
    assert told(conversation)[1:] == [("status", "", status, "open", "message")]
    assert verify(channel.workspace) is None


def test_an_answer_tells_who_took_it_and_one_that_fails_opens_it_again(
    conversation: Conversation, agent: Member
) -> None:
    made = answer(agent, conversation.pk, "We send you a new one", key=new_key(), seen=0)
    Publication.objects.filter(pk=made.publication_id).update(state=PublicationState.FAILED)
    work(SETTLE)
    assert told(conversation) == [
        ("status", "Sven Keller", "open", "pending", "answer"),
        ("assigned", "Sven Keller", None, "Sven Keller", "answer"),
        ("status", "", "pending", "open", "unsent"),
    ]


def test_history_and_what_is_open_already_change_nothing(
    channel: Channel, conversation: Conversation
) -> None:
    store(channel, [said("2", reply_to="1", minutes=1), said("old", by="ben", minutes=-9 * 24 * 60)])
    work(FILE)
    assert Conversation.objects.get(author__handle="ben").status == Status.RESOLVED
    assert not Entry.objects.exists()


def test_it_takes_one_query_and_the_newest_are_told(
    conversation: Conversation, agent: Member, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for assignee in (agent, None) * 5:
        services.assign(agent, [conversation.pk], assignee)
    with django_assert_num_queries(1):
        assert len(events(conversation)) == 10
    monkeypatch.setattr("resonanz.inbound.conversations.events.MOST", 3)
    assert [e.after for e in events(conversation)] == [None, "Sven Keller", None]
    assert all(e.kind is EventKind.ASSIGNED for e in events(conversation))


def test_the_audit_trail_names_nobody_who_wrote_to_us(
    conversation: Conversation, channel: Channel, agent: Member
) -> None:
    services.set_status(agent, [conversation.pk], Status.RESOLVED)
    store(channel, [said("2", "Anna again", minutes=1, reply_to="1")])
    work(FILE)
    written = str(list(Entry.objects.values_list("target_name", "changes")))
    assert "nna" not in written
    assert "kickstand" not in written
