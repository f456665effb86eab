"""How much a workspace's corrections and examples teach: `python -m training.taught --data FOLDER`.

Corrections: a person reads texts of a set in random order and corrects every wrong label until so many are corrected;
what was right is left as it was (up to 250 are passed on). Scored on texts that come later. Aspects: so many texts
with a hand-made label, and up to 200 without it, against all the other hand-labelled texts. Means over seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import heads
from resonanz.understanding.adaptation import Correction, adapt, classes
from resonanz.understanding.aspects import average_precision, learn
from resonanz.understanding.fast import Fast
from resonanz.understanding.labels import ASPECTS, OUTPUTS, Labels
from training import labels as by_hand
from training.data import TASKS, Folder, Task
from training.metrics import macro_f1
from training.shipped import OUTPUT_OF, texts_of

Array = NDArray[Any]
SETS = ("us_airline", "sb10k", "germeval2017", "candy_speech_2025", "germeval2021", "germeval2019")
CORRECTIONS, EXAMPLES, SEEDS = (25, 100), (5, 10, 20), (1, 2, 3)
READ, LATER, LEFT, OTHERS = 1200, 1200, 250, 200


def corrected(tier: Fast, folder: Folder, task: Task) -> Iterator[str]:
    """The lines of one task: macro-F1 before and after."""
    output = "sentiment" if task.label == "sentiment" else OUTPUT_OF[task.label]
    columns = [OUTPUTS.index(name) for name in (task.classes if output == "sentiment" else (output,))]
    texts = folder.main(task.set)
    rows, right = texts.classes_of(task)
    for many in CORRECTIONS:
        scores, helped = [], 0
        for seed in SEEDS:
            drawn = np.random.default_rng(seed).permutation(len(rows))[: READ + LATER]
            some, wanted = [texts.texts[rows[r]] for r in drawn], right[drawn]
            labels = tier.label(some)

            def said(labels: Labels) -> Array:
                return heads.chosen(labels.p[:, columns], float(labels.thresholds[columns[-1]]))

            before = said(labels)
            half = min(READ, len(some) // 2)
            wrong = np.flatnonzero(before[:half] != wanted[:half])[:many]
            left = np.flatnonzero(before[: wrong[-1] + 1] == wanted[: wrong[-1] + 1])[:LEFT]
            made = adapt(
                tier,
                [Correction(some[r], output, classes(output)[wanted[r]]) for r in wrong],
                [some[r] for r in left],
            )
            helped += made.helps
            later = Labels(labels.p[half:], labels.model, labels.thresholds)
            after = said(made.apply(later, some[half:]))
            k = len(task.classes)
            scores.append([macro_f1(wanted[half:], found, k) for found in (before[half:], after)])
        was, now = np.mean(scores, 0)
        yield f"| {task.name} | {many} | {was:.1f} | {now:.1f} | {helped} of {len(SEEDS)} |"


def by_example(tier: Fast, folder: Folder) -> Iterator[str]:
    """The lines of a table: average precision of each aspect, learnt from so many examples, and of the model's own."""
    there = by_hand.everything()
    texts = texts_of(folder, [label.key for label in there])
    p = tier.label(texts).p
    for aspect in ASPECTS:
        about = np.array([aspect in label.names for label in there])
        if about.sum() < 2 * EXAMPLES[0]:
            continue
        cells = []
        for many in EXAMPLES:
            found = [_one(texts, about, p[:, OUTPUTS.index(aspect)], many, seed) for seed in SEEDS]
            cells.append(
                " | ".join(f"{100 * v:.0f}" for v in np.mean(found, 0))
                if about.sum() >= 2 * many
                else "– | –"
            )
        yield f"| {aspect} | {about.sum()} | {100 * about.mean():.0f} | {' | '.join(cells)} |"


def _one(texts: list[str], about: Array, own: Array, many: int, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    taught = np.concatenate(
        [rng.permutation(np.flatnonzero(about))[:many], rng.permutation(np.flatnonzero(~about))[:OTHERS]]
    )
    rest = np.setdiff1d(np.arange(len(texts)), taught)
    made = learn("?", [texts[r] for r in taught if about[r]], [texts[r] for r in taught if not about[r]])
    scores = made.scores([texts[r] for r in rest])
    return average_precision(about[rest], scores), average_precision(about[rest], own[rest])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    arguments = parser.parse_args()
    tier, folder = Fast(), Folder(arguments.data)
    print("| task | corrections | macro-F1 before | after | switched on |\n|---|---:|---:|---:|---:|")
    for task in TASKS:
        if task.set in SETS and task.set in folder.names():
            print(*corrected(tier, folder, task), sep="\n", flush=True)
    several = " | ".join(f"from {many} | the model's own" for many in EXAMPLES)
    print(f"\n| aspect | texts | by chance | {several} |\n|---|---:|---:|{'---:|---:|' * len(EXAMPLES)}")
    print(*by_example(tier, folder), sep="\n")


if __name__ == "__main__":
    main()
