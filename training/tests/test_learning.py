"""The solver, the step on top, and that training twice gives the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.understanding import compiled
from training import fast, linear, recipe, stack, tops
from training.metrics import expected, macro_f1, micro_f1

pytestmark = pytest.mark.skipif(not compiled.AVAILABLE, reason="training needs numba")

GOOD = ["toll gemacht", "sehr schön heute", "super Service", "gerne wieder", "klasse Team", "prima Sache"]
BAD = ["total kaputt", "sehr schlecht heute", "mieser Service", "nie wieder", "doofe Sache", "lahmes Team"]


def sample() -> tuple[linear.Matrix, np.ndarray]:
    texts = [f"{text} {n}" for n in range(8) for text in GOOD + BAD]
    return linear.matrix(texts, recipe.WORD_SHARE), np.array(
        [text[:4] in {g[:4] for g in GOOD} for text in texts]
    )


def test_rows_count_repeated_features_once_each_bucket() -> None:
    x = linear.matrix(["ja ja ja", ""], 1.0)
    first = x.buckets[x.starts[0] : x.starts[1]]
    assert len(set(first)) == len(first)
    assert x.starts[2] == x.starts[1]
    assert x.values[: x.starts[1]].sum() > 1


def test_the_solver_finds_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the optimum the weights are the sum of the rows that lie inside the margin, by their loss."""
    monkeypatch.setattr(linear, "TOLERANCE", 1e-7)
    monkeypatch.setattr(linear, "EPOCHS", 2000)
    x, right = sample()
    rows, cost = np.arange(len(x)), 0.5
    signs = np.where(right, 1.0, -1.0)
    w = linear.train(x, rows, right, cost=cost, power=0.0, balance=0.0)
    loss = np.maximum(0, 1 - signs * linear.decide(x, rows, w))
    expected = np.zeros_like(w)
    for r in rows:
        part = slice(x.starts[r], x.starts[r + 1])
        expected[x.buckets[part]] += 2 * cost * loss[r] * signs[r] * x.values[part]
    expected[-1] = (2 * cost * loss * signs).sum()
    assert np.abs(w - expected).max() < 1e-4


def test_training_twice_gives_the_same_bits() -> None:
    x, right = sample()
    rows, fold = np.arange(len(x)), np.arange(len(x)) % 5
    made = [
        recipe.train(x, rows, right.astype(int), fold, np.zeros((len(x), 0)), 2, macro_f1) for _ in range(2)
    ]
    assert (made[0].columns[0] == made[1].columns[0]).all()
    assert (made[0].top.coefficients == made[1].top.coefficients).all()
    helpers = np.zeros((len(x), 0))
    assert macro_f1(right.astype(int), made[0].found(x, rows, helpers), 2) == pytest.approx(100)


def test_a_stack_finds_the_shares() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(4000, 2))
    logits = np.column_stack([np.zeros(4000), 2 * x[:, 0] - 1, x[:, 1]])
    right = np.array([rng.choice(3, p=p) for p in stack.softmax(logits)])
    p = stack.fit(x, right, 3, ridge=0.1).probabilities(x)
    assert np.abs(p - stack.softmax(logits)).mean() < 0.02


def test_offsets_find_rare_classes_where_probabilities_are_true() -> None:
    rng = np.random.default_rng(4)
    yes = rng.beta(1, 8, size=4000)
    p = np.column_stack([1 - yes, yes])
    right = (rng.random(4000) < yes).astype(int)
    moved = (np.log(p) + stack.offsets(p, macro_f1)).argmax(1)
    assert macro_f1(right, moved, 2) > macro_f1(right, p.argmax(1), 2) + 5
    assert not stack.offsets(p, micro_f1).any(), "the likeliest class is right most often"


def test_a_score_is_expected_as_it_comes_on_average() -> None:
    rng = np.random.default_rng(5)
    p = stack.softmax(rng.normal(size=(3000, 3)))
    found = p.argmax(1)
    drawn = [np.array([rng.choice(3, p=row) for row in p]) for _ in range(5)]
    mean = np.mean([macro_f1(right, found, 3) for right in drawn])
    assert abs(expected(macro_f1, p, found) - mean) < 1


def test_a_threshold_is_half_of_the_f1_it_brings() -> None:
    p = np.random.default_rng(6).beta(1, 6, size=20000)
    t = tops.threshold(p)
    f1 = 2 * p[p >= t].sum() / ((p >= t).sum() + p.sum())
    assert abs(t - f1 / 2) < 0.02  # Lipton, Elkan, Naryanaswamy 2014


def test_rounding_to_bytes_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "PRUNED", 0)
    x, right = sample()
    rows = np.arange(len(x))
    w = linear.train(x, rows, right)
    weights, scales = fast.quantised([w])
    rounded = np.append(weights[:, 0] * scales[0].astype(float), w[-1])
    assert np.abs(linear.decide(x, rows, w) - linear.decide(x, rows, rounded)).max() < 0.05


def test_buckets_that_say_nothing_are_emptied() -> None:
    x, right = sample()
    weights, _ = fast.quantised([linear.train(x, np.arange(len(x)), right)])
    strongest = np.abs(weights.astype(int)).max(1)
    assert strongest.max() == 127
    assert not ((strongest > 0) & (strongest <= fast.PRUNED)).any()
