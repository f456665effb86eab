"""Reading what arrives, and, when nothing new waits, what is history or was read by another model."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from resonanz.foundation.work.leases import Kind, Lease, backoff
from resonanz.foundation.work.registry import register
from resonanz.inbound.enrichment import aspects, learning, readers
from resonanz.inbound.enrichment.models import Enrichment, OwnAspect, Reader, StoredReading
from resonanz.inbound.enrichment.services import read, store
from resonanz.inbound.enrichment.texts import is_readable
from resonanz.inbound.intake import queries as intake
from resonanz.inbound.intake.models import Poll, StoredMessage

BATCH = 200
# So often a message that we stumble over is tried before the ones behind it go first.
TRIES = 4
LONGEST_REST = timedelta(seconds=5)
# The rows for which this process has asked whether another model reads now. Once is enough: a model changes with a
# start, and two processes with different ones must not read each other's messages anew for ever.
_asked: set[int] = set()


def find() -> None:
    """Make due every channel with messages that nobody has looked at, or that may have to be read anew."""
    for poll in Poll.objects.filter(last_number__gt=0, channel__enrichment=None):
        Enrichment.objects.get_or_create(channel_id=poll.channel_id)
    behind = Q(position__lt=F("channel__poll__last_number")) | ~Q(pk__in=_asked) | ~Q(reads_with=F("chosen"))
    behind |= ~Q(own=F("chosen_own"))
    learning_of = "channel__workspace__learning"
    rows = Enrichment.objects.filter(due_at=None).alias(
        reads_with=Coalesce("adaptation", 0),
        chosen=Coalesce(f"{learning_of}__active", 0),
        chosen_own=Coalesce(f"{learning_of}__own", Value("")),
    )
    if ids := list(rows.filter(behind).values_list("pk", flat=True)):
        Enrichment.objects.filter(pk__in=ids, due_at=None).update(due_at=now())


@dataclass(frozen=True, slots=True)
class Step:
    """What is read in one go, and where the channel stands afterwards."""

    messages: list[StoredMessage]
    position: int
    reread_below: int
    is_news: bool

    @property
    def is_last(self) -> bool:
        return not self.is_news and not self.reread_below


def handle(lease: Lease) -> None:
    """Read one batch and store it together with how far we came."""
    begun = time.monotonic()
    enrichment: Enrichment = lease.row()
    try:
        party = readers.current(enrichment.channel.workspace)
    except readers.NoModel:
        lease.release(now() + backoff(enrichment.attempts, first_seconds=60), problem="model")
        return
    _turn_back(lease, enrichment, party)
    step = _next(enrichment, party.row)
    found = read(party, step.messages)  # outside the transaction: it takes its time
    # History can wait: as long as a step took the machine belongs to others.
    rest = timedelta(seconds=0 if step.is_news else time.monotonic() - begun)
    with transaction.atomic():
        store(enrichment.channel_id, party.row, found)
        lease.release(
            None if step.is_last else now() + min(rest, LONGEST_REST),
            position=step.position,
            reread_below=step.reread_below,
            problem="",
            attempts=0 if enrichment.attempts <= 1 or step.is_last else 1,
        )


def _turn_back(lease: Lease, enrichment: Enrichment, party: readers.Party) -> None:
    """Begin to read anew what was read by another model, or with something else switched on."""
    is_other_model = enrichment.pk not in _asked and enrichment.reader_id != party.row.pk
    _asked.add(enrichment.pk)
    chosen, own = party.chosen.pk if party.chosen else None, readers.digest(party.own)
    if not is_other_model and enrichment.adaptation_id == chosen and enrichment.own == own:
        return
    if enrichment.reader and party.chosen and party.adaptation is None:
        learning.due(enrichment.channel.workspace)  # it was learnt for the model before
    for aspect in party.resting:
        aspects.due(aspect)
    lease.save(reader=party.row, adaptation=chosen, own=own, reread_below=enrichment.position + 1)
    enrichment.reread_below = enrichment.position + 1


def _next(enrichment: Enrichment, reader: Reader) -> Step:
    """What is to be read next: news in their order; then, backwards, what this reader has not read."""
    # After a fault one at a time: whatever can be read is, and the one that cannot stands alone.
    limit = BATCH if enrichment.attempts <= 1 else 1
    below = enrichment.reread_below
    if news := intake.after(enrichment.channel_id, enrichment.position, limit):
        history = [message.number for message in news if intake.is_history(message)]
        return Step(
            [m for m in news if is_readable(m) and not intake.is_history(m)],
            position=news[-1].number,
            reread_below=max([below, *(number + 1 for number in history)]),
            is_news=True,
        )
    before = list(intake.before(enrichment.channel_id, below, limit)) if below else []
    done = set(
        StoredReading.objects.filter(message__in=before, reader=reader).values_list("message_id", flat=True)
    )
    return Step(
        [m for m in before if is_readable(m) and m.pk not in done],
        position=enrichment.position,
        reread_below=below - limit if below > limit + 1 else 0,  # numbers begin with 1
        is_news=False,
    )


def on_fault(lease: Lease, fault: int) -> None:
    """A bug of ours. After some tries the message at fault is set aside (it stays stored) and the others go on."""
    enrichment: Enrichment = lease.row()
    if enrichment.attempts < TRIES:
        lease.release(now() + backoff(enrichment.attempts), fault=fault)
        return
    step = _next(enrichment, readers.current(enrichment.channel.workspace).row)
    lease.release(
        now(),
        position=step.position,
        reread_below=step.reread_below,
        set_aside=enrichment.set_aside + len(step.messages),
        attempts=0,
        fault=fault,
    )


UNDERSTAND = register(
    Kind(
        "understand",
        Enrichment,
        handle,
        on_fault,
        parallel=1,
        find=find,
        together=("channel__workspace",),
    )
)


def learn(lease: Lease) -> None:
    """Learn an own aspect from its examples, and offer what was learnt."""
    aspect: OwnAspect = lease.row()
    made = aspects.learn(aspect)
    with transaction.atomic():
        # Somebody may have given an example, or removed it, meanwhile.
        row: OwnAspect = lease.row()
        if row.removed_at is None:
            aspects.offer(row, made)
        due_at = row.due_at if row.due_at != aspect.due_at else None
        lease.release(due_at, attempts=0, fault=None, tried_at=now())


def try_later(lease: Lease, fault: int) -> None:
    """A bug of ours that keeps nothing else waiting."""
    lease.release(now() + backoff(lease.row().attempts), fault=fault)


LEARN_ASPECT = register(
    Kind(
        "learn_aspect",
        OwnAspect,
        learn,
        try_later,
        lease_seconds=900,
        parallel=1,
        together=("workspace",),
    )
)
