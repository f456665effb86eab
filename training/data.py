"""The sets to train and measure on: what each labels, how its task is scored, what its licence allows.

Read from a folder of ``NAME.SPLIT.jsonl``, one object a line with `id`, `text` and labels. The texts are never copied
into this repository.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.kernel.folding import words
from training.metrics import Metric, averaged_f1, macro_f1, micro_f1

Array = NDArray[Any]
FOLDS = 5
SEED = 7
SENTIMENT = ("negative", "neutral", "positive")
BINARY = (False, True)


@dataclass(frozen=True, slots=True)
class Task:
    """One label of one set. `ship`: whether weights trained on it may ship (models/fast/README.md says why)."""

    set: str
    label: str
    classes: tuple[Any, ...]
    metric: Metric
    language: str = "de"
    ship: bool = False

    @property
    def name(self) -> str:
        return f"{self.set} {self.label}"


TASKS = (
    Task("germeval2018", "offensive", BINARY, averaged_f1, ship=True),
    Task("germeval2019", "offensive", BINARY, averaged_f1),
    Task("germeval2021", "toxic", BINARY, averaged_f1),
    Task("germeval2021", "engaging", BINARY, averaged_f1),
    Task("germeval2021", "fact_claiming", BINARY, averaged_f1),
    Task("germeval2017", "sentiment", SENTIMENT, micro_f1),
    Task("mobasa", "sentiment", SENTIMENT, micro_f1, ship=True),
    Task("sb10k", "sentiment", SENTIMENT, macro_f1),
    Task("potts", "sentiment", SENTIMENT, macro_f1, ship=True),  # "mixed" is left out, as its authors do
    Task("gahd", "hate", BINARY, macro_f1, ship=True),
    Task("candy_speech_2025", "candy", BINARY, macro_f1),
    Task("harmful_2025_c2a", "call_to_action", BINARY, macro_f1),
    Task(
        "harmful_2025_dbo",
        "against_democratic_order",
        ("nothing", "criticism", "agitation", "subversive"),
        macro_f1,
    ),
    Task("harmful_2025_vio", "violence", BINARY, macro_f1),
    Task("election2021", "sentiment", SENTIMENT, macro_f1),
    Task("us_airline", "sentiment", SENTIMENT, macro_f1, "en"),
    Task("tweeteval_offensive", "offensive", BINARY, macro_f1, "en"),
    Task("tweeteval_irony", "irony", BINARY, macro_f1, "en"),
    Task("tweeteval_sentiment", "sentiment", SENTIMENT, macro_f1, "en", ship=True),
)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a set's split, the labels that each has, and a key that the same text has elsewhere too."""

    ids: list[str]
    texts: list[str]
    labels: dict[str, list[Any]]
    keys: list[str] = field(repr=False)

    def __len__(self) -> int:
        return len(self.texts)

    def classes_of(self, task: Task) -> tuple[Array, Array]:
        """Rows that have the task's label, and the numbers of their classes."""
        numbers = {value: number for number, value in enumerate(task.classes)}
        rows = [row for row, value in enumerate(self.labels[task.label]) if value in numbers]
        return np.array(rows, int), np.array([numbers[self.labels[task.label][row]] for row in rows], int)


# Functional tests, which teach nothing, are read by the models of the set that asks the same.
JUDGED_BY = {"gahd": ("hatecheck",)}
ALSO_CALLED = {"hateful": "hate", "label_gold": "hate"}  # there

_NOBODY = re.compile(r"https?://\S+|www\.\S+|@\w+|\brt\b", re.IGNORECASE)
_YES_NO = {"True": True, "False": False, "hateful": True, "non-hateful": False}


def key(text: str) -> str:
    """What is left of a text without names and links: the same for a tweet that two sets took up."""
    return " ".join(words(_NOBODY.sub(" ", text)))


def read(path: Path) -> Texts:
    """One file. Raises ValueError with the number of a line that is none."""
    ids, texts, labels = [], [], defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                ids.append(str(row["id"]))
                texts.append(str(row["text"]))
            except (ValueError, KeyError) as error:
                raise ValueError(f"{path.name}, line {number}: {error}") from None
            for name, value in row.items():
                if name not in ("id", "text"):
                    labels[ALSO_CALLED.get(name, name)].append(
                        _YES_NO.get(value, value) if isinstance(value, str) else value
                    )
    return Texts(ids, texts, dict(labels), [key(text) for text in texts])


class Folder:
    """The sets of a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read = cache(read)

    def names(self) -> list[str]:
        return list(dict.fromkeys(task.set for task in TASKS if self._main(task.set)))

    def _main(self, name: str) -> Path | None:
        """What a set is cross-validated on: its training split, or the only one that there is."""
        for split in ("train", "dev", "val"):
            if (path := self.path / f"{name}.{split}.jsonl").exists():
                return path
        return None

    def split(self, name: str) -> str:
        """The main split's name."""
        path = self._main(name)
        return path.name.split(".")[1] if path else ""

    def main(self, name: str) -> Texts:
        path = self._main(name)
        if path is None:
            raise FileNotFoundError(name)
        return self.read(path)

    def others(self, name: str) -> dict[str, Texts]:
        """The splits to score by the main one: `dev`, where it is not the main one, and any `test`."""
        main = self._main(name)
        pattern = re.compile(re.escape(name) + r"[._].*(dev|test)|" + re.escape(name) + r"\.(dev|test)")
        found = sorted(p for p in self.path.glob(f"{name}*.jsonl") if p != main and pattern.match(p.name))
        found += [p for other in JUDGED_BY.get(name, ()) for p in sorted(self.path.glob(f"{other}.*.jsonl"))]
        return {p.name.removesuffix(".jsonl").removeprefix(name).strip("._"): self.read(p) for p in found}

    def everything(self, name: str) -> Iterable[Texts]:
        return [self.main(name), *self.others(name).values()]

    def shared(self) -> dict[str, set[str]]:
        """Set → keys of its texts that stand in another set, too. Nothing may learn from these."""
        keys = {name: {k for t in self.everything(name) for k in t.keys if k} for name in self.names()}
        seen = Counter(k for there in keys.values() for k in there)
        return {name: {k for k in there if seen[k] > 1} for name, there in keys.items()}


def folds(keys: list[str], count: int = FOLDS, seed: int = SEED) -> Array:
    """A fold for each row, at random; the same text is never in two."""
    numbers = {k: i for i, k in enumerate(dict.fromkeys(keys))}
    drawn = np.random.default_rng(seed).permutation(len(numbers)) % count
    return np.array([drawn[numbers[k]] for k in keys], int)
