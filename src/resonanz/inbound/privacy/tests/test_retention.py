"""What is old and done goes, in pieces, whatever happens in between; what is not stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.audit.services import verify
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.services import set_retention
from resonanz.inbound.conftest import NOON, Killed, said, work
from resonanz.inbound.conversations.answering import answer
from resonanz.inbound.conversations.correcting import give_example
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation, Note, SearchText
from resonanz.inbound.conversations.services import add_note, set_status
from resonanz.inbound.conversations.worker import FILE, SETTLE
from resonanz.inbound.enrichment import aspects
from resonanz.inbound.enrichment.models import Example
from resonanz.inbound.intake.models import StoredAuthor, StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.inbound.privacy import queries, worker
from resonanz.inbound.privacy.models import Retention, Tally
from resonanz.inbound.privacy.worker import RETENTION
from resonanz.kernel.ids import new_key
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication

DAYS = 90


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def talk(channel: Channel, agent: Member) -> list[Conversation]:
    """Anna's, answered and done; Ben's, done; Carl's, still open."""
    store(
        channel, [said("1", "My kickstand"), said("2", by="ben", minutes=1), said("3", by="carl", minutes=2)]
    )
    store(channel, [said("4", "broke", minutes=3, reply_to="1")])
    work(FILE)
    anna, ben, carl = Conversation.objects.order_by("started_at")
    made = answer(agent, anna.pk, "Dear Anna, here is a new one", key=new_key(), seen=0)
    Publication.objects.filter(pk=made.publication_id).update(
        state=PublicationState.PUBLISHED, remote_id="out", published_at=now()
    )
    work(SETTLE)
    add_note(agent, anna.pk, "She sounds upset")
    set_status(agent, [anna.pk, ben.pk], Status.RESOLVED)
    return [anna, ben, carl]


def run_out(clock: time_machine.Coordinates, owner: Member, days: int = DAYS) -> None:
    """Choose a retention, and let it pass."""
    set_retention(owner, days)
    worker.find()
    clock.shift(timedelta(days=days + 1))


def test_what_is_done_and_old_goes_with_everything_that_belongs_to_it(
    talk: list[Conversation], owner: Member, clock: time_machine.Coordinates, channel: Channel
) -> None:
    seen = queries.preview(owner, DAYS)
    assert (seen.conversations, seen.messages) == (0, 0)
    run_out(clock, owner)
    seen = queries.preview(owner, DAYS)
    assert (seen.conversations, seen.messages) == (2, 3)
    work(RETENTION)
    assert list(Conversation.objects.all()) == [talk[2]]
    assert list(StoredMessage.objects.values_list("remote_id", flat=True)) == ["3"]
    assert [author.handle for author in StoredAuthor.objects.all()] == ["carl"]
    assert not Note.objects.exists()
    assert SearchText.objects.count() == 1
    publication = Publication.objects.get()
    assert (publication.text, publication.reply_to, publication.state) == ("", None, "published")
    assert publication.remote_id == "out"
    tally = Tally.objects.get()
    assert (tally.day, tally.conversations, tally.messages, tally.answers) == (NOON.date(), 2, 3, 1)


def test_a_run_is_one_line_of_the_trail(
    talk: list[Conversation],
    owner: Member,
    clock: time_machine.Coordinates,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "BATCH", 1)
    run_out(clock, owner)
    work(RETENTION)
    for _day in range(3):
        clock.shift(timedelta(days=1))
        work(RETENTION)
    entry = Entry.objects.get(action="retention.erased")
    assert (entry.actor_name, entry.changes["conversations"], entry.changes["messages"]) == (
        "", [None, 2], [None, 3],
    )  # fmt: skip
    assert "nna" not in str(list(Entry.objects.values("target_name", "changes")))
    assert verify(workspace) is None


def test_nobody_who_did_not_ask_for_it_loses_anything(
    talk: list[Conversation], clock: time_machine.Coordinates
) -> None:
    clock.shift(timedelta(days=4000))
    worker.find()
    work(RETENTION)
    assert Conversation.objects.count() == 3


def test_a_choice_can_be_taken_back_for_a_day(
    talk: list[Conversation], owner: Member, clock: time_machine.Coordinates
) -> None:
    clock.shift(timedelta(days=DAYS + 5))
    set_retention(owner, DAYS)
    work(RETENTION)
    clock.shift(timedelta(hours=23))
    work(RETENTION)
    assert Conversation.objects.count() == 3
    set_retention(owner, None)
    clock.shift(timedelta(hours=2))
    work(RETENTION)
    assert Conversation.objects.count() == 3
    set_retention(owner, 3650)
    work(RETENTION)
    set_retention(owner, DAYS)
    clock.shift(timedelta(hours=25))
    work(RETENTION)
    assert Retention.objects.get().due_at == now() + worker.GRACE, "another time: another day to think"
    clock.shift(timedelta(hours=25))
    work(RETENTION)
    assert Conversation.objects.count() == 1


def test_what_an_answer_is_on_its_way_to_stays(
    channel: Channel, agent: Member, owner: Member, clock: time_machine.Coordinates
) -> None:
    store(channel, [said("1")])
    work(FILE)
    answer(agent, Conversation.objects.get().pk, "Coming", key=new_key(), seen=0, resolve=True)
    run_out(clock, owner)
    work(RETENTION)
    assert Conversation.objects.count() == 1


def test_a_message_that_another_conversation_shows_stays_with_that(
    channel: Channel, agent: Member, owner: Member, clock: time_machine.Coordinates
) -> None:
    store(channel, [said("old")])
    work(FILE)
    set_status(agent, [Conversation.objects.get().pk], Status.RESOLVED)
    store(channel, [said("new", by="ben", minutes=5, reply_to="quoted", thread="other")])
    work(FILE)
    old, new = Conversation.objects.order_by("pk")
    new.parts.create(message=StoredMessage.objects.get(remote_id="old"), role="context")
    run_out(clock, owner)
    work(RETENTION)
    assert not Conversation.objects.filter(pk=old.pk).exists()
    assert StoredMessage.objects.filter(remote_id="old").exists()


def test_messages_that_no_conversation_took_go_by_the_day_they_came(
    channel: Channel, owner: Member, clock: time_machine.Coordinates
) -> None:
    store(channel, [said("set aside"), said("ours", by="us")])
    run_out(clock, owner)
    store(channel, [said("just in", by="ben")])
    work(RETENTION)
    assert set(StoredMessage.objects.values_list("remote_id", flat=True)) == {"ours", "just in"}


def test_a_death_at_any_statement_erases_each_once(
    talk: list[Conversation],
    owner: Member,
    clock: time_machine.Coordinates,
    break_at: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "BATCH", 1)
    run_out(clock, owner)
    deaths = 0
    for statement in range(1, 400):
        claimed = leases.claim(RETENTION, "mortal")
        if not claimed:
            break
        break_at(statement % 40 + 1)
        try:
            perform(claimed[0])
        except Killed:
            deaths += 1
        break_at(0)
        clock.shift(timedelta(minutes=3))  # its lease is over
    assert deaths > 20
    tally = Tally.objects.get()
    assert (tally.conversations, tally.messages, tally.answers) == (2, 3, 1)
    entry = Entry.objects.get(action="retention.erased")
    assert (entry.changes["conversations"], entry.changes["messages"]) == ([None, 2], [None, 3])


def test_only_those_who_manage_choose_and_look(owner: Member, agent: Member, workspace: Workspace) -> None:
    for attempt in (lambda: set_retention(agent, DAYS), lambda: queries.preview(agent, DAYS)):
        with pytest.raises(PermissionDenied):
            attempt()
    workspace.refresh_from_db()
    assert workspace.retention_days is None


def test_a_week_is_kept_whatever_is_chosen() -> None:
    assert queries.cutoff(0) == now() - timedelta(days=7)


def test_examples_that_are_what_is_erased_go_with_it(
    talk: list[Conversation], owner: Member, clock: time_machine.Coordinates
) -> None:
    stand = aspects.create(owner, "Ständer")
    give_example(owner, StoredMessage.objects.get(remote_id="1").pk, stand.pk, True)
    give_example(owner, StoredMessage.objects.get(remote_id="3").pk, stand.pk, False)
    aspects.teach(owner, stand.pk, ["my kickstand!", "The kickstand rattles"], is_about=True)
    run_out(clock, owner)
    work(RETENTION)
    left = Example.objects.values_list("text", "message__remote_id")
    assert set(left) == {("", "3"), ("The kickstand rattles", None)}
