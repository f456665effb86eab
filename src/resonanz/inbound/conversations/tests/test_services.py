"""What people may do with conversations, and what is written down about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.workspaces.models import Department, Member
from resonanz.inbound.conftest import said, work
from resonanz.inbound.conversations import presence, services
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation, Label, Note
from resonanz.inbound.conversations.snoozing import Snooze, comes_back, on_the_clock
from resonanz.inbound.conversations.worker import FILE, WAKE
from resonanz.inbound.intake.services import store

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def conversations(channel: Channel) -> list[Conversation]:
    store(channel, [said("1"), said("2", by="ben", minutes=1), said("3", by="carl", minutes=2)])
    work(FILE)
    return list(Conversation.objects.order_by("started_at"))


Act = Callable[[Member, list[int]], Any]
ACTS: dict[str, Act] = {
    "resolve": lambda actor, ids: services.set_status(actor, ids, Status.RESOLVED),
    "snooze": lambda actor, ids: services.snooze(actor, ids, now() + timedelta(hours=1)),
    "assign": lambda actor, ids: services.assign(actor, ids, actor),
    "move": lambda actor, ids: services.move(actor, ids, None),
    "label": lambda actor, ids: services.add_label(actor, ids, "Complaint"),
    "note": lambda actor, ids: services.add_note(actor, ids[0], "Careful"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_those_who_may_answer_change_anything(
    act: Act, conversations: list[Conversation], analyst: Member, approver: Member, outsider: Member
) -> None:
    ids = [conversations[0].pk]
    for actor in (analyst, approver):
        with pytest.raises(PermissionDenied):
            act(actor, ids)
    with pytest.raises(services.NotThere):
        act(outsider, ids)
    assert not Entry.objects.exists()
    assert (Label.objects.count(), Note.objects.count()) == (0, 0)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_those_who_may_answer_can(
    act: Act,
    conversations: list[Conversation],
    owner: Member,
    manager: Member,
    editor: Member,
    agency: Member,
) -> None:
    for actor in (owner, manager, editor, agency):
        act(actor, [conversations[0].pk])


def test_a_change_is_written_down_with_before_and_after(
    conversations: list[Conversation], agent: Member
) -> None:
    services.set_status(agent, [c.pk for c in conversations[:2]], Status.RESOLVED)
    entries = Entry.objects.order_by("number")
    assert [e.target_id for e in entries] == [str(c.pk) for c in conversations[:2]]
    assert {e.actor for e in entries} == {agent}
    assert entries[0].changes == {"status": ["open", "resolved"]}


def test_doing_it_again_changes_and_writes_nothing(conversations: list[Conversation], agent: Member) -> None:
    ids = [conversations[0].pk]
    assert services.set_status(agent, ids, Status.RESOLVED) == 1
    assert services.set_status(agent, ids, Status.RESOLVED) == 0
    services.assign(agent, ids, agent)
    assert services.assign(agent, ids, agent) == 0
    services.add_label(agent, ids, "Complaint")
    services.add_label(agent, ids, " complaint ")
    assert Label.objects.count() == 1
    assert Entry.objects.count() == 3


def test_resolved_is_not_made_pending_by_a_bulk_action(
    conversations: list[Conversation], agent: Member
) -> None:
    services.set_status(agent, [conversations[0].pk], Status.RESOLVED)
    assert services.set_status(agent, [c.pk for c in conversations], Status.PENDING) == 2
    assert Conversation.objects.get(pk=conversations[0].pk).status == Status.RESOLVED


def test_one_stranger_among_many_stops_all(
    conversations: list[Conversation], agent: Member, outsider: Member
) -> None:
    with pytest.raises(services.NotThere):
        services.set_status(agent, [conversations[0].pk, 10**9], Status.RESOLVED)
    assert not Conversation.objects.filter(status=Status.RESOLVED).exists()


def test_nothing_is_given_to_somebody_who_may_not_answer_or_is_elsewhere(
    conversations: list[Conversation], agent: Member, analyst: Member, outsider: Member
) -> None:
    for assignee in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            services.assign(agent, [conversations[0].pk], assignee)
    elsewhere = Department.objects.create(workspace=outsider.workspace, name="Service")
    with pytest.raises(PermissionDenied):
        services.move(agent, [conversations[0].pk], elsewhere)


def test_a_snoozed_conversation_comes_back_at_its_time(
    conversations: list[Conversation], agent: Member, clock: time_machine.Coordinates
) -> None:
    services.snooze(agent, [conversations[0].pk], now() + timedelta(hours=2))
    clock.shift(7199)
    assert work(WAKE) == 0
    clock.shift(1)
    work(WAKE)
    conversation = Conversation.objects.get(pk=conversations[0].pk)
    assert (conversation.status, conversation.due_at) == (Status.OPEN, None)


def test_a_new_message_wakes_it_sooner(
    conversations: list[Conversation], agent: Member, channel: Channel
) -> None:
    services.snooze(agent, [conversations[0].pk], now() + timedelta(hours=2))
    store(channel, [said("4", minutes=9, reply_to="1")])
    work(FILE)
    conversation = Conversation.objects.get(pk=conversations[0].pk)
    assert (conversation.status, conversation.due_at) == (Status.OPEN, None)


def test_what_was_done_while_it_was_waking_is_kept(
    conversations: list[Conversation], agent: Member, clock: time_machine.Coordinates
) -> None:
    ids = [conversations[0].pk]
    services.snooze(agent, ids, now() + timedelta(hours=1))
    clock.shift(3600)
    (lease,) = leases.claim(WAKE, "worker")
    services.snooze(agent, ids, now() + timedelta(hours=5))
    perform(lease)
    conversation = Conversation.objects.get(pk=ids[0])
    assert (conversation.status, conversation.due_at) == (Status.SNOOZED, now() + timedelta(hours=5))


@pytest.mark.parametrize("hours", [-1, 0, 24 * 400])
def test_nobody_snoozes_into_the_past_or_for_ever(
    conversations: list[Conversation], agent: Member, hours: int
) -> None:
    with pytest.raises(services.BadMoment):
        services.snooze(agent, [conversations[0].pk], now() + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("choice", "at", "back"),
    [
        (
            Snooze.LATER,
            "2026-03-28T23:30+00:00",
            "2026-03-29T02:30+00:00",
        ),  # three hours, whatever clocks say
        (Snooze.TOMORROW, "2026-03-28T12:00+00:00", "2026-03-29T07:00+00:00"),  # 9:00 summer time
        (Snooze.TOMORROW, "2026-10-24T12:00+00:00", "2026-10-25T08:00+00:00"),  # 9:00 winter time
        (
            Snooze.TOMORROW,
            "2026-03-03T23:30+00:00",
            "2026-03-05T08:00+00:00",
        ),  # it is the 4th in Berlin already
        (Snooze.MONDAY, "2026-03-02T10:00+00:00", "2026-03-09T08:00+00:00"),  # on a Monday: the next one
        (Snooze.MONDAY, "2026-03-08T10:00+00:00", "2026-03-09T08:00+00:00"),
        (Snooze.WEEK, "2026-03-25T10:00+00:00", "2026-04-01T07:00+00:00"),
    ],
)
def test_a_morning_is_nine_on_the_clock_of_the_company(choice: Snooze, at: str, back: str) -> None:
    assert comes_back(choice, datetime.fromisoformat(at), BERLIN) == datetime.fromisoformat(back)


def test_times_that_do_not_exist_or_come_twice(clock: time_machine.Coordinates) -> None:
    skipped = on_the_clock(datetime(2026, 3, 29, 2, 30), BERLIN)  # noqa: DTZ001 (wall-clock time)
    assert skipped.astimezone(BERLIN).replace(tzinfo=None) == datetime(2026, 3, 29, 3, 30)  # noqa: DTZ001
    twice = on_the_clock(datetime(2026, 10, 25, 2, 30), BERLIN)  # noqa: DTZ001
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_colleagues_see_each_other_until_they_are_gone(
    conversations: list[Conversation], agent: Member, editor: Member, clock: time_machine.Coordinates
) -> None:
    here = conversations[0]
    assert presence.look(agent, here) == []
    presence.look(editor, here, writing=True)
    (seen,) = presence.look(agent, here)
    assert (seen.member, seen.is_writing) == (editor, True)
    clock.shift(presence.GONE_AFTER_SECONDS + 1)
    assert presence.look(agent, here) == []
    presence.leave(agent, here)
    assert presence.look(editor, here) == []
