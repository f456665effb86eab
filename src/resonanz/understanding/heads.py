"""Small logistic models that start from what a model already says and learn only the difference.

A ridge pulls the difference to nothing, so a few examples move little and only near themselves. Fitted by Newton's
method in the examples' own space (there are hundreds of them and thousands of features), so exact and repeatable.
"""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import hashed
from resonanz.understanding.labels import GIVEN, OUTPUTS

Array = NDArray[Any]
WIDTH = hashed.WIDTH + len(OUTPUTS) + 1
RIDGE = 0.3
SHARE = 0.5  # what the model's own probabilities count beside the text, and what a general shift does
STEPS = 12
FOLDS = 5
_LEAST = 1e-4  # so that certainty can be moved


def inputs(p: Array, rows: Array) -> Array:
    """float32[texts, WIDTH]: a text's features, all that the model says of it, and a one."""
    return np.column_stack([rows, SHARE * p, np.full(len(p), SHARE, np.float32)]).astype(np.float32)


def start(p: Array, threshold: float) -> Array:
    """float64[texts, outputs]: the logits that a head begins with, of each class against all others.

    Those of a single output are 0 at its threshold, so that nothing learnt means nothing changed.
    """
    ends = np.clip(p.astype(float), _LEAST, 1 - _LEAST)
    logits = np.log(ends / (1 - ends))
    return np.asarray(logits - np.log(threshold / (1 - threshold)) if p.shape[1] == 1 else logits)


def fit(x: Array, begun: Array, right: Array) -> Array:
    """The head: float32[outputs, WIDTH] for outputs of which one holds, or for a single yes/no output.

    `begun`: see `start`. `right`: the classes' numbers, or 1 for yes.
    """
    gram = (x @ x.T).astype(float)
    single = begun.shape[1] == 1
    wanted = [right == (1 if single else c) for c in range(begun.shape[1])]
    duals = [_dual(gram, offset, yes) for offset, yes in zip(begun.T, wanted, strict=True)]
    return np.asarray(np.array(duals) @ x, np.float32)


def fit_alone(x: Array, yes: Array, counts: Array | None = None) -> Array:
    """float32[width of x]: a yes/no model that starts from nothing; both sides weigh the same in all.

    `counts`: what each example counts on its side (None: all the same).
    """
    counts = np.ones(len(yes)) if counts is None else counts
    sums = np.where(yes, counts[yes].sum(), counts[~yes].sum())
    weights = 0.5 * len(yes) * counts / sums
    return np.asarray(_dual((x @ x.T).astype(float), np.zeros(len(x)), yes, weights) @ x, np.float32)


def _dual(gram: Array, offset: Array, yes: Array, weights: Array | float = 1.0) -> Array:
    """What each example adds to the weights."""
    dual = np.zeros(len(yes))
    for _ in range(STEPS):
        now = gram @ dual
        p = logistic(offset + now)
        slope = np.maximum(p * (1 - p), 1e-6)
        new = np.linalg.solve(gram + np.diag(RIDGE / (slope * weights)), now + (yes - p) / slope)
        step = np.abs(new - dual).max()
        dual = new
        if step < 1e-6:
            break
    return dual


def logistic(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def moved(begun: Array, x: Array, head: Array) -> Array:
    """The probabilities with a head; those of several classes add up to one again."""
    raised = logistic(begun + x @ head.T)
    if begun.shape[1] > 1:
        raised /= raised.sum(1, keepdims=True)
    return np.asarray(raised, np.float32)


def chosen(p: Array, threshold: float = GIVEN) -> Array:
    """Class numbers: the likeliest of several, or whether a single one is given."""
    return p.argmax(1) if p.shape[1] > 1 else (p[:, 0] >= threshold).astype(int)


def cross_validated(x: Array, begun: Array, right: Array, keys: list[str], seed: int = 1) -> Array:
    """The class of each text by a head that has not seen it, nor another one with the same key."""
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    fold = np.random.default_rng(seed).permutation(len(numbers))[[numbers[key] for key in keys]] % FOLDS
    found = np.zeros(len(x), int)
    for k in range(FOLDS):
        held = fold == k
        head = fit(x[~held], begun[~held], right[~held])
        found[held] = chosen(moved(begun[held], x[held], head))
    return found


def mean_f1(right: Array, found: Array) -> float:
    """The mean of the F1 of all classes that are there or were found, 0 to 1."""
    there = np.union1d(right, found)
    f1 = [2 * ((right == c) & (found == c)).sum() / ((right == c).sum() + (found == c).sum()) for c in there]
    return float(np.mean(f1))


def packed(facts: dict[str, Any], arrays: dict[str, Array]) -> bytes:
    """Facts (as JSON has them) and arrays in a row of bytes; the same gives the same."""
    buffer = io.BytesIO()
    there: dict[str, Any] = {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays}
    np.savez_compressed(buffer, **there)
    return buffer.getvalue()


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What was packed. Raises ValueError for other bytes."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            there = {name: arrays[name] for name in arrays.files}
        return dict(json.loads(there.pop("facts").tobytes())), there
    except Exception as error:
        raise ValueError(f"nothing that was learnt: {error}") from error
