"""What messages were read as, for those who show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.models import Reader, StoredReading
from resonanz.inbound.intake.models import StoredMessage


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one message means: outputs by their names in marks.py, what counts and how likely the model held it."""

    marks: int
    likely: dict[str, float]  # 0 to 1
    reader: Reader

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


def meanings(messages: Iterable[StoredMessage]) -> dict[int, Meaning]:
    """What those of `messages` that were read mean, by the message's id; one statement."""
    rows = StoredReading.objects.filter(message__in=list(messages)).select_related("reader")
    return {row.message_id: Meaning(row.marks, marks.probabilities(bytes(row.p)), row.reader) for row in rows}
