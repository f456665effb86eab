"""One measured cell, and tables of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from training.data import Task
from training.metrics import interval


@dataclass(frozen=True, slots=True)
class Score:
    """Who scored what, on which task and split."""

    table: str  # "shipped" or "recipe": never in one table
    task: str
    split: str  # "cv", "dev", "never seen", or the name of a test split
    who: str
    score: float
    low: float
    high: float
    texts: int


def scored(task: Task, table: str, split: str, who: str, right: NDArray[Any], found: NDArray[Any]) -> Score:
    classes = len(task.classes)
    low, high = interval(task.metric, right, found, classes)
    return Score(table, task.name, split, who, task.metric(right, found, classes), low, high, len(right))


def table(scores: list[Score], name: str) -> Iterator[str]:
    """The lines of one table: a row for each task and split, a column for each who."""
    there = [score for score in scores if score.table == name]
    order = ("majority", "word list", "character SVM", "fast", "careful")
    whos = sorted({score.who for score in there}, key=order.index)
    yield f"| task | split | texts | {' | '.join(whos)} |"
    yield "|---|---|---:|" + "---|" * len(whos)
    lines: dict[tuple[str, str], dict[str, Score]] = {}
    for score in there:
        lines.setdefault((score.task, score.split), {})[score.who] = score
    for (task, split), cells in lines.items():
        shown = (
            f"{c.score:.1f} ({c.low:.1f} to {c.high:.1f})" if (c := cells.get(who)) else "–" for who in whos
        )
        yield f"| {task} | {split} | {next(iter(cells.values())).texts} | {' | '.join(shown)} |"
