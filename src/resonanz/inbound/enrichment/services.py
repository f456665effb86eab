"""What messages were read as, stored with the next number of its channel, and what people said of it instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.enrichment import learning, marks, readers
from resonanz.inbound.enrichment.models import Correction, Enrichment, Example, Reader, StoredReading
from resonanz.inbound.enrichment.texts import fingerprint, wording
from resonanz.inbound.intake.models import StoredMessage


class NotRead(LookupError):
    """No model has read the message yet, so there is nothing to correct."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a message was read as, before it is stored."""

    message: StoredMessage
    said: int  # see marks.py
    p: bytes


def read(party: readers.Party, messages: Sequence[StoredMessage]) -> list[Read]:
    """Read messages of one workspace; stores nothing."""
    if not messages:
        return []
    texts = [wording(message) for message in messages]
    found, own = marks.packed(party.label(texts)), party.own_marks(texts)
    return [
        Read(message, said | bits, p) for message, (said, p), bits in zip(messages, found, own, strict=True)
    ]


@transaction.atomic
def store(channel_id: int, reader: Reader, found: Sequence[Read]) -> int:
    """Store what was read on a channel, in place of what was there; returns the channel's last number.

    Messages that were erased meanwhile are passed over. Storing the same again changes nothing but numbers.
    """
    # Two at a time would hand out the same numbers.
    enrichment = Enrichment.objects.select_for_update().get(channel_id=channel_id)
    ids = [one.message.pk for one in found]
    there = set(
        StoredMessage.objects.select_for_update()
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    kept = [one for one in found if one.message.pk in there]
    instead = said_instead(one.message for one in kept)
    rows = [
        StoredReading(
            message=one.message,
            channel_id=channel_id,
            number=number,
            reader=reader,
            said=one.said,
            marks=marks.corrected(one.said, instead.get(one.message.pk, {})),
            p=one.p,
        )
        for number, one in enumerate(kept, start=enrichment.last_number + 1)
    ]
    StoredReading.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["message"],
        update_fields=["number", "reader", "said", "marks", "p"],
    )
    last_number = enrichment.last_number + len(rows)
    Enrichment.objects.filter(pk=enrichment.pk).update(last_number=last_number)
    return last_number


def said_instead(messages: Iterable[StoredMessage]) -> dict[int, dict[str, str]]:
    """{message's id: {output: value}}: what people said of these as they are worded now."""
    known = {message.pk: message for message in messages}
    found: dict[int, dict[str, str]] = {}
    for one in Correction.objects.filter(message__in=known):
        if one.wording == fingerprint(known[one.message_id]):
            found.setdefault(one.message_id, {})[one.output] = one.value
    for example in Example.objects.filter(message__in=known).select_related("aspect"):
        if example.message_id and example.wording == fingerprint(known[example.message_id]):
            found.setdefault(example.message_id, {})[example.aspect.output] = example.value
    return found


@transaction.atomic
def correct(actor: Member, message: StoredMessage, output: str, value: str | None) -> tuple[str, str]:
    """Say what holds instead of what the model gave; None, or what the model gives anyway, takes that back.

    The caller has found `message` in the actor's workspace. Returns what held before and what holds now. Raises
    ValueError for what is no output or no value of it, NotRead.
    """
    actor.require(Permission.ANSWER)
    if output not in marks.VALUES or value not in (None, *marks.VALUES[output]):
        raise ValueError(output)
    # The worker takes this one first too: a correction is never lost in a reading that is stored meanwhile.
    enrichment = Enrichment.objects.select_for_update().filter(channel_id=message.channel_id).first()
    reading = StoredReading.objects.filter(message=message).first()
    if enrichment is None or reading is None:
        raise NotRead
    before = marks.value(reading.marks, output)
    if value is None or value == marks.value(reading.said, output):
        Correction.objects.filter(message=message, output=output).delete()
    else:
        said = {
            "workspace": actor.workspace,
            "value": value,
            "wording": fingerprint(message),
            "member": actor,
            "member_name": str(actor)[:160],
            "at": now(),
        }
        Correction.objects.update_or_create(message=message, output=output, defaults=said)
    reckon(enrichment, reading, message)
    learning.due(actor.workspace)
    return before, marks.value(reading.marks, output)


def reckon(enrichment: Enrichment, reading: StoredReading, message: StoredMessage) -> None:
    """Let what people say now of a message count, under a new number. `enrichment` is locked by the caller."""
    reading.marks = marks.corrected(reading.said, said_instead([message]).get(message.pk, {}))
    reading.number = enrichment.last_number = enrichment.last_number + 1
    reading.save(update_fields=["said", "marks", "number"])
    Enrichment.objects.filter(pk=enrichment.pk).update(last_number=reading.number)
