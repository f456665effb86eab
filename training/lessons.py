"""What the careful tier learns: texts, heads, what is known of each text, and which texts are held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding.labels import ASPECTS, KINDS, SENTIMENTS
from training import fast
from training.data import FOLDS, TASKS, Folder, folds, key
from training.metrics import macro_f1

Array = NDArray[Any]
HELD = 0  # of five folds, the one that teaches nothing
UNKNOWN = -1
A_ROUND = 8000  # texts of one source that a round draws at most: a large set is not to drown the others
CAREFUL = (*SENTIMENTS, *KINDS, *ASPECTS)  # what the shipped network says; languages are the fast tier's
MINOR = 0.3  # what an aspect's loss counts: eleven of them rest on the same few texts
ALTERED = 0.15  # of the texts that a round shows are in capitals, in small letters or without umlauts


@dataclass(frozen=True, slots=True)
class Head:
    """One question: yes or no on one column, or one of several classes on a column each."""

    name: str
    first: int
    classes: int
    weight: float = 1.0

    @property
    def columns(self) -> slice:
        return slice(self.first, self.first + (1 if self.classes == 2 else self.classes))


@dataclass(frozen=True, slots=True)
class Lessons:
    """`targets`: int64[texts, heads], the class's number or -1."""

    texts: list[str]
    sources: Array  # str[texts]
    heads: tuple[Head, ...]
    targets: Array
    held: Array  # bool[texts]: teach nothing and are measured
    barred: Array  # bool[texts]: teach nothing, as a held-back text of another set is the same

    @property
    def width(self) -> int:
        return max(head.columns.stop for head in self.heads)

    @property
    def held_rows(self) -> Array:
        return np.flatnonzero(self.held)

    def of(self, source: str) -> Lessons:
        """What one source teaches; the heads keep their columns."""
        rows = self.sources == source
        heads = np.flatnonzero((self.targets[rows] != UNKNOWN).any(0))
        texts = [self.texts[row] for row in np.flatnonzero(rows)]
        taught = tuple(self.heads[number] for number in heads)
        targets = self.targets[np.ix_(rows, heads)]
        return Lessons(texts, self.sources[rows], taught, targets, self.held[rows], self.barred[rows])

    def drawn(self, rng: np.random.Generator, most: int = A_ROUND) -> Array:
        """The rows of one round: of each source at most so many."""
        rows = np.flatnonzero(~self.held & ~self.barred)
        parts = (rows[self.sources[rows] == source] for source in np.unique(self.sources))
        return np.concatenate([rng.permutation(part)[:most] for part in parts])

    def summary(self, logits: Array) -> str:
        """The macro-F1 of every head on the held-back texts, with nothing tuned."""
        found = []
        for number, head in enumerate(self.heads):
            right = self.targets[self.held_rows, number]
            there = right >= 0
            if (right == 1).sum() < 10:
                continue
            columns = logits[there][:, head.columns]
            said = (columns[:, 0] > 0).astype(int) if head.classes == 2 else columns.argmax(1)
            found.append(f"{head.name} {macro_f1(right[there], said, head.classes):.1f}")
        return ", ".join(found)


def altered(text: str, rng: np.random.Generator) -> str:
    """The text, now and then as somebody in a rage, in a hurry, or at a foreign keyboard would have typed it."""
    draw = rng.random() / ALTERED
    if draw >= 1:
        return text
    if draw < 1 / 4:
        return text.upper()
    if draw < 3 / 4:
        return text.lower()
    return text.translate(_NO_UMLAUTS)


_NO_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def judging(folder: Folder) -> set[str]:
    """The keys of all texts of dev and test splits, whichever set they stand in: they teach nothing."""
    splits = (there for name in folder.names() for there in folder.others(name).values())
    return {k for there in splits for k in there.keys if k}


def whole(lessons: Lessons, folder: Folder) -> Lessons:
    """The same with nothing held back, for a model that dev and test splits judge."""
    keys = judging(folder)
    barred = np.array([key(text) in keys for text in lessons.texts])
    return replace(lessons, held=np.zeros(len(lessons.texts), bool), barred=barred)


def shipped_lessons(folder: Folder) -> Lessons:
    """What may ship: what the fast tier learns from, but for the sentences that only tell languages apart."""
    pool = fast.gather(folder)
    rows = [row for row, source in enumerate(pool.sources) if source != "django"]
    heads = [Head("sentiment", 0, len(SENTIMENTS))]
    heads += [
        Head(name, place, 2, MINOR if name in ASPECTS else 1.0)
        for place, name in enumerate(CAREFUL)
        if name not in SENTIMENTS
    ]
    targets = np.full((len(rows), len(heads)), UNKNOWN, np.int64)
    for at, row in enumerate(rows):
        facts = pool.known[row]
        of_sentiment = [facts.get(name, 0) for name in SENTIMENTS]
        if any(of_sentiment):
            targets[at, 0] = of_sentiment.index(1)
        for number, head in enumerate(heads[1:], 1):
            targets[at, number] = facts.get(head.name, UNKNOWN)
    texts = [pool.texts[row] for row in rows]
    # By the text alone: a sentence more in the pool must not move the others between the folds.
    fold = np.array(
        [crc32((key(pool.texts[row]) or pool.texts[row]).encode("utf-8", "replace")) % FOLDS for row in rows]
    )
    sources = np.array([pool.sources[row] for row in rows])
    held = (fold == HELD) & ~np.isin(sources, fast.TEACH_ONLY)
    return Lessons(texts, sources, tuple(heads), targets, held, (fold == HELD) & ~held)


def recipe_lessons(folder: Folder, sets: Sequence[str] = ()) -> Lessons:
    """Each set's own training split (of all, if none is named), each task with a head of its own.

    No text of a dev or test split teaches, whichever set it stands in.
    """
    tasks = [task for task in TASKS if task.set in folder.names() and (not sets or task.set in sets)]
    heads, place = [], 0
    for task in tasks:
        heads.append(Head(task.name, place, len(task.classes)))
        place = heads[-1].columns.stop
    texts: list[str] = []
    sources, parts, held, keys, measured = [], [], [], [], set()
    for name in dict.fromkeys(task.set for task in tasks):
        main = folder.main(name)
        targets = np.full((len(main), len(tasks)), UNKNOWN, np.int64)
        for number, task in enumerate(tasks):
            if task.set == name:
                rows, right = main.classes_of(task)
                targets[rows, number] = right
        kept = np.flatnonzero((targets >= 0).any(1))
        fold = folds(main.keys)[kept]
        texts += [main.texts[row] for row in kept]
        keys += [main.keys[row] for row in kept]
        sources += [name] * len(kept)
        parts.append(targets[kept])
        held.append(fold == HELD)
        measured.update(k for row, k in enumerate(keys[-len(kept) :]) if k and fold[row] == HELD)
    measured.update(judging(folder))
    all_held = np.concatenate(held)
    barred = np.array([k in measured for k in keys]) & ~all_held
    return Lessons(texts, np.array(sources), tuple(heads), np.concatenate(parts), all_held, barred)
