"""What messages were read as, for those who show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.models import Correction, Reader, StoredReading
from resonanz.inbound.enrichment.services import fingerprint
from resonanz.inbound.intake.models import StoredMessage


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one message means: outputs by their names in marks.py, what counts and how likely the model held it."""

    marks: int
    likely: dict[str, float]  # 0 to 1
    reader: Reader
    corrections: dict[str, Correction] = field(default_factory=dict)  # by output

    @property
    def language(self) -> str:
        return marks.value(self.marks, "language")

    @property
    def sentiment(self) -> str:
        return marks.value(self.marks, "sentiment")

    @property
    def kinds(self) -> list[str]:
        return [name for name in marks.KINDS if self.marks & marks.BIT[name]]

    @property
    def aspects(self) -> list[str]:
        return [name for name in marks.ASPECTS if self.marks & marks.BIT[name]]


def after(channel_id: int, number: int, limit: int) -> list[StoredReading]:
    """The next readings of a channel that were made or corrected after `number`, in that order, with their messages."""
    rows = StoredReading.objects.filter(channel_id=channel_id, number__gt=number)
    return list(rows.select_related("message").order_by("number")[:limit])


def meanings(messages: Iterable[StoredMessage]) -> dict[int, Meaning]:
    """What those of `messages` that were read mean, by the message's id; two statements."""
    known = {message.pk: message for message in messages}
    rows = StoredReading.objects.filter(message__in=known).select_related("reader")
    found = {
        row.message_id: Meaning(row.marks, marks.probabilities(bytes(row.p)), row.reader) for row in rows
    }
    for one in Correction.objects.filter(message__in=found).select_related("member__user"):
        if one.wording == fingerprint(known[one.message_id]):
            found[one.message_id].corrections[one.output] = one
    return found
