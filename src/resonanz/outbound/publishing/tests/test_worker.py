"""What a worker does with a publication, step by step, with every answer a network may give."""

from __future__ import annotations

import io
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.utils.timezone import now
from PIL import Image

from resonanz.connectorkit.errors import Rejected
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.media.images import MediaRefused
from resonanz.foundation.media.services import remove, upload
from resonanz.foundation.work import engine, leases
from resonanz.foundation.work.models import Fault
from resonanz.outbound.publishing import queries, services, worker
from resonanz.outbound.publishing.checks import Attached, Payload
from resonanz.outbound.publishing.models import Origin, Publication
from resonanz.outbound.publishing.tests import network
from resonanz.outbound.publishing.tests.conftest import connect

SETTLED = timedelta(seconds=network.SETTLE_SECONDS + 1)


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def schedule(editor, channel, clock):
    def make(text="Hello", *, to=None, origin=Origin.CONTENT, due_at=None, **payload):
        return services.schedule(
            editor, to or channel, Payload(text=text, **payload), origin=origin, due_at=due_at
        )

    return make


def work(rounds=1):
    """What a worker would do right now: claim what is due and handle it, `rounds` times over."""
    for _ in range(rounds):
        for lease in leases.claim(worker.KIND, "tester", limit=10):
            engine.perform(lease)


def die_while_sending(publication):
    """A worker that has stored `sending` and is no more; its lease was taken back."""
    Publication.objects.filter(pk=publication.pk).update(
        state="sending", sent_at=now(), lease_owner="dead", lease_until=now(), lease_number=9
    )


def wait_for(publication, clock):
    """Move to the moment a worker looks at it next (on PostgreSQL the dead are waited for longer)."""
    publication.refresh_from_db()
    clock.move_to(publication.due_at)


def stands(publication):
    publication.refresh_from_db()
    return publication.state, publication.state_reason


def texts(paper):
    return [post.text for post in paper.posts]


def test_what_is_due_goes_out_with_a_receipt(paper, schedule):
    publication = schedule()
    work()
    assert stands(publication) == ("published", "")
    assert (publication.remote_id, publication.url) == ("1", "https://paper.invalid/1")
    assert publication.reference.data == {"of": "paper"}
    assert publication.due_at is None
    assert publication.lease_owner == ""
    assert texts(paper) == ["Hello"]
    work(3)
    assert texts(paper) == ["Hello"]


def test_nothing_goes_out_before_its_time(paper, schedule, clock):
    publication = schedule(due_at=now() + timedelta(hours=1))
    clock.shift(3599)
    work(3)
    assert texts(paper) == []
    clock.shift(1)
    work()
    assert stands(publication) == ("published", "")


@pytest.mark.parametrize("fault", [network.hang_up_after, network.error_after])
def test_an_unknown_outcome_is_looked_up_and_never_sent_again(paper, schedule, clock, fault):
    paper.fault = fault
    publication = schedule()
    work()
    assert stands(publication)[0] == "checking"
    work(3)  # the network has not settled: nobody looks yet
    assert stands(publication)[0] == "checking"
    clock.shift(SETTLED)
    work()
    assert stands(publication) == ("published", "")
    assert texts(paper) == ["Hello"]


def test_a_crash_before_the_request_left_is_sent_after_a_look(paper, schedule, clock):
    publication = schedule()
    die_while_sending(publication)
    work()
    assert stands(publication) == ("checking", "interrupted")
    wait_for(publication, clock)
    work()
    assert stands(publication) == ("published", "")
    assert texts(paper) == ["Hello"]


def test_a_crash_after_the_request_left_is_found_and_not_sent(paper, schedule, clock):
    publication = schedule()
    paper.posts.append(network.Post("77", "Hello", (), ""))
    die_while_sending(publication)
    work()
    wait_for(publication, clock)
    work()
    assert stands(publication) == ("published", "")
    assert publication.remote_id == "77"
    assert texts(paper) == ["Hello"]


def test_where_death_is_not_certain_the_call_of_the_dead_is_waited_for(schedule, clock, monkeypatch):
    monkeypatch.setattr(worker.workers, "death_is_certain", lambda: False)
    publication = schedule()
    die_while_sending(publication)
    clock.shift(10)
    work()
    publication.refresh_from_db()
    expected = timedelta(seconds=worker.CALL_SECONDS + network.SETTLE_SECONDS)
    assert publication.due_at == publication.sent_at + expected


def test_with_equal_texts_each_publication_gets_a_post_of_its_own(paper, schedule, clock):
    """The network knows no keys and shows the first post of that text; it must not prove two publications."""
    first, second = schedule("Same"), schedule("Same")
    paper.fault = network.hang_up_after
    work()
    clock.shift(SETTLED)
    paper.fault = None
    work()
    for _ in range(3):
        clock.shift(SETTLED)
        work()
    assert [stands(row)[0] for row in (first, second)] == ["published", "published"]
    assert first.remote_id != second.remote_id


def test_what_never_arrives_stops_after_a_few_times(paper, schedule, clock):
    paper.fault = network.always(500)
    publication = schedule()
    for _ in range(worker.MOST_ABSENCES):
        work()
        clock.shift(SETTLED)
    work()
    assert stands(publication) == ("failed", "not_arriving")
    assert publication.sent_at is None


def test_a_network_that_cannot_be_asked_leaves_it_with_a_person(
    workspace, editor, paper, schedule, blind, clock
):
    paper.fault = network.hang_up_after
    publication = schedule(to=blind)
    work()
    clock.shift(SETTLED)
    work()
    assert stands(publication) == ("checking", "cannot_look")
    clock.shift(timedelta(days=3))
    work(3)
    assert list(queries.due_and_not_out(workspace)) == [publication]
    assert texts(paper) == ["Hello"]
    services.confirm_published(editor, publication)
    assert stands(publication) == ("published", "")


def test_a_network_that_does_not_answer_is_asked_less_and_less_often(paper, schedule, clock, monkeypatch):
    publication = schedule()
    die_while_sending(publication)
    work()
    wait_for(publication, clock)
    monkeypatch.setattr(network.Paper, "handle", lambda self, request: network.httpx.Response(503))
    waits = []
    for _ in range(10):
        work()
        assert stands(publication) == ("checking", "server_error")
        waits.append((publication.due_at - now()).total_seconds())
        clock.move_to(publication.due_at)
    assert 10 < waits[0] < 20
    assert all(later > earlier for earlier, later in pairwise(waits[:7]))
    assert 2800 < waits[-1] < 4400


def test_unavailable_backs_off_and_nothing_bypasses_it(paper, schedule, clock):
    paper.fault = network.always(429, headers={"retry-after": "300"})
    publication = schedule()
    work(5)
    assert stands(publication) == ("ready", "rate_limited")
    assert 300 <= (publication.due_at - now()).total_seconds() <= 310
    assert publication.sent_at is None
    paper.fault = None
    clock.shift(299)
    work(5)
    assert texts(paper) == []
    clock.shift(12)
    work()
    assert stands(publication) == ("published", "")


def test_back_off_grows_while_nothing_can_be_reached(schedule, clock, monkeypatch):
    def unreachable(self, request):
        raise network.httpx.ConnectError("no route", request=request)

    monkeypatch.setattr(network.Paper, "handle", unreachable)
    publication = schedule()
    waits = []
    for _ in range(6):
        work()
        assert stands(publication) == ("ready", "unreachable")
        waits.append((publication.due_at - now()).total_seconds())
        clock.move_to(publication.due_at)
    assert all(1.3 < later / earlier < 3.1 for earlier, later in pairwise(waits))


def test_a_refusal_stops_with_the_networks_reason_and_without_secrets(editor, paper, schedule):
    paper.fault = network.always(422, "Text is rude, s3cret-token")
    publication = schedule()
    work()
    assert stands(publication)[0] == "failed"
    assert "Text is rude" in publication.state_detail
    assert "s3cret" not in publication.state_detail
    paper.fault = None
    services.retry(editor, publication)
    work()
    assert stands(publication) == ("published", "")


def test_a_lost_target_closes_it(paper, schedule):
    paper.fault = network.always(404)
    publication = schedule(reply_to=network.Reference("9"))
    work()
    assert stands(publication) == ("failed", "target_gone")
    assert publication.state_field == "reply_to"


def test_lost_access_pauses_the_channel_and_what_waits_goes_out_after_reconnecting(
    paper, channel, schedule, clock
):
    paper.fault = network.always(401)
    first, second = schedule("First"), schedule("Second")
    work()
    channel.refresh_from_db()
    assert channel.state == ChannelState.ACCESS_LOST
    assert stands(first) == stands(second) == ("scheduled", "channel_access_lost")
    clock.shift(61)
    work()
    assert stands(first) == ("scheduled", "channel_access_lost")
    paper.fault = None
    Channel.objects.update(state=ChannelState.ACTIVE)
    clock.shift(61)
    work()
    assert stands(first) == stands(second) == ("published", "")
    assert sorted(texts(paper)) == ["First", "Second"]


def test_a_paused_channel_holds_all_with_one_look_a_minute(paper, channel, schedule, clock):
    publications = [schedule(str(number)) for number in range(5)]
    Channel.objects.update(state=ChannelState.PAUSED)
    (lease,) = leases.claim(worker.KIND, "tester", limit=1)
    engine.perform(lease)
    assert leases.claim(worker.KIND, "tester", limit=10) == []
    assert {stands(row) for row in publications} == {("scheduled", "channel_paused")}
    Channel.objects.update(state=ChannelState.ACTIVE)
    clock.shift(61)
    work()
    assert len(paper.posts) == 5


@pytest.mark.parametrize(
    ("origin", "hours", "state"),
    [
        (Origin.CONTENT, 1.9, "published"),
        (Origin.CONTENT, 2.1, "scheduled"),
        (Origin.ANSWER, 2.1, "published"),
        (Origin.ANSWER, 24.1, "scheduled"),
    ],
)
def test_what_is_too_late_asks_first(workspace, editor, paper, schedule, clock, origin, hours, state):
    publication = schedule(origin=origin)
    clock.shift(timedelta(hours=hours))
    work(3)
    assert stands(publication)[0] == state
    if state == "scheduled":
        assert queries.why(queries.due_and_not_out(workspace).get()) == "late"
        assert paper.posts == []
        services.reschedule(editor, publication)
        work()
        assert stands(publication) == ("published", "")


def test_one_of_three_channels_failing_fails_no_other(workspace, paper, schedule):
    three = [schedule("All", to=connect(workspace, "paper", name)) for name in "abc"]
    answers = iter([422, 401, 200])

    def each_otherwise(paper, request, accept):
        status = next(answers)
        return accept() if status == 200 else network.httpx.Response(status)

    paper.fault = each_otherwise
    work()
    assert sorted(stands(row)[0] for row in three) == ["failed", "published", "scheduled"]


def test_a_bug_of_ours_before_sending_stops_it_with_a_number(schedule, monkeypatch):
    monkeypatch.setattr(worker, "_media", lambda publication: 1 / 0)
    publication = schedule()
    work()
    fault = Fault.objects.get()
    assert stands(publication) == ("failed", "fault")
    assert (publication.fault, fault.summary, publication.text) == (fault.pk, "ZeroDivisionError", "Hello")


def test_a_bug_of_ours_after_sending_is_looked_up(paper, schedule, clock, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(network, "_receipt", lambda shown: shown["no such thing"])
        publication = schedule()
        work()
        assert stands(publication) == ("checking", "fault")
        clock.shift(SETTLED)
        work()
        assert stands(publication) == ("checking", "fault")
        assert Fault.objects.count() == 2
    clock.shift(20)
    work()
    assert stands(publication) == ("published", "")
    assert texts(paper) == ["Hello"]


def test_a_cancelled_one_is_not_sent_by_the_worker_that_holds_it(editor, paper, schedule, monkeypatch):
    publication = schedule()
    (lease,) = leases.claim(worker.KIND, "tester")
    services.cancel(editor, publication)
    engine.perform(lease)
    assert stands(publication) == ("cancelled", "")
    assert paper.posts == []


def test_a_short_lease_sends_nothing(paper, schedule, clock):
    publication = schedule()
    (lease,) = leases.claim(worker.KIND, "tester")
    clock.shift(worker.LEASE_SECONDS - worker.CALL_SECONDS)
    engine.perform(lease)
    assert paper.posts == []
    work()
    assert stands(publication) == ("published", "")


def test_a_slow_disk_before_sending_sends_nothing(paper, schedule, clock, monkeypatch):
    publication = schedule()
    durable = worker.durable

    def slow():
        clock.shift(worker.LEASE_SECONDS - worker.CALL_SECONDS)
        return durable()

    (lease,) = leases.claim(worker.KIND, "tester")
    with monkeypatch.context() as patch:
        patch.setattr(worker, "durable", slow)
        engine.perform(lease)
    assert stands(publication)[0] == "ready"
    assert (publication.sent_at, paper.posts) == (None, [])
    work()
    assert stands(publication) == ("published", "")


def test_a_receipt_counts_even_if_the_lease_is_lost(paper, schedule, clock):
    """A worker that was frozen comes back with the proof after another has begun to look."""
    publication = schedule()

    def taken_over_meanwhile(paper, request, accept):
        answer = accept()
        Publication.objects.update(state="checking", lease_owner="other", lease_number=99)
        return answer

    paper.fault = taken_over_meanwhile
    work()
    assert stands(publication) == ("published", "")
    assert publication.lease_number == 100


def picture(member, colour):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    file.seek(0)
    return upload(member, file, f"{colour}.png", alt=colour)


def test_media_are_uploaded_one_by_one_before_the_time_and_awaited(editor, paper, schedule, clock):
    paper.slow_uploads = 2
    files = [picture(editor, colour) for colour in ("red", "blue")]
    publication = schedule(
        media=[Attached(file, file.alt) for file in files], due_at=now() + timedelta(minutes=5)
    )
    clock.shift(timedelta(minutes=3, seconds=1))
    work()
    assert stands(publication) == ("uploading", "network_works")
    for _ in range(8):
        clock.shift(10)
        work()
    assert stands(publication)[0] == "ready"
    assert publication.due_at == publication.planned_at
    assert paper.posts == []
    clock.move_to(publication.planned_at)
    work()
    assert stands(publication)[0] == "published"
    assert paper.posts[0].media == tuple(upload["data"]["id"] for upload in publication.uploads)
    assert len(paper.uploads) == 2


def test_a_picture_in_use_cannot_be_removed(editor, schedule):
    file = picture(editor, "red")
    schedule(media=[Attached(file)])
    with pytest.raises(MediaRefused):
        remove(editor, file)


def test_too_many_pictures_and_long_descriptions_are_refused(editor, schedule):
    file = picture(editor, "red")
    with pytest.raises(services.NotAccepted) as refused:
        schedule(media=[Attached(file, "x" * 21)] * 3)
    assert [problem.code for problem in refused.value.problems] == ["too_many_media", *["alt_too_long"] * 3]


def test_a_workspace_with_publications_can_be_deleted(editor, workspace, paper, schedule):
    schedule(media=[Attached(picture(editor, "red"))])
    workspace.delete()
    assert not Publication.objects.exists()


@pytest.mark.parametrize(("times", "state", "uploaded"), [(1, "published", 2), (9, "failed", 3)])
def test_files_the_network_has_forgotten_are_brought_again_but_not_for_ever(
    editor, paper, schedule, clock, monkeypatch, times, state, uploaded
):
    left, publish = [times], network.PaperConnector.publish

    def forgetful(self, draft, uploads):
        if left[0]:
            left[0] -= 1
            raise Rejected("upload_gone", field="media")
        return publish(self, draft, uploads)

    monkeypatch.setattr(network.PaperConnector, "publish", forgetful)
    file = picture(editor, "red")
    publication = schedule(media=[Attached(file, file.alt)])
    for _ in range(8):
        work()
        clock.shift(60)
    assert stands(publication)[0] == state
    assert len(paper.uploads) == uploaded
