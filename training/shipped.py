"""The shipped weights as they come: on every set, on the hand-made labels held back, and what their p are worth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding.aspects import average_precision
from resonanz.understanding.labels import OUTPUTS, SENTIMENTS
from resonanz.understanding.model import ABOUT, shipped
from resonanz.understanding.tiers import Tier
from training import labels as by_hand
from training import peers
from training.data import TASKS, Folder, Task
from training.fast import HAND_LABELLED, Built
from training.metrics import calibration
from training.scores import Score, scored

Array = NDArray[Any]
# What the product calls what a set labels. The other sets' labels have no counterpart.
OUTPUT_OF = {
    "offensive": "offensive",
    "toxic": "toxic",
    "hate": "toxic",
    "engaging": "engaging",
    "fact_claiming": "fact_claiming",
    "candy": "praise",
}


def measured(task: Task) -> bool:
    return task.label == "sentiment" or task.label in OUTPUT_OF


def found(task: Task, p: Array, thresholds: Array) -> Array:
    """Class numbers from the product's probabilities, float[texts, OUTPUTS]: the likeliest sentiment; of a yes/no what
    counts as given, by `thresholds`, float[OUTPUTS].
    """
    if task.label == "sentiment":
        first = OUTPUTS.index(SENTIMENTS[0])
        return np.asarray(p[:, first : first + len(SENTIMENTS)].argmax(1))
    output = OUTPUTS.index(OUTPUT_OF[task.label])
    return np.asarray(p[:, output] >= thresholds[output]).astype(int)


def cross_validated(built: Built) -> list[Score]:
    """Of the sets that the weights learnt from: each text by models that had not seen it."""
    scores = []
    for task in TASKS:
        if not task.ship:
            continue
        rows, right = [], []
        for row, (source, facts) in enumerate(zip(built.pool.sources, built.pool.known, strict=True)):
            outputs = SENTIMENTS if task.label == "sentiment" else (OUTPUT_OF[task.label],)
            if source == task.set and outputs[0] in facts:
                rows.append(row)
                values = [facts[output] for output in outputs]
                right.append(values.index(1) if task.label == "sentiment" else values[0])
        said = found(task, built.unseen[rows], built.model.given)
        scores.append(scored(task, "shipped", "cv", "fast", np.array(right), said))
    return scores


def shipped_scores(
    folder: Folder, tiers: Sequence[Tier], tasks: list[Task], few: int | None = None
) -> Iterator[Score]:
    """All sets: those that the weights learnt from as it was found when they were made; others directly.

    The fast tier's models were cross-validated; the careful tier's held a fifth back. `few`: texts of a split that are
    drawn, where all would take long.
    """
    about = {tier.name: json.loads((shipped(tier.name) / ABOUT).read_text("utf-8")) for tier in tiers}
    found_then = [
        Score(**row)
        for facts in about.values()
        for row in facts.get("scores", facts.get("cross_validated", []))
    ]
    taught = {name for facts in about.values() for name in facts["trained_on"]}
    for task in tasks:
        if not measured(task):
            continue
        splits = folder.others(task.set)
        if task.set in taught:
            yield from (score for score in found_then if score.task == task.name)
        else:
            splits = {"never seen": folder.main(task.set), **splits}
        most = peers.majority(folder.main(task.set).classes_of(task)[1])
        by_words = peers.word_list(task)
        for split, texts in splits.items():
            if task.label not in texts.labels:
                continue
            rows, right = texts.classes_of(task)
            drawn = np.sort(np.random.default_rng(1).permutation(len(rows))[:few])
            rows, right = rows[drawn], right[drawn]
            chosen = [texts.texts[row] for row in rows]
            yield scored(task, "shipped", split, "majority", right, np.full(len(right), most))
            if by_words:
                yield scored(task, "shipped", split, "word list", right, by_words(chosen))
            for tier in tiers:
                labels = tier.label(chosen)
                said = found(task, labels.p, labels.thresholds)
                yield scored(task, "shipped", split, tier.name, right, said)


def held_back(folder: Folder, tier: Tier) -> Iterator[str]:
    """The lines of a table: each hand-made label on the third that nothing learnt from."""
    there = [label for label in by_hand.everything() if label.held_back]
    labels = tier.label(texts_of(folder, [label.key for label in there]))
    p = labels.p
    yield "| label | texts with it | precision | recall | F1 | average precision | by chance |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for output in HAND_LABELLED:
        right = np.array([output in label.names for label in there])
        said = p[:, OUTPUTS.index(output)]
        given = said >= labels.thresholds[OUTPUTS.index(output)]
        hits = int((right & given).sum())
        precision, recall = hits / max(int(given.sum()), 1), hits / max(int(right.sum()), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        yield (
            f"| {output} | {right.sum()} of {len(right)} | {100 * precision:.0f} | {100 * recall:.0f} | {100 * f1:.0f} "
            f"| {100 * average_precision(right, said):.0f} | {100 * right.mean():.0f} |"
        )


def curves(folder: Folder, tier: Tier) -> Iterator[str]:
    """Expected calibration error and reliability curve of the outputs on dev splits and on held-back labels."""
    felt: list[tuple[Array, Array]] = []  # sentiments of all dev splits: their number, their probabilities
    for task in TASKS:
        if measured(task) and "dev" in folder.others(task.set):
            texts = folder.others(task.set)["dev"]
            rows, right = texts.classes_of(task)
            p = tier.label([texts.texts[row] for row in rows]).p
            outputs = SENTIMENTS if task.label == "sentiment" else (OUTPUT_OF[task.label],)
            if outputs == SENTIMENTS:
                felt.append((right, p))
            for number, output in enumerate(outputs):
                wanted = right == (number if len(outputs) > 1 else 1)
                yield from curve(f"{task.set}.dev {output}", wanted, p[:, OUTPUTS.index(output)])
    if len(felt) > 1:
        right, p = (np.concatenate(parts) for parts in zip(*felt, strict=True))
        for number, output in enumerate(SENTIMENTS):
            yield from curve(f"all dev splits {output}", right == number, p[:, OUTPUTS.index(output)])
    there = [label for label in by_hand.everything() if label.held_back]
    p = tier.label(texts_of(folder, [label.key for label in there])).p
    for output in HAND_LABELLED[:4]:
        wanted = np.array([output in label.names for label in there])
        yield from curve(f"held back {output}", wanted, p[:, OUTPUTS.index(output)])


def curve(name: str, right: Array, p: Array) -> Iterator[str]:
    error, points = calibration(right, p)
    shown = "  ".join(f"{mean:.2f}→{share:.2f} ({count})" for mean, share, count in points)
    yield f"{name}: error {error:.3f}\n    {shown}"


def texts_of(folder: Folder, wanted: list[tuple[str, str]]) -> list[str]:
    """The texts of (set.split, id)."""
    known: dict[str, dict[str, str]] = {}
    for where in dict.fromkeys(where for where, _ in wanted):
        path = Path(folder.path) / f"{where}.jsonl"
        read = folder.read(path)
        known[where] = dict(zip(read.ids, read.texts, strict=True))
    return [known[where][id_] for where, id_ in wanted]
