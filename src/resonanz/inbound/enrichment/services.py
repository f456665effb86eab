"""Storing what messages were read as: each with the next number of its channel, and with what people said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from resonanz.inbound.enrichment import marks, readers
from resonanz.inbound.enrichment.models import Enrichment, Reader, StoredReading
from resonanz.inbound.intake.models import Origin, StoredMessage


@dataclass(frozen=True, slots=True)
class Read:
    """What a message was read as, before it is stored."""

    message: StoredMessage
    said: int  # see marks.py
    p: bytes


def is_readable(message: StoredMessage) -> bool:
    """Whether it says something to us: our own words are nobody's opinion, and context is shown, not sorted."""
    return not message.is_ours and message.origin == Origin.INBOUND


def wording(message: StoredMessage) -> str:
    """The text that is read."""
    return f"{message.title}\n{message.text}" if message.title else message.text


def read(messages: Sequence[StoredMessage]) -> list[Read]:
    """Read messages; stores nothing. Raises ModelError."""
    if not messages:
        return []
    found = marks.packed(readers.tier().label([wording(message) for message in messages]))
    return [Read(message, said, p) for message, (said, p) in zip(messages, found, strict=True)]


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
    rows = [
        StoredReading(
            message=one.message,
            channel_id=channel_id,
            number=number,
            reader=reader,
            said=one.said,
            marks=one.said,
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
