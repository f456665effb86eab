"""What somebody would use instead: the majority class, a word list, a character SVM.

The word lists are optional packages, installed for the comparison only: `gersent` (MIT; SentiWS-like lists of German
forms) and `vaderSentiment` (MIT) for English.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import linear
from training.data import Task
from training.linear import Matrix, decide, matrix

Array = NDArray[Any]
VADER_NEUTRAL = 0.05  # its authors' own thresholds: compound from -0.05 to 0.05 is neutral


def majority(right: Array) -> int:
    """The most frequent class."""
    return int(np.bincount(right).argmax())


def word_list(task: Task) -> Callable[[list[str]], Array] | None:
    """Texts to class numbers by the language's word list, for sentiment and praise; None where there is none."""
    polarity = _vader() if task.language == "en" else _gersent()
    if polarity is None:
        return None
    if task.label == "sentiment":
        names = {-1: "negative", 0: "neutral", 1: "positive"}
        return lambda texts: np.array([task.classes.index(names[polarity(text)]) for text in texts])
    if task.label == "candy":
        return lambda texts: np.array([int(polarity(text) > 0) for text in texts])
    return None


def _vader() -> Callable[[str], int] | None:
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyzer = SentimentIntensityAnalyzer()

    def polarity(text: str) -> int:
        compound = analyzer.polarity_scores(text)["compound"]
        return int(compound >= VADER_NEUTRAL) - int(compound <= -VADER_NEUTRAL)

    return polarity


def _gersent() -> Callable[[str], int] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            from gersent import GerSent
    except ImportError:
        return None
    analyzer = GerSent()
    return lambda text: int(np.sign(analyzer.sentiment(text)["composite"]))


def character_svm(texts: list[str]) -> Matrix:
    """Features of the baseline: character n-grams of two to six, of unit length, nothing else."""
    return matrix(texts, 0.0)


def svm(x: Matrix, rows: Array, right: Array, classes: int) -> Callable[[Matrix, Array], Array]:
    """A linear SVM, one class against the others, with balanced costs."""
    columns = [
        linear.train(x, rows, right == c, cost=1.0, power=0.0, balance=1.0)
        for c in (range(classes) if classes > 2 else (1,))
    ]

    def found(x: Matrix, rows: Array) -> Array:
        decisions = np.column_stack([decide(x, rows, column) for column in columns])
        return decisions.argmax(1) if classes > 2 else (decisions[:, 0] > 0).astype(int)

    return found
