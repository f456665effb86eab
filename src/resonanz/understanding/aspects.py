"""A new aspect from a few example texts, for one workspace: what texts are about that no shipped model knows.

lifts = learn("lift", ["Der Aufzug ist kaputt", ...], others)
lifts.scores(texts)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import hashed, heads

Array = NDArray[Any]
FEWEST = 3  # examples
MOST = 1000  # examples, and others, that are looked at: the latest


@dataclass(frozen=True, slots=True)
class Aspect:
    """A learnt aspect, and how well it ranks texts that it has not seen."""

    name: str
    examples: int
    others: int
    precision: float  # average precision by cross-validation, 0 to 1
    weights: Array  # float32[hashed.WIDTH]
    bias: float

    @property
    def chance(self) -> float:
        """What `precision` would be if the texts were ranked at random."""
        return self.examples / (self.examples + self.others)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32[texts], 0 to 1: above 0.5 a text is more like the examples than like the others.

        Both sides weigh the same, however many they are, so a score is no probability.
        """
        return np.asarray(heads.logistic(hashed.rows(texts) @ self.weights + self.bias), np.float32)

    def to_bytes(self) -> bytes:
        """Everything, about 15 KB; the same aspect gives the same bytes."""
        facts = {name: getattr(self, name) for name in ("name", "examples", "others", "precision", "bias")}
        return heads.packed(facts, {"weights": self.weights})

    @classmethod
    def from_bytes(cls, data: bytes) -> Aspect:
        """Raises ValueError if these are not the bytes of an aspect."""
        facts, arrays = heads.unpacked(data)
        try:
            return cls(**facts, weights=arrays["weights"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an aspect: {error}") from error


def learn(name: str, examples: Sequence[str], others: Sequence[str]) -> Aspect:
    """Learn an aspect from texts that are about it and texts of the same workspace, most of which are not.

    A hundred others will do; a few that are about it among them do little harm. Raises ValueError for fewer than
    FEWEST different examples or as few others.
    """
    wanted = list(dict.fromkeys(examples))[-MOST:]
    rest = [text for text in dict.fromkeys(others) if text not in set(wanted)][-MOST:]
    if min(len(wanted), len(rest)) < FEWEST:
        raise ValueError(f"{len(wanted)} examples and {len(rest)} others: {FEWEST} of each are needed")
    x = np.column_stack([hashed.rows([*wanted, *rest]), np.ones(len(wanted) + len(rest), np.float32)])
    about = np.arange(len(x)) < len(wanted)
    fold = np.concatenate([np.arange(len(wanted)), np.arange(len(rest))]) % min(heads.FOLDS, len(wanted))
    unseen = np.zeros(len(x))
    for k in range(int(fold.max()) + 1):
        seen = fold != k
        unseen[~seen] = x[~seen] @ heads.fit_alone(x[seen], about[seen])
    weights = heads.fit_alone(x, about)
    precision = average_precision(about, unseen)
    return Aspect(name, len(wanted), len(rest), precision, weights[:-1], float(weights[-1]))


def average_precision(right: Array, scores: Array) -> float:
    """The mean precision at each right one, going down from the highest score."""
    hits = right[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean()) if hits.any() else 0.0
