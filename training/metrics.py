"""How the sets are scored, each by its task's own rule, and how sure a score is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Metric = Callable[
    [Array, Array, int], float
]  # right classes, found classes (numbers), how many classes → 0 to 100
RESAMPLES = 1000


def confusion(right: Array, found: Array, classes: int) -> Array:
    """int[right, found]."""
    return np.bincount(right * classes + found, minlength=classes * classes).reshape(classes, classes)


def _rates(counts: Array) -> tuple[Array, Array]:
    """Precision and recall of each class; 0 where nothing was found or nothing was there."""
    hits = counts.diagonal(axis1=-2, axis2=-1)
    return hits / np.maximum(counts.sum(-2), 1), hits / np.maximum(counts.sum(-1), 1)


def macro_of(counts: Array) -> Array:
    precision, recall = _rates(counts)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return 100 * f1.mean(-1)


def micro_of(counts: Array) -> Array:
    return 100 * counts.diagonal(axis1=-2, axis2=-1).sum(-1) / np.maximum(counts.sum((-2, -1)), 1)


def averaged_of(counts: Array) -> Array:
    precision, recall = _rates(counts)
    p, r = precision.mean(-1), recall.mean(-1)
    return 200 * p * r / np.maximum(p + r, 1e-12)


def macro_f1(right: Array, found: Array, classes: int) -> float:
    """The mean of the classes' F1."""
    return float(macro_of(confusion(right, found, classes)))


def micro_f1(right: Array, found: Array, classes: int) -> float:
    """One label each: the share of right ones (GermEval 2017)."""
    return float(micro_of(confusion(right, found, classes)))


def averaged_f1(right: Array, found: Array, classes: int) -> float:
    """The F of the mean precision and the mean recall, as GermEval 2018, 2019 and 2021 count."""
    return float(averaged_of(confusion(right, found, classes)))


_OF = {macro_f1: macro_of, micro_f1: micro_of, averaged_f1: averaged_of}


def expected(metric: Metric, p: Array, found: Array) -> float:
    """What `found` would score if each text had its class by chance, with the probabilities float[texts, classes]."""
    classes = p.shape[1]
    counts = [np.bincount(found, p[:, right], classes) for right in range(classes)]
    return float(_OF[metric](np.stack(counts)))


def interval(metric: Metric, right: Array, found: Array, classes: int, seed: int = 1) -> tuple[float, float]:
    """The middle 95 % of the score over texts drawn again with replacement."""
    counts = confusion(right, found, classes)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(right), counts.ravel() / len(right), RESAMPLES)
    low, high = np.percentile(_OF[metric](drawn.reshape(-1, classes, classes)), [2.5, 97.5])
    return float(low), float(high)


def calibration(right: Array, p: Array, bins: int = 10) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error of probabilities for a yes/no, and its curve: (mean p, share of yes, how many)."""
    which = np.minimum((p * bins).astype(int), bins - 1)
    curve = []
    for b in range(bins):
        there = which == b
        if there.any():
            curve.append((float(p[there].mean()), float(right[there].mean()), int(there.sum())))
    error = sum(abs(mean - share) * count for mean, share, count in curve) / max(len(p), 1)
    return error, curve
