"""What a text can be labelled with, and the labels of a batch of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

LANGUAGES = ("de", "en", "other")
SENTIMENTS = ("negative", "neutral", "positive")
KINDS = ("toxic", "offensive", "engaging", "fact_claiming", "question", "complaint", "praise", "suggestion")
ASPECTS = (
    "price",
    "service",
    "quality",
    "delivery",
    "staff",
    "app_website",
    "opening_hours",
    "advertising",
    "employer",
    "offer",
    "safety",
)
OUTPUTS = (*LANGUAGES, *SENTIMENTS, *KINDS, *ASPECTS)  # the columns of `Labels.p`
UNSURE = "unsure"
# Below these no class is named. Of a language 0.5 says that it's more likely than all others together.
SURE_OF_LANGUAGE, SURE_OF_SENTIMENT = 0.6, 0.45
GIVEN = 0.5  # the threshold of a yes/no label for which none was found to be better

Probabilities: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Code points `start` to `end` of the text speak for (above 0) or against a label, by `weight` in log-odds."""

    start: int
    end: int
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text was read as. Probabilities from 0 to 1."""

    language: str  # one of LANGUAGES or UNSURE
    sentiment: str  # one of SENTIMENTS or UNSURE
    sentiments: dict[str, float]
    kinds: dict[str, float]
    aspects: dict[str, float]
    given: tuple[str, ...]  # the sentiment, kinds and aspects that count as given, in the order of OUTPUTS
    model: str


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a batch: float32[texts, OUTPUTS]."""

    p: Probabilities
    model: str
    thresholds: Probabilities  # float32[OUTPUTS]: from here on a yes/no output counts as given

    def given(self) -> NDArray[np.bool_]:
        """bool[texts, OUTPUTS]: the kinds and aspects that count as given. Of languages and sentiments none is."""
        found = self.p >= self.thresholds
        found[:, : len(LANGUAGES) + len(SENTIMENTS)] = False
        return found

    def __len__(self) -> int:
        return len(self.p)

    def of(self, output: str) -> Probabilities:
        """The probabilities of one output for all texts."""
        return self.p[:, OUTPUTS.index(output)]

    def languages(self) -> list[str]:
        return _named(self.p[:, : len(LANGUAGES)], LANGUAGES, SURE_OF_LANGUAGE)

    def sentiments(self) -> list[str]:
        first = len(LANGUAGES)
        return _named(self.p[:, first : first + len(SENTIMENTS)], SENTIMENTS, SURE_OF_SENTIMENT)

    def readings(self) -> list[Reading]:
        """All texts one by one; slower than the columns."""
        sentiments, kinds = len(LANGUAGES), len(LANGUAGES) + len(SENTIMENTS)
        aspects = kinds + len(KINDS)
        return [
            Reading(
                language,
                sentiment,
                dict(zip(SENTIMENTS, p[sentiments:kinds], strict=True)),
                dict(zip(KINDS, p[kinds:aspects], strict=True)),
                dict(zip(ASPECTS, p[aspects:], strict=True)),
                (*([] if sentiment == UNSURE else [sentiment]), *compress(OUTPUTS, given)),
                self.model,
            )
            for language, sentiment, p, given in zip(
                self.languages(),
                self.sentiments(),
                self.p.astype(float).round(4).tolist(),
                self.given().tolist(),
                strict=True,
            )
        ]


def _named(p: Probabilities, names: Sequence[str], sure: float) -> list[str]:
    best = p.argmax(1)
    there = p[np.arange(len(p)), best] >= sure
    return [names[b] if s else UNSURE for b, s in zip(best.tolist(), there.tolist(), strict=True)]
