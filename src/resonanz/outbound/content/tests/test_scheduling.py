"""From content to publications: once, at the time on the wall, all or nothing, changed only while nothing is out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from resonanz.foundation.channels.models import ChannelState
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.models import Content, Outing
from resonanz.outbound.content.scheduling import AlreadyOut, Changed, NotReady, Order
from resonanz.outbound.content.walltime import BadTime, WallTime
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication
from resonanz.outbound.publishing.services import NotAccepted, TooLate

BERLIN = "Europe/Berlin"
pytestmark = pytest.mark.usefixtures("moment")


def wall(text: str, second: bool = False) -> WallTime:
    return WallTime.parse(text, BERLIN, second)


@pytest.fixture
def content(editor, connect) -> Content:
    """A draft for two channels."""
    made = services.save(editor, new_key(), 0, text="Open day (hall 4)")
    services.choose(editor, made, [connect("plain"), connect("weighted")])
    return made


def orders(content: Content) -> list[Order]:
    return [Order(variant, new_key()) for variant in queries.variants(content) if variant.chosen]


def schedule(member, content, when="2026-03-10T09:30", given=None) -> list[Publication]:
    return scheduling.schedule(member, content, given or orders(content), wall(when) if when else None)


def test_every_chosen_channel_gets_its_publication_at_the_time_on_the_wall(editor, content):
    made = schedule(editor, content)
    assert [p.channel.network for p in made] == ["plain", "weighted"]
    assert {p.planned_at for p in made} == {datetime(2026, 3, 10, 8, 30, tzinfo=UTC)}
    assert {p.text for p in made} == {"Open day (hall 4)"}
    assert {o.local for o in Outing.objects.all()} == {"2026-03-10T09:30"}
    content.refresh_from_db()
    assert str(content.plan) == "2026-03-10T09:30"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-03-28T02:30", datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        ("2026-03-29T03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-24T09:00", datetime(2026, 10, 24, 7, 0, tzinfo=UTC)),
        ("2026-10-26T09:00", datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        ("2126-05-12T09:00", datetime(2126, 5, 12, 7, 0, tzinfo=UTC)),
    ],
)
def test_nine_on_the_wall_stays_nine_whatever_the_clocks_do_in_between(editor, content, local, utc):
    assert {p.planned_at for p in schedule(editor, content, local)} == {utc}


def test_a_time_that_the_clocks_jump_over_is_refused_and_nothing_is_scheduled(editor, content):
    with pytest.raises(BadTime, match="missing"):
        schedule(editor, content, "2026-03-29T02:30")
    assert not Publication.objects.exists()


def test_the_doubled_hour_is_two_times(editor, content):
    first, second = orders(content)
    early = scheduling.schedule(editor, content, [first], wall("2026-10-25T02:30"))[0]
    late = scheduling.schedule(editor, content, [second], wall("2026-10-25T02:30", second=True))[0]
    assert late.planned_at - early.planned_at == timedelta(hours=1)


def test_now_means_now(editor, content, moment):
    assert {p.planned_at for p in schedule(editor, content, None)} == {datetime(2026, 3, 1, 8, tzinfo=UTC)}
    assert {o.local for o in Outing.objects.all()} == {"2026-03-01T09:00"}


def test_the_past_is_refused(editor, content):
    with pytest.raises(NotAccepted):
        schedule(editor, content, "2026-03-01T08:00")
    assert not Publication.objects.exists()
    assert not Outing.objects.exists()


def test_a_double_click_makes_one(editor, content):
    given = orders(content)
    assert schedule(editor, content, given=given) == schedule(editor, content, given=given)
    assert Publication.objects.count() == 2


def test_a_second_page_cannot_schedule_the_same_variant_again(editor, content):
    made = schedule(editor, content)
    with pytest.raises(AlreadyOut) as refused:
        schedule(editor, content)
    assert refused.value.publication == made[0]
    assert Publication.objects.count() == 2


def test_the_database_itself_keeps_a_variant_from_going_out_twice(editor, content):
    publication, other = schedule(editor, content)
    variant = Outing.objects.get(publication=publication).variant
    Outing.objects.get(publication=other).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Outing.objects.create(variant=variant, publication=other, local="2026-03-10T09:30", zone=BERLIN)


def test_many_posts_at_the_same_moment_are_all_kept(editor, connect):
    plain = connect("plain")
    for number in range(12):
        made = services.save(editor, new_key(), 0, text=f"Post {number}")
        services.choose(editor, made, [plain])
        schedule(editor, made)
    assert Publication.objects.filter(planned_at=datetime(2026, 3, 10, 8, 30, tzinfo=UTC)).count() == 12


def test_one_variant_that_cannot_go_out_holds_all_back_and_is_named(editor, content):
    plain = next(v for v in queries.variants(content) if v.channel.network == "plain")
    services.save_variant(editor, content, plain.channel, 0, text="x" * 31)
    with pytest.raises(NotReady) as refused:
        schedule(editor, content)
    assert {pk: [f.problem.code for f in found] for pk, found in refused.value.findings.items()} == {
        plain.pk: ["text_too_long"]
    }
    assert not Publication.objects.exists()


def test_what_was_changed_after_the_person_looked_does_not_go_out(editor, manager, content):
    given = orders(content)
    seen = {o.variant.pk: scheduling.fingerprint(o.variant) for o in given}
    services.save(manager, content.key, 1, text="Something else")
    with pytest.raises(Changed):
        scheduling.schedule(editor, content, given, None, seen)
    assert not Publication.objects.exists()


def test_a_cancelled_or_failed_one_makes_room_for_another_try(editor, content):
    for ended in (PublicationState.CANCELLED, PublicationState.FAILED):
        made = schedule(editor, content)
        assert not queries.drafts(editor.workspace).exists()
        for publication in made:
            if ended == PublicationState.CANCELLED:
                scheduling.cancel(editor, publication)
            else:
                Publication.objects.filter(pk=publication.pk).update(state=ended)
    assert len(schedule(editor, content)) == 2
    assert Outing.objects.filter(counts=True).count() == 2


def test_a_cancelled_content_is_a_draft_again(editor, content):
    for publication in schedule(editor, content):
        scheduling.cancel(editor, publication)
    assert queries.drafts(editor.workspace).get() == content


def test_another_time_moves_publication_and_wall_together(editor, content):
    publication = schedule(editor, content)[0]
    scheduling.reschedule(editor, publication, wall("2026-04-01T07:00"))
    assert publication.planned_at == datetime(2026, 4, 1, 5, tzinfo=UTC)
    assert Outing.objects.get(publication=publication).local == "2026-04-01T07:00"
    with pytest.raises(BadTime):
        scheduling.reschedule(editor, publication, wall("2026-03-29T02:15"))
    assert Outing.objects.get(publication=publication).local == "2026-04-01T07:00"


def test_changes_are_taken_over_for_the_same_time_and_only_once(editor, content):
    publication = schedule(editor, content)[0]
    content = services.save(editor, content.key, 1, text="Open day (hall 5)")
    assert [s.stale for s in queries.standings(content)] == [True, True]
    key = new_key()
    replaced = scheduling.replace(editor, publication, key)
    assert scheduling.replace(editor, publication, key) == replaced
    assert (replaced.text, replaced.planned_at) == ("Open day (hall 5)", publication.planned_at)
    publication.refresh_from_db()
    assert publication.state == PublicationState.CANCELLED
    assert [s.stale for s in queries.standings(content)] == [False, True]


def test_what_is_being_sent_is_neither_changed_nor_moved_nor_cancelled(editor, content):
    publication = schedule(editor, content)[0]
    Publication.objects.filter(pk=publication.pk).update(state=PublicationState.SENDING)
    publication.refresh_from_db()
    services.save(editor, content.key, 1, text="Too late")
    for attempt in (
        lambda: scheduling.replace(editor, publication, new_key()),
        lambda: scheduling.reschedule(editor, publication, wall("2026-04-01T07:00")),
        lambda: scheduling.cancel(editor, publication),
    ):
        with pytest.raises(TooLate):
            attempt()
    assert Outing.objects.get(publication=publication).counts
    assert Publication.objects.count() == 2


def test_a_lost_channel_blocks_and_a_paused_one_only_warns(editor, content):
    plain = next(v for v in queries.variants(content) if v.channel.network == "plain").channel
    plain.state = ChannelState.PAUSED
    plain.save()
    assert schedule(editor, content, given=[o for o in orders(content) if o.variant.channel == plain])
    weighted = next(v for v in queries.variants(content) if v.channel.network == "weighted").channel
    weighted.state = ChannelState.ACCESS_LOST
    weighted.save()
    with pytest.raises(NotReady):
        schedule(editor, content, given=[o for o in orders(content) if o.variant.channel == weighted])


@pytest.mark.parametrize("role", ["agency", "agent", "analyst", "approver"])
def test_who_may_not_publish_schedules_moves_and_cancels_nothing(editor, content, request, role):
    who = request.getfixturevalue(role)
    publication = schedule(editor, content)[0]
    for attempt in (
        lambda: schedule(who, content),
        lambda: scheduling.reschedule(who, publication, wall("2026-04-01T07:00")),
        lambda: scheduling.replace(who, publication, new_key()),
        lambda: scheduling.cancel(who, publication),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    publication.refresh_from_db()
    assert publication.state == PublicationState.SCHEDULED


def test_another_company_reaches_nothing(editor, content, outsider):
    publication = schedule(editor, content)[0]
    for attempt in (
        lambda: schedule(outsider, content),
        lambda: scheduling.reschedule(outsider, publication, wall("2026-04-01T07:00")),
        lambda: scheduling.cancel(outsider, publication),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    with pytest.raises(Outing.DoesNotExist):
        scheduling.replace(outsider, publication, new_key())


def test_planned_drafts_are_found_by_their_day(editor, content):
    services.plan(editor, content, wall("2026-03-10T23:30"))
    day = datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert queries.planned_drafts(editor.workspace, day, day + timedelta(days=1)) == [content]
    assert queries.planned_drafts(editor.workspace, day + timedelta(days=1), day + timedelta(days=2)) == []
    schedule(editor, content)
    assert queries.planned_drafts(editor.workspace, day, day + timedelta(days=1)) == []
