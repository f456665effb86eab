"""Scheduling, cancelling, rescheduling, retrying and deciding by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.audit.services import verify
from resonanz.foundation.channels.models import ChannelState
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Reference
from resonanz.outbound.publishing import queries, services
from resonanz.outbound.publishing.checks import Payload
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Origin, Publication

CONTENT, ANSWER = Origin.CONTENT, Origin.ANSWER


def schedule(editor, channel, text="Hello", **more):
    return services.schedule(editor, channel, Payload(text=text), origin=CONTENT, **more)


def codes(refused):
    return [(problem.code, problem.field) for problem in refused.value.problems]


def test_scheduling_freezes_the_payload_with_a_key_and_writes_it_down(editor, channel):
    publication = services.schedule(
        editor,
        channel,
        Payload(text="Grüße", language="de", reply_to=Reference("77", {"root": "7"})),
        origin=CONTENT,
    )
    publication.refresh_from_db()
    draft = publication.draft()
    assert (draft.key, draft.text, draft.language) == (publication.key, "Grüße", "de")
    assert draft.reply_to == Reference("77", {"root": "7"})
    assert draft == Publication.objects.get().draft()
    assert publication.due_at == publication.planned_at == publication.created_at
    assert Entry.objects.get().action == "publication.scheduled"


def test_the_same_key_twice_is_one_publication(editor, channel):
    key = new_key()
    assert schedule(editor, channel, key=key) == schedule(editor, channel, key=key)
    assert Publication.objects.count() == 1


def test_a_key_that_is_not_ours_is_a_fault(editor, channel):
    with pytest.raises(ValueError):
        schedule(editor, channel, key="../../etc")


@pytest.mark.parametrize(
    ("role", "origin", "may"),
    [
        ("owner", CONTENT, True),
        ("editor", CONTENT, True),
        ("agent", CONTENT, False),
        ("agency", CONTENT, False),
        ("analyst", ANSWER, False),
        ("approver", ANSWER, False),
        ("agent", ANSWER, True),
    ],
)
def test_content_needs_publish_and_answers_need_answer(request, channel, role, origin, may):
    actor = request.getfixturevalue(role)
    if may:
        assert services.schedule(actor, channel, Payload(text="a"), origin=origin)
    else:
        with pytest.raises(PermissionDenied):
            services.schedule(actor, channel, Payload(text="a"), origin=origin)


@pytest.mark.parametrize(
    "act",
    [
        services.cancel,
        services.reschedule,
        services.retry,
        services.confirm_published,
        services.confirm_not_published,
    ],
)
def test_an_outsider_may_do_nothing(editor, outsider, channel, act):
    publication = schedule(editor, channel)
    for state in PublicationState:
        Publication.objects.update(state=state)
        with pytest.raises(PermissionDenied):
            act(outsider, publication)
    with pytest.raises(PermissionDenied):
        services.schedule(outsider, channel, Payload(text="a"), origin=CONTENT)


def test_content_of_the_past_is_refused_but_not_what_a_slow_form_explains(editor, channel):
    schedule(editor, channel, due_at=now() - timedelta(minutes=4))
    with pytest.raises(services.NotAccepted) as refused:
        schedule(editor, channel, due_at=now() - timedelta(minutes=6))
    assert codes(refused) == [("in_the_past", "due_at")]


@pytest.mark.parametrize("days", [0.001, 1, 365, 3650])
def test_every_future_time_is_accepted(editor, channel, days):
    due_at = now() + timedelta(days=days)
    assert schedule(editor, channel, due_at=due_at).planned_at == due_at


@pytest.mark.parametrize("state", [ChannelState.ACCESS_LOST, ChannelState.REMOVED])
def test_a_channel_without_access_takes_nothing(editor, channel, state):
    channel.state = state
    with pytest.raises(services.NotAccepted) as refused:
        schedule(editor, channel)
    assert codes(refused) == [(f"channel_{state}", "channel")]


def test_a_paused_channel_takes_plans_and_holds_them(editor, channel):
    channel.state = ChannelState.PAUSED
    channel.save()
    assert queries.why(schedule(editor, channel)) == "channel_paused"


def test_limits_are_checked_in_the_networks_own_units(editor, channel):
    schedule(editor, channel, "👩‍🚀" * 200)
    with pytest.raises(services.NotAccepted) as refused:
        schedule(editor, channel, "ä" * 201)
    (problem,) = refused.value.problems
    assert (problem.code, problem.values["used"], problem.values["maximum"]) == ("text_too_long", 201, 200)


def test_all_problems_are_named_at_once(editor, blind):
    payload = Payload(text=" ", quote=Reference("1"))
    with pytest.raises(services.NotAccepted) as refused:
        services.schedule(editor, blind, payload, origin=CONTENT, due_at=now() - timedelta(days=1))
    assert codes(refused) == [("not_possible_there", "quote"), ("empty", "text"), ("in_the_past", "due_at")]


def test_cancelling_takes_it_from_the_worker(editor, channel):
    publication = schedule(editor, channel)
    Publication.objects.update(lease_owner="somebody", lease_until=now() + timedelta(1), lease_number=7)
    services.cancel(editor, publication)
    publication.refresh_from_db()
    assert (publication.state, publication.due_at) == ("cancelled", None)
    assert (publication.lease_owner, publication.lease_number) == ("", 8)


@pytest.mark.parametrize("state", ["sending", "checking", "published", "cancelled"])
def test_what_may_be_out_cannot_be_cancelled_or_moved(editor, channel, state):
    publication = schedule(editor, channel)
    Publication.objects.update(state=state)
    for act in (services.cancel, services.reschedule):
        with pytest.raises(services.TooLate) as late:
            act(editor, publication)
        assert late.value.state == state


def test_rescheduling_moves_plan_and_next_look(editor, channel):
    publication = schedule(editor, channel)
    Publication.objects.update(due_at=None, state_reason="late")
    later = now() + timedelta(days=2)
    services.reschedule(editor, publication, later)
    assert (publication.planned_at, publication.due_at, publication.state_reason) == (later, later, "")


def test_a_retry_keeps_the_key_and_looks_first_if_it_may_have_been_sent(editor, channel):
    publication = schedule(editor, channel)
    for sent_at, state in ((None, "scheduled"), (now(), "checking")):
        Publication.objects.update(state="failed", due_at=None, sent_at=sent_at, fault=3)
        key = publication.key
        services.retry(editor, publication)
        assert (publication.state, publication.key, publication.fault) == (state, key, None)
        assert publication.due_at <= now()


def test_a_person_decides_what_a_network_cannot_tell(editor, channel):
    publication = schedule(editor, channel)
    sent_at = now() - timedelta(minutes=3)
    Publication.objects.update(state="checking", sent_at=sent_at)
    with pytest.raises(services.NotAccepted):
        services.confirm_published(editor, publication, "javascript:alert(1)")
    services.confirm_published(editor, publication, "https://paper.invalid/9")
    assert (publication.state, publication.published_at) == ("published", sent_at)
    assert publication.url == "https://paper.invalid/9"

    Publication.objects.update(state="checking", sent_at=sent_at)
    services.confirm_not_published(editor, publication)
    assert (publication.state, publication.state_reason) == ("failed", "confirmed_absent")
    services.retry(editor, publication)
    assert publication.state == "scheduled"


def test_everything_a_person_does_stands_in_the_audit_trail(editor, owner, workspace, channel):
    publication = schedule(editor, channel)
    services.reschedule(editor, publication)
    services.cancel(owner, publication)
    found = list(Entry.objects.order_by("number").values_list("action", "actor_name"))
    assert found == [
        ("publication.scheduled", "Mira Okafor"),
        ("publication.rescheduled", "Mira Okafor"),
        ("publication.cancelled", "Petra Lang"),
    ]
    assert verify(workspace) is None


def test_a_post_bears_the_date_it_goes_out_until_it_may_have_been_sent(editor, channel):
    """Networks that sort by the stated date would show a post planned for next week a week down."""
    planned = now() + timedelta(days=7)
    publication = schedule(editor, channel, due_at=planned)
    assert publication.created_at == planned
    services.reschedule(editor, publication, planned + timedelta(days=1))
    assert publication.created_at == planned + timedelta(days=1)

    sent = now() - timedelta(minutes=1)
    Publication.objects.update(state=PublicationState.FAILED, sent_at=sent, created_at=sent)
    services.retry(editor, publication)
    assert publication.created_at == sent


def test_after_it_once_did_not_arrive_its_date_stays(editor, channel):
    """The earlier sending may be found at the place that key and date name, however late it comes."""
    publication = schedule(editor, channel)
    dated = publication.created_at
    Publication.objects.update(absences=1)
    services.reschedule(editor, publication, now() + timedelta(days=1))
    assert publication.created_at == dated
