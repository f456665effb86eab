"""The words that carried what a message was read as: computed when somebody looks, by the model that read it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from resonanz.inbound.enrichment import marks, readers
from resonanz.inbound.enrichment.models import StoredReading
from resonanz.inbound.enrichment.texts import wording
from resonanz.inbound.intake.models import StoredMessage


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text, and the outputs it speaks for; none for what lies between."""

    text: str
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """Title and text of a message, cut where evidence begins and ends."""

    title: list[Passage]
    text: list[Passage]


def marked(message: StoredMessage) -> Marked | None:
    """The words that speak for what the model gives; None where it has not read the message, or not as it is now.

    Takes as long as reading some messages does, and the first time as long as loading the model. Raises NoModel.
    """
    reading = StoredReading.objects.filter(message=message).select_related("reader").first()
    if reading is None:
        return None
    if not readers.reads_like(reading.reader):
        return None
    text = wording(message)
    said = [name for name in marks.names(reading.said) if name not in marks.LANGUAGES]
    found = readers.tier().evidence(text, [name for name in said if name not in marks.OWN])
    for aspect in readers.switched_on(message.channel.workspace) if set(said) & set(marks.OWN) else ():
        if aspect.output in said:
            found += readers.own_evidence(aspect, text)
    spans = [(one.start, one.end, one.label) for one in found if one.weight > 0]
    begin = len(text) - len(message.text)
    return Marked(_cut(text, spans, 0, len(message.title)), _cut(text, spans, begin, len(text)))


def _cut(text: str, spans: list[tuple[int, int, str]], begin: int, end: int) -> list[Passage]:
    """text[begin:end] in passages, each of which speaks for the same outputs throughout."""
    edges = {
        begin,
        end,
        *(edge for start, stop, _label in spans for edge in (start, stop) if begin < edge < end),
    }
    places = sorted(edges)
    return [
        Passage(
            text[start:stop],
            tuple(sorted({label for first, last, label in spans if first <= start and stop <= last})),
        )
        for start, stop in pairwise(places)
    ]
