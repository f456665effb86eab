"""Asking each channel for news when it is due."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, ConnectorError, RateLimited
from resonanz.connectorkit.manifest import Capability
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.doors import connector
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.channels.services import access_lost
from resonanz.foundation.work.leases import Kind, Lease, backoff
from resonanz.foundation.work.registry import register
from resonanz.inbound.intake.models import Poll
from resonanz.inbound.intake.services import store
from resonanz.kernel.messages import Message
from resonanz.kernel.paging import Cursor, Page

NO_PROBLEM = {"problem": "", "problem_detail": "", "problem_since": None, "fault": None, "attempts": 0}


def find() -> None:
    """See that every connected channel with something to read is read, a new or reconnected one at once."""
    readable = [slug for slug, n in networks.all_networks().items() if n.manifest.can(Capability.INBOUND)]
    active = Channel.objects.filter(state=ChannelState.ACTIVE, network__in=readable)
    for channel in active.filter(poll=None):
        Poll.objects.get_or_create(channel=channel)
    idle = list(Poll.objects.filter(due_at=None, channel__in=active).values_list("pk", flat=True))
    if idle:
        Poll.objects.filter(pk__in=idle, due_at=None).update(due_at=now())


def handle(lease: Lease) -> None:
    """Read one page and store it together with the cursor, or note why it could not be read."""
    poll: Poll = lease.row()
    channel = poll.channel
    if channel.state != ChannelState.ACTIVE:
        lease.release(None)  # `find` comes back to it
        return
    try:
        page = connector(channel).inbound(Cursor(poll.cursor))
    except AccessLost as error:
        access_lost(channel, error)
        lease.release(None, attempts=0)
    except RateLimited as error:
        lease.release(error.retry_at, **_problem(poll, error))
    except ConnectorError as error:
        lease.release(now() + backoff(poll.attempts), **_problem(poll, error))
    else:
        _store(lease, poll, page)


def _store(lease: Lease, poll: Poll, page: Page[Message]) -> None:
    # A network that says "more" and does not move on would keep us busy for ever.
    goes_on = page.more and page.cursor != poll.cursor
    pause = timedelta() if goes_on else timedelta(seconds=poll.channel.manifest.poll_seconds)
    with transaction.atomic():
        stored = store(poll.channel, page.items)
        lease.release(
            now() + pause,
            cursor=page.cursor,
            read_at=now(),
            left_out=poll.left_out if page.left_out is None else page.left_out,
            unreadable=poll.unreadable + page.skipped + stored.unreadable,
            **NO_PROBLEM,
        )


def _problem(poll: Poll, error: ConnectorError) -> dict[str, object]:
    return {
        "problem": error.reason[:64],
        "problem_detail": error.detail,
        "problem_since": poll.problem_since or now(),
        "fault": None,
    }


def on_fault(lease: Lease, fault: int) -> None:
    """A bug of ours: said at the channel with its number, and tried again later and later."""
    poll: Poll = lease.row()
    lease.release(
        now() + backoff(poll.attempts),
        problem="fault",
        problem_detail="",
        problem_since=poll.problem_since or now(),
        fault=fault,
    )


POLL = register(Kind("poll", Poll, handle, on_fault, find=find))
