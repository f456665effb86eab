"""The fast tier's recipe: naive-Bayes-weighted linear models on hashed n-grams, and a small step on top of them.

For a task: one linear model a class (one in all for yes/no), the decision values of *helpers* (models of other sets,
trained without any text that this set has), and counts of what a text looks like (`features.surface`). The top step
learns from decisions on texts that the models below have not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding.features import surface
from training import linear, stack
from training.data import Task
from training.linear import Matrix
from training.metrics import Metric

Array = NDArray[Any]
INNER_FOLDS = 4
WORD_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Settings:
    """Found by cross-validation on GermEval 2018, 2019, 2021 and PotTS."""

    cost: float = 0.3
    power: float = 1.0
    smoothing: float = 1.0
    balance: float = 1.0
    ridge: float = 10.0


@dataclass(frozen=True, slots=True)
class Trained:
    """A task's models, its top step, and what to add to log-probabilities for the task's metric."""

    columns: list[Array]
    top: stack.Stack
    offsets: Array

    def probabilities(self, x: Matrix, rows: Array, helpers: Array) -> Array:
        return self.top.probabilities(_inputs(x, rows, self.columns, helpers))

    def found(self, x: Matrix, rows: Array, helpers: Array) -> Array:
        return (np.log(self.probabilities(x, rows, helpers) + 1e-12) + self.offsets).argmax(1)


def columns(x: Matrix, rows: Array, right: Array, classes: int, settings: Settings) -> list[Array]:
    """One linear model for each class against the others; for two classes one."""
    return [
        linear.train(
            x, rows, right == c, cost=settings.cost, power=settings.power, smoothing=settings.smoothing,
            balance=settings.balance,
        )
        for c in (range(classes) if classes > 2 else (1,))
    ]  # fmt: skip


def _inputs(x: Matrix, rows: Array, models: list[Array], helpers: Array) -> Array:
    own = [linear.decide(x, rows, model) for model in models]
    return np.column_stack([*own, helpers[rows], surface(x.surfaces[rows])])


def train(
    x: Matrix, rows: Array, right: Array, fold: Array, helpers: Array, classes: int, metric: Metric,
    settings: Settings | None = None,
) -> Trained:  # fmt: skip
    """Fit all of it on `rows`. `fold`: of each of them, from 0 on; texts that are alike share one."""
    settings = settings or Settings()
    inner = fold % INNER_FOLDS
    inputs: Array | None = None
    for k in range(INNER_FOLDS):
        held = inner == k
        models = columns(x, rows[~held], right[~held], classes, settings)
        part = _inputs(x, rows[held], models, helpers)
        inputs = np.zeros((len(rows), part.shape[1])) if inputs is None else inputs
        inputs[held] = part
    assert inputs is not None
    p = np.zeros((len(rows), classes))
    for k in range(INNER_FOLDS):
        held = inner == k
        p[held] = stack.fit(inputs[~held], right[~held], classes, settings.ridge).probabilities(inputs[held])
    top = stack.fit(inputs, right, classes, settings.ridge)
    full = columns(x, rows, right, classes, settings)
    return Trained(full, top, stack.offsets(p, metric))


def cross_validate(
    x: Matrix, rows: Array, right: Array, fold: Array, helpers: Array, task: Task, settings: Settings | None = None,
    news: Callable[[str], None] = lambda _: None,
) -> tuple[Array, Array]:  # fmt: skip
    """Found classes and probabilities of every row, each by models that have not seen it."""
    classes = len(task.classes)
    found, p = np.zeros(len(rows), int), np.zeros((len(rows), classes))
    rng = np.random.default_rng(3)
    shuffled = rng.permutation(10_000)  # inner folds independent of the outer ones
    for k in range(int(fold.max()) + 1):
        held = fold == k
        inner = shuffled[np.arange(len(rows)) % 10_000][~held]
        trained = train(x, rows[~held], right[~held], inner, helpers, classes, task.metric, settings)
        found[held] = trained.found(x, rows[held], helpers)
        p[held] = trained.probabilities(x, rows[held], helpers)
        news(f"{task.name}: fold {k + 1}")
    return found, p
