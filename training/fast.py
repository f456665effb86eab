"""Makes the fast tier's shipped weights: `python -m training.fast --data FOLDER [--out models/fast]`.

Only data whose licence lets weights ship (`Task.ship`, the hand-made labels on such sets, and translations that come with
Django, BSD-3, for languages). Every column is trained five times without a fifth of all texts, so that the step on top
learns from decisions on unseen texts; then once on everything, and rounded to a byte a weight. Repeatable bit for bit on
one machine: fixed seeds, one core, no hashing of Python's.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import loops, model
from resonanz.understanding.features import surface
from resonanz.understanding.labels import ASPECTS, KINDS, LANGUAGES, OUTPUTS, SENTIMENTS
from training import labels as by_hand
from training import linear, recipe, stack
from training.data import TASKS, Folder, folds, key
from training.groups import sentences

Array = NDArray[Any]
VERSION = "fast-1"
UNKNOWN = -1
CLIP = 99.98  # percentile of the weights' size that becomes 127; the few above are cut
HAND_LABELLED = (*KINDS[4:], *ASPECTS)
NOT_TO_SHIP = ("germeval2017", "sb10k")  # hand-made labels on their texts measure, but teach nothing


@dataclass(slots=True)
class Pool:
    """Texts with whatever is known of each: 1, 0, or UNKNOWN for each output."""

    texts: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    known: list[dict[str, int]] = field(default_factory=list)
    where: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, source: str, id_: str, text: str, facts: dict[str, int]) -> None:
        row = self.where.setdefault((source.split(".")[0], id_), len(self.texts))
        if row == len(self.texts):
            self.texts.append(text)
            self.sources.append(source)
            self.known.append({})
        self.known[row] |= facts

    def target(self, output: str) -> Array:
        return np.array([facts.get(output, UNKNOWN) for facts in self.known], int)


def one_of(names: tuple[str, ...], value: str) -> dict[str, int]:
    return {name: int(name == value) for name in names}


def gather(folder: Folder) -> Pool:
    """Everything that may teach the shipped weights."""
    pool = Pool()
    for task in TASKS:
        if not task.ship:
            continue
        texts = folder.main(task.set)
        for id_, text, value in zip(texts.ids, texts.texts, texts.labels[task.label], strict=True):
            facts = one_of(LANGUAGES, task.language)
            if task.label == "sentiment" and value in SENTIMENTS:
                facts |= one_of(SENTIMENTS, value)
            elif task.label in ("offensive", "hate"):
                facts["toxic"] = int(value)
                if task.label == "offensive":
                    facts["offensive"] = int(value)
            pool.add(task.set, id_, text, facts)
    add_hand_labels(pool, folder)
    for language, text in islice(translations(), 0, None, EVERY):
        pool.add("django", text, text, one_of(LANGUAGES, language))
    for text in sentences():
        pool.add("groups", text, text, {"toxic": 0, "offensive": 0})
    return pool


def add_hand_labels(pool: Pool, folder: Folder) -> None:
    """Labels given by hand, without the third that is held back."""
    splits = {
        name: {**folder.others(name), folder.split(name): folder.main(name)} for name in folder.names()
    }
    for label in by_hand.read():
        name, split = label.set.split(".")
        if name in NOT_TO_SHIP or label.held_back or name not in splits:
            continue
        texts = splits[name][split]
        facts = {
            output: int(output in label.names) for output in HAND_LABELLED if output not in label.unclear
        }
        pool.add(name, label.id, texts.texts[texts.ids.index(label.id)], facts)
    for line in (by_hand.FOLDER / "claims.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        name, split = row["set"].split(".")
        texts = splits[name][split]
        facts = {output: int(row[output]) for output in ("engaging", "fact_claiming")}
        pool.add(name, row["id"], texts.texts[texts.ids.index(row["id"])], facts)


_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)
EVERY = 4  # of so many translations one is taken: about 7,000
_PLACEHOLDER = re.compile(r"%\(?\w*\)?[sd]|[&_]|\{\w*\}")


def translations() -> Iterator[tuple[str, str]]:
    """(language, text) from the translation files that come with Django, `other` but for German and English."""
    import django

    seen: set[str] = set()
    for path in sorted(Path(django.__file__).parent.rglob("locale/*/LC_MESSAGES/django.po")):
        code = path.parts[-3].partition("_")[0]
        language = code if code in ("de", "en") else "other"
        for source, translated in _ENTRY.findall(path.read_text("utf-8")):
            for tongue, quoted in ((language, translated), ("en", source)):
                text = _PLACEHOLDER.sub(" ", "".join(ast.literal_eval(part) for part in quoted.splitlines()))
                if len(text) > 12 and text not in seen and not (tongue == "other" and text == source):
                    seen.add(text)
                    yield tongue, text


def column(x: linear.Matrix, target: Array, taught: Array) -> Array:
    """One linear model of an output on the rows that are known and `taught`."""
    rows = np.flatnonzero((target != UNKNOWN) & taught)
    settings = recipe.Settings()
    return linear.train(
        x, rows, target[rows] == 1, cost=settings.cost, power=settings.power, smoothing=settings.smoothing,
        balance=settings.balance,
    )  # fmt: skip


def quantised(columns: list[Array]) -> tuple[Array, Array]:
    """int8[BUCKETS, COLUMNS] and what a unit of each column means."""
    weights = np.zeros((loops.BUCKETS, loops.COLUMNS), np.int8)
    scales = np.ones(loops.COLUMNS, np.float32)
    for c, w in enumerate(columns):
        sizes = np.abs(w[:-1])
        scales[c] = np.percentile(sizes[sizes > 0], CLIP) / 127
        weights[:, c] = np.clip(np.rint(w[:-1] / scales[c]), -127, 127)
    return weights, scales


@dataclass(frozen=True, slots=True)
class Built:
    """The model, and for judging it: the pool, its folds, and probabilities of texts by models that had not seen them."""

    model: model.Model
    pool: Pool
    fold: Array
    unseen: Array  # float[texts, OUTPUTS]


def build(folder: Folder) -> Built:
    """Train everything."""
    pool = gather(folder)
    x = linear.matrix(pool.texts, recipe.WORD_SHARE)
    fold = folds([key(text) or text for text in pool.texts])
    targets = {output: pool.target(output) for output in OUTPUTS}
    decisions = np.zeros((len(x), len(OUTPUTS)))
    for k in range(int(fold.max()) + 1):
        held = np.flatnonzero(fold == k)
        for c, output in enumerate(OUTPUTS):
            w = column(x, targets[output], fold != k)
            decisions[held, c] = linear.decide(x, held, w) - w[-1]
        print(f"fold {k + 1} of {int(fold.max()) + 1}", flush=True)
    inputs = np.column_stack([decisions, surface(x.surfaces)])
    top, biases, unseen = tops(inputs, targets, fold)
    weights, scales = quantised([column(x, targets[output], fold >= 0) for output in OUTPUTS])
    wide = np.zeros((loops.COLUMNS + len(surface(x.surfaces[:1])[0]), len(OUTPUTS)), np.float32)
    wide[: len(OUTPUTS)], wide[loops.COLUMNS :] = top[: len(OUTPUTS)], top[len(OUTPUTS) :]
    made = model.Model(VERSION, weights, scales, recipe.WORD_SHARE, wide, biases.astype(np.float32))
    return Built(made, pool, fold, unseen)


def groups() -> list[list[int]]:
    """Outputs that are fitted together: those of which one holds, and every other by itself."""
    exclusive = [list(group) for group in model.GROUPS]
    return exclusive + [[c] for c in range(sum(map(len, exclusive)), len(OUTPUTS))]


def tops(inputs: Array, targets: dict[str, Array], fold: Array) -> tuple[Array, Array, Array]:
    """The step on top for all outputs, in the inputs' own units; and probabilities across folds."""
    top, biases = np.zeros((inputs.shape[1], len(OUTPUTS))), np.zeros(len(OUTPUTS))
    unseen = np.full((len(inputs), len(OUTPUTS)), np.nan)
    for group in groups():
        known = targets[OUTPUTS[group[0]]] != UNKNOWN
        right = np.stack([targets[OUTPUTS[c]] for c in group], 1)
        classes = right.argmax(1) if len(group) > 1 else right[:, 0]
        count = max(len(group), 2)
        ridge = 10.0 if known.sum() > 2000 else 30.0
        for k in range(int(fold.max()) + 1):
            seen, held = known & (fold != k), fold == k
            p = stack.fit(inputs[seen], classes[seen], count, ridge).probabilities(inputs[held])
            unseen[np.ix_(held, group)] = p if len(group) > 1 else p[:, 1:]
        fitted = stack.fit(inputs[known], classes[known], count, ridge)
        slopes = fitted.coefficients / fitted.scales[:, None]
        offset = fitted.biases - fitted.means @ slopes
        if len(group) == 1:
            slopes, offset = slopes[:, 1:] - slopes[:, :1], offset[1:] - offset[:1]
        top[:, group], biases[group] = slopes, offset
    return top, biases, unseen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--out", type=Path, default=Path("models/fast"))
    arguments = parser.parse_args()
    built = build(Folder(arguments.data))
    sources = {name: built.pool.sources.count(name) for name in dict.fromkeys(built.pool.sources)}
    digest = model.save(built.model, arguments.out, {"trained_on": sources})
    print(f"{arguments.out}: {digest}")


if __name__ == "__main__":
    main()
