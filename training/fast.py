"""Makes the fast tier's shipped weights: `python -m training.fast --data FOLDER [--keep FOLDER] [--out models/fast]`.

Only data whose licence lets weights ship: sets marked so (`Task.ship`), hand-made labels on these sets, texts of our
own (`training.phrases`, `training.groups`, `training.written`), and for languages the translations that come with
Django (BSD-3).
Every column is trained five times without a fifth of the texts, so that the step on top learns from decisions on unseen
texts; then once on everything, and rounded to a byte a weight. Repeatable bit for bit on one machine: fixed seeds, one
core. `--keep` stores each column, so that a run can go on where it was cut off.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import loops, model, plain
from resonanz.understanding.features import surface
from resonanz.understanding.labels import ASPECTS, KINDS, LANGUAGES, OUTPUTS, SENTIMENTS
from training import groups, linear, phrases, recipe, written
from training import labels as by_hand
from training.data import TASKS, Folder, folds, key
from training.tops import UNKNOWN, thresholds, tops

Array = NDArray[Any]
VERSION = "fast-4"
CLIP = 99.98  # percentile of the weights' size that becomes 127; the few above are cut
# A bucket in which no column weighs more says nothing: two in three, which cost no score and much time.
PRUNED = 8
HAND_LABELLED = (*KINDS[4:], *ASPECTS)
# Our own sentences, and PotTS' texts with our readers' sentiments: nothing is calibrated on them, no score is of them.
TEACH_ONLY = ("groups", "phrases", "written", "reread")
GROUPS_COUNT = 20.0  # one of these sentences as so many others
ROUNDS = 20
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
        self.known[row] = facts | self.known[row]  # what a set's own annotators said stands

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
    for text in groups.sentences():
        pool.add("groups", text, text, {"toxic": 0, "offensive": 0})
    for source, sentences in (("phrases", phrases.sentences()), ("written", written.texts())):
        for text, facts in sentences:
            pool.add(source, text, text, facts)
    return pool


def add_hand_labels(pool: Pool, folder: Folder) -> None:
    """Labels given by hand, without the third that is held back."""
    known = {
        f"{name}.{split}": dict(zip(texts.ids, texts.texts, strict=True))
        for name in folder.names()
        for split, texts in {**folder.others(name), folder.split(name): folder.main(name)}.items()
    }
    for label in by_hand.everything():
        name = label.set.partition(".")[0]
        if name in NOT_TO_SHIP or label.held_back or label.set not in known:
            continue
        facts = {
            output: int(output in label.names)
            for output in (*HAND_LABELLED, *by_hand.ALSO)
            if label.asked(output) and output not in label.unclear
        }
        text = known[label.set][label.id]
        pool.add(name, label.id, text, facts)
        if label.sentiment and "sentiment" not in label.unclear:
            add_sentiment(pool, name, label.id, text, label.sentiment)
    for line in (by_hand.FOLDER / "claims.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        facts = {output: int(row[output]) for output in ("engaging", "fact_claiming")}
        pool.add(row["set"].partition(".")[0], row["id"], known[row["set"]][row["id"]], facts)
    for mood in by_hand.moods():
        if not mood.unclear:
            name = mood.set.partition(".")[0]
            add_sentiment(pool, name, mood.id, known[mood.set][mood.id], mood.sentiment)


def add_sentiment(pool: Pool, name: str, id_: str, text: str, sentiment: str) -> None:
    """What our readers felt. In PotTS, which marks polar words, it stands beside what the set says, not behind it."""
    pool.add("reread" if name == "potts" else name, id_, text, one_of(SENTIMENTS, sentiment))


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


def column(x: linear.Matrix, output: str, target: Array, taught: Array, importance: Array) -> Array:
    """One linear model of an output on the rows that are known and `taught`."""
    rows = np.flatnonzero((target != UNKNOWN) & taught)
    settings = recipe.Settings()
    w = linear.train(
        x, rows, target[rows] == 1, cost=settings.cost, power=settings.power, smoothing=settings.smoothing,
        balance=settings.balance, importance=importance[rows],
    )  # fmt: skip
    if output in ("toxic", "offensive"):
        names_weigh_nothing(w)
    return w


def names_weigh_nothing(w: Array) -> None:
    """Take from a column what the bare names of groups add up to: their character n-grams, and each as a word.

    Names share n-grams, so taking from one gives to another; a few rounds leave next to nothing of all.
    """
    words = [
        cased
        for group in (*groups.GROUPS_DE, *groups.GROUPS_EN)
        for cased in (group, group.removesuffix("s"))
    ]
    found = [plain.chunk_buckets(word) for word in words]
    for _ in range(ROUNDS):
        for chars, word in found:
            np.subtract.at(w, chars, w[chars].sum() / len(chars))
            w[word] = 0.0


def quantised(columns: list[Array]) -> tuple[Array, Array]:
    """int8[BUCKETS, COLUMNS] and what a unit of each column means."""
    weights = np.zeros((loops.BUCKETS, loops.COLUMNS), np.int8)
    scales = np.ones(loops.COLUMNS, np.float32)
    for c, w in enumerate(columns):
        sizes = np.abs(w[:-1])
        scales[c] = np.percentile(sizes[sizes > 0], CLIP) / 127
        weights[:, c] = np.clip(np.rint(w[:-1] / scales[c]), -127, 127)
    weights[np.abs(weights.astype(int)).max(1) <= PRUNED] = 0
    return weights, scales


@dataclass(frozen=True, slots=True)
class Built:
    """The model, and to judge it: the pool, its folds, and each text's probabilities by models that had not seen it."""

    model: model.Model
    pool: Pool
    fold: Array
    unseen: Array  # float[texts, OUTPUTS]


def kept(folder: Path | None, digest: str, make: Callable[[], Array]) -> Array:
    """What `make` makes, or made before under the same digest."""
    if folder is None:
        return make()
    path = folder / f"{digest[:20]}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".part.npy")
        np.save(written, make())
        written.replace(path)
    return np.asarray(np.load(path))


def build(folder: Folder, keep: Path | None = None) -> Built:
    """Train everything."""
    pool = gather(folder)
    x = linear.matrix(pool.texts, recipe.WORD_SHARE)
    fold = folds([key(text) or text for text in pool.texts])
    targets = {output: pool.target(output) for output in OUTPUTS}
    importance = np.where(np.array(pool.sources) == "groups", GROUPS_COUNT, 1.0)
    real = np.array([source not in TEACH_ONLY for source in pool.sources])

    digest_of_texts = hashlib.sha256(b"".join(part.tobytes() for part in x[:3]))

    def trained(output: str, taught: Array) -> Array:
        digest = digest_of_texts.copy()
        for part in (targets[output], taught, importance, np.array([output])):
            digest.update(part.tobytes())
        return kept(keep, digest.hexdigest(), lambda: column(x, output, targets[output], taught, importance))

    decisions = np.zeros((len(x), len(OUTPUTS)))
    for k in range(int(fold.max()) + 1):
        held = np.flatnonzero(fold == k)
        for c, output in enumerate(OUTPUTS):
            w = trained(output, fold != k)
            decisions[held, c] = linear.decide(x, held, w) - w[-1]
        print(f"fold {k + 1} of {int(fold.max()) + 1}", flush=True)
    inputs = np.column_stack([decisions, surface(x.surfaces)])
    top, biases, unseen = tops(inputs, targets, fold, real)
    weights, scales = quantised([trained(output, fold >= 0) for output in OUTPUTS])
    wide = np.zeros((loops.COLUMNS + len(surface(x.surfaces[:1])[0]), len(OUTPUTS)), np.float32)
    wide[: len(OUTPUTS)], wide[loops.COLUMNS :] = top[: len(OUTPUTS)], top[len(OUTPUTS) :]
    given = thresholds(unseen, targets, real)
    made = model.Model(VERSION, weights, scales, recipe.WORD_SHARE, wide, biases.astype(np.float32), given)
    return Built(made, pool, fold, unseen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--keep", type=Path, help="folder for what is trained, to go on from")
    parser.add_argument("--out", type=Path, default=Path("models/fast"))
    arguments = parser.parse_args()
    built = build(Folder(arguments.data), arguments.keep)
    sources = {name: built.pool.sources.count(name) for name in dict.fromkeys(built.pool.sources)}
    from training.shipped import cross_validated

    about = {"trained_on": sources, "cross_validated": [asdict(score) for score in cross_validated(built)]}
    digest = model.save(built.model, arguments.out, about)
    print(f"{arguments.out}: {digest}")


if __name__ == "__main__":
    main()
