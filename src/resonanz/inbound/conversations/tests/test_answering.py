"""An answer goes out once, is shown once, and nobody gives a second one without knowing."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.inbound.conftest import NOON, connected, said, work
from resonanz.inbound.conversations.answering import (
    AnsweredMeanwhile,
    CannotAnswer,
    answer,
    can_answer,
    counted,
)
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Answer, Conversation
from resonanz.inbound.conversations.queries import target, thread
from resonanz.inbound.conversations.services import NotThere
from resonanz.inbound.conversations.worker import FILE, SETTLE
from resonanz.inbound.intake.services import store
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import MessageKind, Visibility
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication
from resonanz.outbound.publishing.services import NotAccepted


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def conversation(channel: Channel) -> Conversation:
    store(channel, [said("1", "When do you open?"), said("2", "Hello?", minutes=3, reply_to="1")])
    work(FILE)
    return Conversation.objects.get()


def published(made: Answer, remote_id: str = "out") -> None:
    Publication.objects.filter(pk=made.publication_id).update(
        state=PublicationState.PUBLISHED, remote_id=remote_id, due_at=None
    )


def kinds(conversation: Conversation) -> list[str]:
    return [entry.kind.value for entry in thread(conversation).entries]


def test_what_the_network_adds_to_an_answer_counts(
    conversation: Conversation, agent: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = networks.all_networks()
    naming = replace(known["plaza"], worded=lambda text, to: f"@{to.remote_id}: {text}" if to else text)
    monkeypatch.setattr(networks, "all_networks", lambda: {**known, "plaza": naming})
    message = target(conversation)
    assert message is not None
    counted_now = counted(conversation, message, "Hi")
    assert counted_now is not None
    assert counted_now.used == len("@2: Hi")
    with pytest.raises(NotAccepted):
        answer(agent, conversation.pk, "x" * 297, key=new_key(), seen=0)
    assert answer(agent, conversation.pk, "x" * 296, key=new_key(), seen=0)


def test_an_answer_goes_through_publishing_to_the_last_message(
    conversation: Conversation, agent: Member
) -> None:
    made = answer(agent, conversation.pk, " At nine. ", key=new_key(), seen=0)
    publication = Publication.objects.get()
    assert (publication.origin, publication.text) == ("answer", "At nine.")
    assert publication.reply_to == {"remote_id": "2", "data": {"at": "2"}}
    assert publication.due_at is not None
    assert made.member == agent
    conversation.refresh_from_db()
    assert (conversation.status, conversation.assignee, conversation.waiting_since) == (
        Status.PENDING,
        agent,
        None,
    )
    assert conversation.snippet == "At nine."
    assert Entry.objects.filter(action="conversation.answered", actor=agent).count() == 1


def test_another_message_of_the_thread_can_be_answered(conversation: Conversation, agent: Member) -> None:
    first = conversation.parts.get(message__remote_id="1").message_id
    answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0, message_id=first)
    assert Publication.objects.get().reply_to["remote_id"] == "1"


def test_answer_and_done(conversation: Conversation, agent: Member) -> None:
    answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0, resolve=True)
    assert Conversation.objects.get().status == Status.RESOLVED


def test_sending_the_form_twice_publishes_once(conversation: Conversation, agent: Member) -> None:
    key = new_key()
    first = answer(agent, conversation.pk, "At nine.", key=key, seen=0)
    assert answer(agent, conversation.pk, "At nine.", key=key, seen=0) == first
    assert (Publication.objects.count(), Answer.objects.count()) == (1, 1)


def test_two_colleagues_do_not_answer_without_knowing(
    conversation: Conversation, agent: Member, editor: Member
) -> None:
    first = answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0)
    with pytest.raises(AnsweredMeanwhile) as caught:
        answer(editor, conversation.pk, "At ten.", key=new_key(), seen=0)
    assert caught.value.answer == first
    answer(editor, conversation.pk, "Sorry, ten.", key=new_key(), seen=first.pk)
    assert Publication.objects.count() == 2
    conversation.refresh_from_db()
    assert conversation.assignee == agent, "whoever took it first keeps it"


def test_two_tabs_of_one_person_say_the_same_only_once(conversation: Conversation, agent: Member) -> None:
    answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0)
    with pytest.raises(AnsweredMeanwhile):
        answer(agent, conversation.pk, "At  nine. ", key=new_key(), seen=0)
    assert Publication.objects.count() == 1


def test_an_answer_is_never_more_public_than_the_question(channel: Channel, agent: Member) -> None:
    store(
        channel,
        [said("1", kind=MessageKind.DIRECT, visibility=Visibility.DIRECT, content_warning="Salary")],
    )
    work(FILE)
    answer(agent, Conversation.objects.get().pk, "Thanks", key=new_key(), seen=0)
    publication = Publication.objects.get()
    assert (publication.visibility, publication.content_warning) == ("direct", "Salary")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [(Visibility.PUBLIC, "public"), (Visibility.UNLISTED, "public"), (Visibility.FOLLOWERS, "")],
)
def test_where_a_network_cannot_keep_it_as_private_nothing_is_answered(
    channel: Channel, agent: Member, asked: Visibility, answered: str
) -> None:
    store(channel, [said("1", visibility=asked)])
    work(FILE)
    with contextlib.suppress(CannotAnswer):
        answer(agent, Conversation.objects.get().pk, "Thanks", key=new_key(), seen=0)
    assert [p.visibility for p in Publication.objects.all()] == ([answered] if answered else [])


def test_too_long_is_refused_and_changes_nothing(conversation: Conversation, agent: Member) -> None:
    with pytest.raises(NotAccepted) as caught:
        answer(agent, conversation.pk, "x" * 301, key=new_key(), seen=0)
    assert [p.code for p in caught.value.problems] == ["text_too_long"]
    conversation.refresh_from_db()
    assert (conversation.status, conversation.assignee) == (Status.OPEN, None)
    assert not Answer.objects.exists()


def test_those_who_may_not_answer_cannot(
    conversation: Conversation, analyst: Member, outsider: Member
) -> None:
    with pytest.raises(PermissionDenied):
        answer(analyst, conversation.pk, "Hi", key=new_key(), seen=0)
    with pytest.raises(NotThere):
        answer(outsider, conversation.pk, "Hi", key=new_key(), seen=0)
    assert not can_answer(analyst, conversation)
    assert not Publication.objects.exists()


def test_a_message_of_another_conversation_cannot_be_answered_here(
    conversation: Conversation, channel: Channel, agent: Member
) -> None:
    store(channel, [said("9", by="ben", minutes=9)])
    work(FILE)
    other = Conversation.objects.exclude(pk=conversation.pk).get()
    with pytest.raises(NotThere):
        answer(agent, conversation.pk, "Hi", key=new_key(), seen=0, message_id=target(other).pk)  # type: ignore[union-attr]


def test_a_feed_cannot_be_answered(workspace: Workspace, channel: Channel, agent: Member) -> None:
    feed = connected(workspace, "gazette")
    store(feed, [said("a", kind=MessageKind.ARTICLE)])
    work(FILE)
    conversation = Conversation.objects.get(channel=feed)
    assert not can_answer(agent, conversation)
    with pytest.raises(CannotAnswer):
        answer(agent, conversation.pk, "Hi", key=new_key(), seen=0)


@pytest.mark.parametrize("receipt_first", [True, False])
def test_our_own_answer_is_shown_once_when_the_network_echoes_it(
    conversation: Conversation, channel: Channel, agent: Member, receipt_first: bool
) -> None:
    made = answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0)
    Publication.objects.update(state=PublicationState.SENDING)
    assert kinds(conversation) == ["said", "said", "answer"]
    echo = said("out", "At nine.", by="us", minutes=60 * 20, reply_to="2", thread="1")
    if receipt_first:
        published(made)
    store(channel, [echo])
    work(FILE)
    assert kinds(conversation) == ["said", "said", "answer"]
    if not receipt_first:
        published(made)
    assert kinds(conversation) == ["said", "said", "answer"]
    assert Conversation.objects.count() == 1


def test_a_reply_to_our_answer_comes_back_to_the_conversation(
    conversation: Conversation, channel: Channel, agent: Member
) -> None:
    published(answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0, resolve=True))
    # This network names no thread: only our answer leads back.
    store(channel, [said("3", "Thanks!", minutes=60 * 21, reply_to="out", kind=MessageKind.REPLY)])
    work(FILE)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.messages_count) == (Status.OPEN, 3)
    assert kinds(conversation) == ["said", "said", "answer", "event", "said"]


def test_an_answer_that_could_not_be_sent_makes_it_our_turn_again(
    conversation: Conversation, agent: Member
) -> None:
    made = answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0, resolve=True)
    assert work(SETTLE) == 0, "nothing is concluded while it is on its way"
    Publication.objects.update(state=PublicationState.FAILED)
    assert work(SETTLE) == 1
    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == (Status.OPEN, NOON + timedelta(minutes=3))
    published(made)
    assert work(SETTLE) == 0


def test_an_answer_that_is_out_changes_nothing_more(conversation: Conversation, agent: Member) -> None:
    published(answer(agent, conversation.pk, "At nine.", key=new_key(), seen=0))
    work(SETTLE)
    conversation.refresh_from_db()
    assert conversation.status == Status.PENDING
    assert conversation.last_at == now()
