"""How what a message was read as is kept in the database: a bit for each output that is given, a byte for how likely.

Pure, and without loading a model: pages read marks too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from resonanz.understanding import Labels

# The database's own order: what is stored means its place in it, so names are only ever added, at the end.
ORDER = (
    *("de", "en", "other"),
    *("negative", "neutral", "positive"),
    *("toxic", "offensive", "engaging", "fact_claiming", "question", "complaint", "praise", "suggestion"),
    *("price", "service", "quality", "delivery", "staff", "app_website", "opening_hours", "advertising"),
    *("employer", "offer", "safety"),
)
# The places of a workspace's own aspects, from the other end; which aspect has which, its OwnAspect.slot says.
OWN = tuple(f"own{slot}" for slot in range(20))
BIT = {
    **{name: 1 << place for place, name in enumerate(ORDER)},
    **{name: 1 << (62 - slot) for slot, name in enumerate(OWN)},
}
LANGUAGES, SENTIMENTS = ORDER[:3], ORDER[3:6]
KINDS, ASPECTS = ORDER[6:14], ORDER[14:25]
# Of these at most one is given; none means that the model, or a person, is not sure.
GROUPS = {"language": LANGUAGES, "sentiment": SENTIMENTS}
UNSURE, YES, NO = "unsure", "yes", "no"
# What can be corrected, each with the values a person may choose.
VALUES: dict[str, tuple[str, ...]] = {
    **{group: (*names, UNSURE) for group, names in GROUPS.items()},
    **dict.fromkeys((*KINDS, *ASPECTS), (YES, NO)),
}
_WHOLE = 255


def mask(names: Iterable[str]) -> int:
    """The bits of these outputs."""
    return sum({BIT[name] for name in names})


def names(marks: int) -> tuple[str, ...]:
    """The outputs whose bits are set, in the order of ORDER; own aspects at the end."""
    return tuple(name for name, bit in BIT.items() if marks & bit)


def packed(labels: Labels) -> list[tuple[int, bytes]]:
    """Of each text: the bits of what is given, and all probabilities, a byte each."""
    from resonanz.understanding import OUTPUTS

    places = [OUTPUTS.index(name) for name in ORDER]
    p = np.rint(labels.p[:, places] * _WHOLE).astype(np.uint8)
    weights = np.array([BIT[name] for name in ORDER], np.int64)
    bits = labels.given()[:, places] @ weights
    return [
        (int(given) | BIT.get(language, 0) | BIT.get(sentiment, 0), row.tobytes())
        for given, language, sentiment, row in zip(
            bits, labels.languages(), labels.sentiments(), p, strict=True
        )
    ]


def probabilities(stored: bytes) -> dict[str, float]:
    """How likely each output was, from 0 to 1; what was not known yet when it was stored is left out."""
    return {name: byte / _WHOLE for name, byte in zip(ORDER, stored, strict=False)}


def corrected(marks: int, corrections: Mapping[str, str]) -> int:
    """`marks` with what people said instead: {output or group: one of its VALUES}."""
    for output, value in corrections.items():
        if output in GROUPS:
            marks = marks & ~mask(GROUPS[output]) | BIT.get(value, 0)
        else:
            marks = marks | BIT[output] if value == YES else marks & ~BIT[output]
    return marks


def value(marks: int, output: str) -> str:
    """What `marks` say of an output or a group, as one of its VALUES."""
    if output in GROUPS:
        return next((name for name in GROUPS[output] if marks & BIT[name]), UNSURE)
    return YES if marks & BIT[output] else NO
