"""A new aspect from a few example texts, for one workspace: what texts are about that no shipped model knows.

lifts = learn("lift", ["Der Aufzug ist kaputt", ...], others, counter_examples)
lifts.found, lifts.wrong              # what it does with texts that it has not seen
given([lifts, rain], texts)           # which texts are about which
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import hashed, heads, loops
from resonanz.understanding.labels import Evidence

Array = NDArray[Any]
FEWEST = 3  # examples
MOST = 1000  # examples, and others, that are looked at: the latest
BETA = 0.5  # of the F-measure: who sees a wrong label sees it, who misses a text can search
SPANS = 3  # of evidence, at most
LONGEST_EVIDENCE = 60  # words of a text that are looked at for evidence
_FACTS = ("name", "examples", "others", "precision", "threshold", "found", "wrong", "bias", "scheme")
_WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True, slots=True)
class Aspect:
    """A learnt aspect, and how well it tells texts apart that it has not seen."""

    name: str
    examples: int
    others: int
    precision: float  # average precision by cross-validation, 0 to 1
    threshold: float  # the score from which on a text counts as about it
    found: int  # of the examples, by models and thresholds that had not seen them
    wrong: int  # of the others, by the same; some of them may be about it after all
    weights: Array  # float32[hashed.WIDTH]
    bias: float
    scheme: int = loops.SCHEME  # of the features

    @property
    def chance(self) -> float:
        """What `precision` would be if the texts were ranked at random."""
        return self.examples / (self.examples + self.others)

    @property
    def helps(self) -> bool:
        """Whether it is worth marking texts with: it finds a third of what it should, and more of that than of others.

        Strict, for of the others it takes for examples some are about it, and an example is rarer out there than here.
        """
        return 3 * self.found >= self.examples and self.found > self.wrong

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32[texts], 0 to 1: above 0.5 a text is more like the examples than like the others.

        Both sides weigh the same, however many they are, so a score is no probability.
        """
        return self.scores_of(hashed.rows(texts))

    def evidence(self, text: str) -> list[Evidence]:
        """The words without which the text would be least like the examples, strongest first, named after it."""
        words = [found for found, _ in zip(_WORD.finditer(text), range(LONGEST_EVIDENCE), strict=False)]
        if not words:
            return []
        end = words[-1].end()
        without = [text[: word.start()] + text[word.end() : end] for word in words]
        sums = hashed.rows([text[:end], *without]) @ self.weights
        lost = sums[0] - sums[1:]
        strongest = [k for k in np.argsort(-lost, kind="stable")[:SPANS].tolist() if lost[k] > 0]
        return [
            Evidence(words[k].start(), words[k].end(), self.name, round(float(lost[k]), 3)) for k in strongest
        ]

    def scores_of(self, rows: Array) -> NDArray[np.float32]:
        """The same of texts that are `hashed.rows` already."""
        return np.asarray(heads.logistic(rows @ self.weights + self.bias), np.float32)

    def to_bytes(self) -> bytes:
        """Everything, about 15 KB; the same aspect gives the same bytes."""
        return heads.packed({name: getattr(self, name) for name in _FACTS}, {"weights": self.weights})

    @classmethod
    def from_bytes(cls, data: bytes) -> Aspect:
        """Raises ValueError if these are not the bytes of an aspect, or of one with other features."""
        facts, arrays = heads.unpacked(data)
        try:
            aspect = cls(**facts, weights=arrays["weights"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an aspect: {error}") from error
        if aspect.scheme != loops.SCHEME:
            raise ValueError(f"learnt with the features of scheme {aspect.scheme}, not {loops.SCHEME}")
        return aspect


def given(aspects: Sequence[Aspect], texts: Sequence[str]) -> NDArray[np.bool_]:
    """bool[texts, aspects]: which texts count as being about which; one that says nothing is about none."""
    if not aspects or not texts:
        return np.zeros((len(texts), len(aspects)), bool)
    rows = hashed.rows(texts)
    found = np.column_stack([aspect.scores_of(rows) >= aspect.threshold for aspect in aspects])
    return np.asarray(found & (rows != 0).any(axis=1, keepdims=True))


def learn(
    name: str, examples: Sequence[str], others: Sequence[str], counter_examples: Sequence[str] = ()
) -> Aspect:
    """Learn an aspect from texts that are about it and texts of the same workspace, most of which are not.

    A hundred others will do; a few that are about it among them do little harm. Of `counter_examples` somebody said
    that they are not: each weighs as much as an example, all together at most as much as the others. Raises ValueError
    for fewer than FEWEST different examples or as few others.
    """
    wanted = list(dict.fromkeys(examples))[-MOST:]
    said = [text for text in dict.fromkeys(counter_examples) if text not in set(wanted)][-MOST:]
    rest = [text for text in dict.fromkeys(others) if text not in {*wanted, *said}][-MOST:]
    if min(len(wanted), len(rest) + len(said)) < FEWEST:
        raise ValueError(
            f"{len(wanted)} examples and {len(rest) + len(said)} others: {FEWEST} of each are needed"
        )
    texts = [*wanted, *said, *rest]
    x = np.column_stack([hashed.rows(texts), np.ones(len(texts), np.float32)])
    about = np.arange(len(x)) < len(wanted)
    counts = np.ones(len(x))
    counts[len(wanted) : len(wanted) + len(said)] = max(len(rest) / max(len(wanted), len(said), 1), 1)
    fold = np.concatenate([np.arange(len(wanted)), np.arange(len(texts) - len(wanted))])
    fold %= min(heads.FOLDS, len(wanted))
    unseen = np.zeros(len(x))
    for k in range(int(fold.max()) + 1):
        seen = fold != k
        unseen[~seen] = heads.logistic(x[~seen] @ heads.fit_alone(x[seen], about[seen], counts[seen]))
    marked = np.zeros(len(x), bool)
    for k in range(int(fold.max()) + 1):
        seen = fold != k
        marked[~seen] = unseen[~seen] >= _threshold(about[seen], unseen[seen])
    weights = heads.fit_alone(x, about, counts)
    return Aspect(
        name,
        examples=len(wanted),
        others=len(texts) - len(wanted),
        precision=average_precision(about, unseen),
        threshold=_threshold(about, unseen),
        found=int(marked[about].sum()),
        wrong=int(marked[~about].sum()),
        weights=weights[:-1],
        bias=float(weights[-1]),
    )


def _threshold(right: Array, scores: Array) -> float:
    """Where the F-measure is highest that counts precision twice, half way to the next lower score."""
    order = np.argsort(-scores, kind="stable")
    hits, many = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    best = int(np.argmax((1 + BETA**2) * hits / (many + BETA**2 * right.sum())))
    return float(scores[order[best : best + 2]].mean())


def average_precision(right: Array, scores: Array) -> float:
    """The mean precision at each right one, going down from the highest score."""
    hits = right[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean()) if hits.any() else 0.0
