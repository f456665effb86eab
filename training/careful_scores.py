"""What the careful recipe scores: the network's logits (`training.careful --recipe`) joined with the fast recipe's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import stack
from training.data import Folder, Task, folds
from training.lessons import HELD, recipe_lessons
from training.scores import Score, scored

Array = NDArray[Any]
RIDGE = 3.0
PARTS = 5
HELD_BACK = "held fifth"


class Join:
    """The step that joins both tiers' answers to one task; fitted on texts that taught neither."""

    def __init__(self, task: Task, ours: Array, theirs: Array, right: Array) -> None:
        """`ours`: logits float[texts, columns]; `theirs`: the fast recipe's probabilities float[texts, classes]."""
        self.classes = len(task.classes)
        inputs = _inputs(ours, theirs)
        part = np.random.default_rng(HELD).permutation(len(right)) % PARTS
        p = np.zeros((len(right), self.classes))
        for k in range(PARTS):
            p[part == k] = self._fit(inputs[part != k], right[part != k]).probabilities(inputs[part == k])
        self.top = self._fit(inputs, right)
        self.offsets = stack.offsets(p, task.metric)

    def _fit(self, inputs: Array, right: Array) -> stack.Stack:
        return stack.fit(inputs, right, self.classes, RIDGE)

    def found(self, ours: Array, theirs: Array) -> Array:
        p = self.top.probabilities(_inputs(ours, theirs))
        return np.asarray((np.log(p + 1e-12) + self.offsets).argmax(1))


def _inputs(ours: Array, theirs: Array) -> Array:
    return np.column_stack([ours, np.log(np.clip(theirs, 1e-4, 1))])


class CarefulRecipe:
    """The stored logits of all sets, cut to each task's columns."""

    def __init__(self, folder: Folder, stored: Mapping[str, Array]) -> None:
        self.folder, self.stored = folder, stored
        self.sets: list[str] = stored["sets"].tolist()
        self.heads = {head.name: head for head in recipe_lessons(folder, self.sets).heads}

    def scores(
        self, task: Task, rows: Array, right: Array, fold: Array, p: Array, others: Mapping[str, Array]
    ) -> Iterator[Score]:
        """`rows`, `right`, `fold`, `p`: of the main split's texts that have the task's label, as the fast recipe was
        cross-validated; `others`: the fast recipe's probabilities on each other split."""
        columns, main = self.heads[task.name].columns, self.folder.main(task.set)
        held = fold == HELD
        all_held = np.flatnonzero(folds(main.keys) == HELD)
        ours = self.stored[f"{task.set}.{self.folder.split(task.set)}"][
            np.searchsorted(all_held, rows[held]), columns
        ]
        part = np.random.default_rng(1).permutation(int(held.sum())) % PARTS
        found = np.zeros(int(held.sum()), int)
        for k in range(PARTS):
            join = Join(task, ours[part != k], p[held][part != k], right[held][part != k])
            found[part == k] = join.found(ours[part == k], p[held][part == k])
        yield scored(task, "recipe", HELD_BACK, "careful", right[held], found)
        join = Join(task, ours, p[held], right[held])
        for split, theirs in others.items():
            texts = self.folder.others(task.set)[split]
            their_rows, their_right = texts.classes_of(task)
            there = self.stored[f"{task.set}.{split}"][their_rows][:, columns]
            yield scored(task, "recipe", split, "careful", their_right, join.found(there, theirs))
