"""A linear classifier on hashed features, and its solver: dual coordinate descent for the squared hinge loss.

After Hsieh, Chang, Lin, Keerthi, Sundararajan: "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML
2008, with the features weighted by their naive Bayes log ratio (Wang, Manning: "Baselines and Bigrams", ACL 2012).
Deterministic: rows are visited in an order shuffled by a fixed seed, sums run in a fixed order, on one core.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import hashed, loops
from resonanz.understanding.compiled import entry

Array = NDArray[Any]
EPOCHS = 30
TOLERANCE = 0.05  # the largest projected gradient at which the descent ends


class Matrix(NamedTuple):
    """Sparse rows: of row r, columns ``buckets[starts[r] : starts[r + 1]]`` have ``values``."""

    buckets: Array  # int32
    values: Array  # float32
    starts: Array  # int64[rows + 1]
    surfaces: Array  # int32[rows, SURFACES]

    def __len__(self) -> int:
        return len(self.starts) - 1


def matrix(texts: list[str], word_share: float = 1.0) -> Matrix:
    """The features of texts, as `loops` finds them: each counts one by the root of how many there are of its sort."""
    found, counts, surfaces = hashed.extracted(texts)
    values = np.empty(len(found), np.float32)
    starts = np.zeros(len(texts) + 1, np.int64)
    kept = _gather(found, counts, word_share, np.zeros(loops.BUCKETS, np.float32), values, starts)
    return Matrix(found[:kept].copy(), values[:kept].copy(), starts, surfaces)


@entry
def _gather(found: Array, counts: Array, word_share: float, sums: Array, values: Array, starts: Array) -> int:
    """Sum what stands for the same bucket, in place; returns how many are left."""
    at = kept = 0
    for r in range(len(counts)):
        chars = 1 / np.sqrt(max(counts[r, 0], 1))
        words = word_share / np.sqrt(max(counts[r, 1], 1))
        first = at
        for _ in range(counts[r, 0]):
            sums[found[at]] += chars
            at += 1
        for _ in range(counts[r, 1]):
            sums[found[at]] += words
            at += 1
        for k in range(first, at):
            if sums[found[k]] != 0:
                values[kept] = sums[found[k]]
                sums[found[k]] = 0
                found[kept] = found[k]
                kept += 1
        starts[r + 1] = kept
    return kept


@entry
def _descend(
    buckets: Array, values: Array, starts: Array, weight: Array, rows: Array, signs_: Array, costs: Array,
    order: Array, alpha: Array, w: Array,
) -> float:  # fmt: skip
    """One epoch over `rows` in `order`; returns the largest projected gradient met."""
    worst = 0.0
    bias = len(w) - 1
    for j in order:
        r = rows[j]
        dot, square = w[bias], 1.0
        for k in range(starts[r], starts[r + 1]):
            x = values[k] * weight[buckets[k]]
            dot += w[buckets[k]] * x
            square += x * x
        diagonal = 0.5 / costs[j]
        gradient = signs_[j] * dot - 1.0 + alpha[j] * diagonal
        projected = gradient if alpha[j] > 0 else min(gradient, 0.0)
        worst = max(worst, abs(projected))
        if projected != 0.0:
            old = alpha[j]
            alpha[j] = max(old - gradient / (square + diagonal), 0.0)
            step = (alpha[j] - old) * signs_[j]
            for k in range(starts[r], starts[r + 1]):
                w[buckets[k]] += step * values[k] * weight[buckets[k]]
            w[bias] += step
    return worst


@entry
def _decide(buckets: Array, values: Array, starts: Array, rows: Array, w: Array, out: Array) -> None:
    for j in range(len(rows)):
        total = w[len(w) - 1]
        for k in range(starts[rows[j]], starts[rows[j] + 1]):
            total += values[k] * w[buckets[k]]
        out[j] = total


@entry
def _present(buckets: Array, starts: Array, rows: Array, positive: Array, counts: Array) -> None:
    for j in range(len(rows)):
        side = 1 if positive[j] else 0
        for k in range(starts[rows[j]], starts[rows[j] + 1]):
            counts[side, buckets[k]] += 1.0


def log_ratio(x: Matrix, rows: Array, positive: Array, power: float, smoothing: float = 1.0) -> Array:
    """How much each bucket speaks for or against: |log of the ratio of its shares| to a power."""
    counts = np.full((2, loops.BUCKETS), smoothing)
    _present(x.buckets, x.starts, rows, positive, counts)
    shares = counts / counts.sum(1, keepdims=True)
    return np.abs(np.log(shares[1] / shares[0])) ** power


def train(
    x: Matrix, rows: Array, positive: Array, *, cost: float = 0.3, power: float = 1.0, smoothing: float = 1.0,
    balance: float = 0.5, importance: Array | None = None, seed: int = 1,
) -> Array:  # fmt: skip
    """Weights of the buckets, the bias last. `importance`: of each row, 1 if not given."""
    weight = log_ratio(x, rows, positive, power, smoothing)
    share = min(max(float(positive.mean()), 1e-6), 1 - 1e-6)
    costs = cost * np.where(positive, (0.5 / share) ** balance, (0.5 / (1 - share)) ** balance)
    if importance is not None:
        costs = costs * importance
    signs_ = np.where(positive, 1.0, -1.0)
    w, alpha = np.zeros(loops.BUCKETS + 1), np.zeros(len(rows))
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(len(rows))
        if _descend(x.buckets, x.values, x.starts, weight, rows, signs_, costs, order, alpha, w) < TOLERANCE:
            break
    w[:-1] *= weight
    return w


def decide(x: Matrix, rows: Array, w: Array) -> Array:
    """The decision values of rows."""
    out = np.zeros(len(rows))
    _decide(x.buckets, x.values, x.starts, rows, w, out)
    return out
