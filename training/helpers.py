"""Models of all tasks, lent to one set: what each decides on the set's texts, having seen none of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import recipe
from training.data import TASKS, Folder, Task, Texts
from training.linear import Matrix, decide, matrix

Array = NDArray[Any]


class Helpers:
    """Trains each task's columns once, and once more for every set that shares texts with it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.tasks = [task for task in TASKS if task.set in folder.names()]
        self._matrices: dict[str, Matrix] = {}
        self._columns: dict[tuple[str, frozenset[str]], list[Array]] = {}

    def matrix(self, name: str) -> Matrix:
        """The features of a set's main split."""
        if name not in self._matrices:
            self._matrices[name] = matrix(self.folder.main(name).texts, recipe.WORD_SHARE)
        return self._matrices[name]

    def for_set(self, name: str) -> list[list[Array]]:
        """The columns of every other set's tasks, without the texts that set `name` has in any split."""
        there = {key for texts in self.folder.everything(name) for key in texts.keys if key}
        return [self._without(task, there) for task in self.tasks if task.set != name]

    def decisions(self, name: str, x: Matrix) -> Array:
        """float[texts, columns] of texts of set `name`."""
        rows = np.arange(len(x))
        return np.column_stack(
            [decide(x, rows, column) for columns in self.for_set(name) for column in columns]
        )

    def _without(self, task: Task, there: set[str]) -> list[Array]:
        texts = self.folder.main(task.set)
        shared = frozenset(there.intersection(texts.keys))
        if (task.name, shared) not in self._columns:
            rows, right = texts.classes_of(task)
            kept = np.array([texts.keys[row] not in shared for row in rows])
            self._columns[task.name, shared] = recipe.columns(
                self.matrix(task.set), rows[kept], right[kept], len(task.classes), recipe.Settings()
            )
        return self._columns[task.name, shared]


def overlaps(folder: Folder) -> list[tuple[str, str, int]]:
    """(set, other set, texts of the first that stand in the second too) for all pairs that share any."""
    keys = {name: _keys(list(folder.everything(name))) for name in folder.names()}
    pairs = ((a, b, len(keys[a] & keys[b])) for a in keys for b in keys if a < b)
    return [pair for pair in pairs if pair[2]]


def _keys(splits: list[Texts]) -> set[str]:
    return {key for texts in splits for key in texts.keys if key}
