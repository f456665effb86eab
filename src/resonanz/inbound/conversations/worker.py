"""Sorting new messages into conversations, waking those that were snoozed, fetching what answers refer to."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, ConnectorError, NotFound, RateLimited, Rejected
from resonanz.foundation.channels.doors import connector
from resonanz.foundation.channels.models import ChannelState
from resonanz.foundation.channels.services import access_lost
from resonanz.foundation.work.leases import Kind, Lease, backoff
from resonanz.foundation.work.registry import register
from resonanz.inbound.conversations import events, threads
from resonanz.inbound.conversations.events import Cause
from resonanz.inbound.conversations.machine import MACHINE, Status
from resonanz.inbound.conversations.models import (
    Answer,
    Conversation,
    Filing,
    Lookup,
    Part,
    Role,
    Weighing,
)
from resonanz.inbound.conversations.queries import seen_by_people
from resonanz.inbound.conversations.weighing import weigh
from resonanz.inbound.enrichment import learning
from resonanz.inbound.enrichment import queries as enrichment
from resonanz.inbound.enrichment.models import Enrichment, Learning
from resonanz.inbound.enrichment.readers import NoModel
from resonanz.inbound.intake import queries as intake
from resonanz.inbound.intake.models import Origin, Poll, StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.kernel.messages import Message
from resonanz.outbound.publishing.machine import PublicationState

BATCH = 100
# So often a message that we stumble over is tried before the ones behind it go first.
TRIES = 4
LOOKUP_TRIES = 5
FILING_TAKES = timedelta(seconds=2)
SETTLED = (PublicationState.PUBLISHED, PublicationState.FAILED, PublicationState.CANCELLED)


def find_filing() -> None:
    """Make due the filing of every channel that has messages we have not seen."""
    for poll in Poll.objects.filter(last_number__gt=0, channel__filing=None):
        Filing.objects.get_or_create(channel_id=poll.channel_id)
    behind = Filing.objects.filter(due_at=None, position__lt=F("channel__poll__last_number"))
    if ids := list(behind.values_list("pk", flat=True)):
        Filing.objects.filter(pk__in=ids, due_at=None).update(due_at=now())


def file(lease: Lease) -> None:
    """File the next messages of one channel and remember how far we came, in one transaction."""
    filing: Filing = lease.row()
    # After a fault one at a time: whatever can be filed is, and the one that cannot stands alone.
    limit = BATCH if filing.attempts <= 1 else 1
    with transaction.atomic():
        batch = intake.after(filing.channel_id, filing.position, limit)
        threads.file_all(batch)
        lease.release(
            now() if len(batch) == limit else None,
            position=batch[-1].number if batch else filing.position,
            attempts=0 if filing.attempts <= 1 or not batch else 1,
        )


def on_filing_fault(lease: Lease, fault: int) -> None:
    """A bug of ours. After some tries the message at fault is set aside (it stays stored) and the others go on."""
    filing: Filing = lease.row()
    if filing.attempts < TRIES:
        lease.release(now() + backoff(filing.attempts), fault=fault)
        return
    stuck = intake.after(filing.channel_id, filing.position, 1)
    lease.release(
        now(),
        position=stuck[0].number if stuck else filing.position,
        set_aside=filing.set_aside + len(stuck),
        attempts=0,
        fault=fault,
    )


def wake(lease: Lease) -> None:
    """A snoozed conversation comes back at its time."""
    with transaction.atomic():
        Conversation.objects.select_for_update().get(pk=lease.pk)
        row: Conversation = lease.row()
        # Somebody may have snoozed it anew, or taken it up, in between.
        if row.status == Status.SNOOZED and row.due_at and row.due_at <= now():
            was, row.status = row.status, MACHINE.step(row.status, Status.OPEN)
            lease.release(None, status=row.status, attempts=0, reminded_at=row.due_at)
            weigh([row.pk])
            events.opened(row, was, Cause.TIME)
        else:
            lease.release(row.due_at if row.status == Status.SNOOZED else None, attempts=0)


def look_up(lease: Lease) -> None:
    """Fetch what a message answers and show it above."""
    lookup: Lookup = lease.row()
    message = lookup.message
    if message.channel.state != ChannelState.ACTIVE or lookup.attempts > LOOKUP_TRIES:
        lease.release(None, problem=lookup.problem or "given_up")
        return
    try:
        around = connector(message.channel).thread(message.reference)
    except AccessLost as error:
        access_lost(message.channel, error)
        lease.release(None, problem=error.reason[:64])
    except (NotFound, Rejected) as error:
        lease.release(None, problem=error.reason[:64])
    except RateLimited as error:
        lease.release(error.retry_at, attempts=lookup.attempts - 1)
    except ConnectorError as error:
        lease.release(now() + backoff(lookup.attempts), problem=error.reason[:64])
    else:
        with transaction.atomic():
            _show_above(lookup, ancestors(message.reply_to, around))
            lease.release(None, problem="")


def ancestors(remote_id: str, around: tuple[Message, ...]) -> list[Message]:
    """The message `remote_id` among `around`, what it answers, and so on; the nearest first."""
    by_id = {message.remote_id: message for message in around}
    found: list[Message] = []
    while (message := by_id.pop(remote_id, None)) and len(found) < threads.CONTEXT_DEPTH:
        found.append(message)
        remote_id = message.reply_to
    return found


def _show_above(lookup: Lookup, above: list[Message]) -> None:
    # Only what leads to the message; what others said elsewhere in the thread is none of our business.
    channel = lookup.message.channel
    store(channel, above, origin=Origin.CONTEXT)
    rows = StoredMessage.objects.filter(channel=channel, remote_id__in=[m.remote_id for m in above])
    for row in rows:
        threads.add_context(lookup.conversation, row)


def find_settled() -> None:
    """Make due the answers of which we know by now whether they are out."""
    settled = Answer.objects.filter(is_underway=True, due_at=None, publication__state__in=SETTLED)
    if ids := list(settled.values_list("pk", flat=True)):
        Answer.objects.filter(pk__in=ids, due_at=None).update(due_at=now())


def settle(lease: Lease) -> None:
    """An answer that could not be sent makes it our turn again: nobody must believe they had been answered."""
    with transaction.atomic():
        made: Answer = lease.row()
        conversation = Conversation.objects.select_for_update().get(pk=made.conversation_id)
        if made.publication.state != PublicationState.PUBLISHED:
            asked_at = made.message.sent_at if made.message else made.created_at
            conversation.waiting_since = min(conversation.waiting_since or asked_at, asked_at)
            was, conversation.status = conversation.status, MACHINE.step(conversation.status, Status.OPEN)
            conversation.due_at = None
            conversation.save(update_fields=["waiting_since", "status", "due_at"])
            weigh([conversation.pk])
            events.opened(conversation, was, Cause.UNSENT)
        lease.release(None, is_underway=False, attempts=0)


def find_weighing() -> None:
    """Make due every channel on which messages were read, or corrected, since we weighed."""
    for row in Enrichment.objects.filter(last_number__gt=0, channel__weighing=None):
        Weighing.objects.get_or_create(channel_id=row.channel_id)
    behind = Weighing.objects.filter(due_at=None, position__lt=F("channel__enrichment__last_number"))
    if ids := list(behind.values_list("pk", flat=True)):
        Weighing.objects.filter(pk__in=ids, due_at=None).update(due_at=now())


def take_in(lease: Lease) -> None:
    """Let the next readings of one channel count in their conversations."""
    weighing: Weighing = lease.row()
    with transaction.atomic():
        # What is not filed yet has no conversation that could know it, and would never be looked at again.
        filing = Filing.objects.filter(channel_id=weighing.channel_id).first()
        read = enrichment.after(weighing.channel_id, weighing.position, BATCH)
        filed = list(takewhile(lambda one: filing and one.message.number <= filing.position, read))
        parts = Part.objects.filter(message__in=[one.message_id for one in filed], role=Role.SAID)
        weigh(set(parts.values_list("conversation_id", flat=True)))
        waits = now() + FILING_TAKES if len(filed) < len(read) else None
        lease.release(
            now() if len(filed) == BATCH else waits,
            position=filed[-1].number if filed else weighing.position,
            attempts=0,
        )


def try_later(lease: Lease, _fault: int) -> None:
    """A bug of ours that keeps nothing else waiting."""
    lease.release(now() + backoff(lease.row().attempts))


FILE = register(Kind("file", Filing, file, on_filing_fault, find=find_filing))
SETTLE = register(Kind("settle", Answer, settle, try_later, find=find_settled))
WAKE = register(Kind("wake", Conversation, wake, try_later))


def learn(lease: Lease) -> None:
    """Learn from a workspace's corrections, and from what its people saw and left as it was."""
    row: Learning = lease.row()
    try:
        made = learning.learn(row.workspace, seen_by_people(row.workspace))
    except NoModel:
        lease.release(now() + backoff(row.attempts, first_seconds=60))
        return
    with transaction.atomic():
        learning.offer(row.workspace, made)
        # Somebody may have corrected something meanwhile.
        due_at = lease.row().due_at
        lease.release(due_at if due_at != row.due_at else None, attempts=0, fault=None, tried_at=now())


LEARN = register(
    Kind("learn", Learning, learn, try_later, lease_seconds=900, parallel=1, together=("workspace",))
)
WEIGH = register(Kind("weigh", Weighing, take_in, try_later, find=find_weighing))
LOOKUP = register(Kind("lookup", Lookup, look_up, try_later, parallel=2))
