"""Reading a channel goes on where it stopped, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, NotFound, RateLimited, Rejected, Unavailable
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.work.models import Fault
from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.conftest import Killed, Plaza, connected, said, work
from resonanz.inbound.intake.models import Poll, StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.inbound.intake.worker import POLL, find
from resonanz.kernel.messages import Message
from resonanz.kernel.paging import Cursor, Page


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


def stored() -> list[str]:
    return list(StoredMessage.objects.order_by("number").values_list("remote_id", flat=True))


def test_a_connected_channel_is_read_without_being_asked_for(channel: Channel, plaza: Plaza) -> None:
    plaza.said = [said(str(n)) for n in range(8)]
    work(POLL)
    assert stored() == [str(n) for n in range(8)]
    assert plaza.asked == ["inbound ", "inbound 3", "inbound 6"], "page after page, at once"
    poll = Poll.objects.get()
    assert poll.due_at == now() + timedelta(seconds=60)
    assert poll.read_at == now()


def test_reading_goes_on_from_the_cursor(
    channel: Channel, plaza: Plaza, clock: time_machine.Coordinates
) -> None:
    plaza.said = [said("1")]
    work(POLL)
    plaza.said.append(said("2"))
    clock.shift(61)
    work(POLL)
    assert plaza.asked == ["inbound ", "inbound 1"]
    assert stored() == ["1", "2"]


def test_a_network_that_does_not_move_on_is_not_asked_without_end(channel: Channel, plaza: Plaza) -> None:
    plaza.inbound = lambda cursor: Page((), cursor, more=True)  # type: ignore[method-assign]
    assert work(POLL) == 1


def test_a_crash_at_any_statement_leaves_no_gap_and_no_repeat(
    channel: Channel, plaza: Plaza, break_at: Callable[[int], None], clock: time_machine.Coordinates
) -> None:
    plaza.said = [said(str(n)) for n in range(4)]
    find()
    deaths = 0
    for statement in range(1, 200):
        (lease,) = leases.claim(POLL, "mortal")
        break_at(statement)
        try:
            perform(lease)
        except Killed:
            deaths += 1
        else:
            break
        finally:
            break_at(0)
        assert Poll.objects.get().cursor == "" or stored(), "never a cursor without its messages"
        assert (Poll.objects.get().cursor == "") == (not stored()), "never messages without their cursor"
        clock.shift(POLL.lease_seconds + 1)
    assert deaths >= 8, "there were statements to die at"
    work(POLL)
    assert stored() == ["0", "1", "2", "3"]


def test_a_worker_that_lost_its_lease_stores_nothing(
    channel: Channel, plaza: Plaza, clock: time_machine.Coordinates
) -> None:
    plaza.said = [said("1")]
    find()
    (slow,) = leases.claim(POLL, "slow")
    clock.shift(POLL.lease_seconds + 1)
    (_quick,) = leases.claim(POLL, "quick")
    perform(slow)
    assert stored() == []


def test_a_webhook_and_a_poll_with_the_same_message_show_it_once(channel: Channel, plaza: Plaza) -> None:
    plaza.said = [said("1"), said("2")]
    store(channel, [said("2")])
    work(POLL)
    store(channel, [said("1")])
    assert sorted(stored()) == ["1", "2"]


def test_a_paused_channel_is_left_alone_until_it_is_resumed(channel: Channel, plaza: Plaza) -> None:
    Channel.objects.update(state=ChannelState.PAUSED)
    assert work(POLL) == 0
    Channel.objects.update(state=ChannelState.ACTIVE)
    work(POLL)
    Channel.objects.update(state=ChannelState.PAUSED)
    Poll.objects.update(due_at=now())
    work(POLL)
    assert Poll.objects.get().due_at is None
    assert plaza.asked == ["inbound "]
    Channel.objects.update(state=ChannelState.ACTIVE)
    work(POLL)
    assert plaza.asked == ["inbound ", "inbound 0"]


def test_lost_access_pauses_the_channel_and_reconnecting_reads_on(channel: Channel, plaza: Plaza) -> None:
    plaza.error = AccessLost("token_void")
    work(POLL)
    channel.refresh_from_db()
    assert (channel.state, channel.state_reason) == (ChannelState.ACCESS_LOST, "token_void")
    assert Poll.objects.get().due_at is None
    plaza.error, plaza.said = None, [said("1")]
    Channel.objects.update(state=ChannelState.ACTIVE)
    work(POLL)
    assert stored() == ["1"]


def test_a_rate_limit_is_waited_for_exactly(channel: Channel, plaza: Plaza) -> None:
    plaza.error = RateLimited(now() + timedelta(minutes=17))
    work(POLL)
    assert Poll.objects.get().due_at == now() + timedelta(minutes=17)


@pytest.mark.parametrize("error", [Unavailable("timeout"), Rejected("unreadable"), NotFound()])
def test_a_broken_network_is_asked_ever_less_and_the_channel_says_why(
    channel: Channel, plaza: Plaza, clock: time_machine.Coordinates, error: Exception
) -> None:
    plaza.error = error
    began = now()
    waits = []
    for _try in range(12):
        work(POLL)
        poll = Poll.objects.get()
        assert poll.due_at is not None
        waits.append((poll.due_at - now()).total_seconds())
        clock.move_to(poll.due_at)
    assert 12 <= waits[0] <= 18
    assert 2880 <= waits[-1] <= 4320
    assert poll.problem == error.reason  # type: ignore[attr-defined]
    assert poll.problem_since == began
    plaza.error, plaza.said = None, [said("1")]
    work(POLL)
    poll.refresh_from_db()
    assert (poll.problem, poll.problem_since, poll.attempts, stored()) == ("", None, 0, ["1"])


def test_one_broken_channel_does_not_hold_up_another(
    channel: Channel, plaza: Plaza, workspace: Workspace
) -> None:
    feed = connected(workspace, "gazette")
    plaza.said = [said("1")]
    work(POLL)
    assert set(StoredMessage.objects.values_list("channel", flat=True)) == {channel.pk, feed.pk}


def test_a_bug_of_ours_is_numbered_and_does_not_spin(
    channel: Channel, plaza: Plaza, monkeypatch: pytest.MonkeyPatch
) -> None:
    plaza.error = KeyError("token=hush")
    assert work(POLL) == 1
    fault, poll = Fault.objects.get(), Poll.objects.get()
    assert (poll.problem, poll.fault) == ("fault", fault.pk)
    assert "hush" not in fault.summary + fault.trace
    assert poll.due_at is not None
    assert poll.due_at > now()


def test_what_could_not_be_read_is_counted(channel: Channel, plaza: Plaza) -> None:
    plaza.said = [said(""), said("1")]
    work(POLL)
    assert Poll.objects.get().unreadable == 1
    assert stored() == ["1"]


def test_what_lies_behind_the_newest_is_known_until_the_network_says_otherwise(
    channel: Channel, plaza: Plaza, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said_now, known in ((700, 700), (None, 700), (0, 0)):
        page: Page[Message] = Page((), Cursor("1"), left_out=said_now)
        monkeypatch.setattr(plaza, "inbound", lambda _cursor, page=page: page)
        Poll.objects.update(due_at=now())
        work(POLL, rounds=2)
        assert Poll.objects.get().left_out == known
