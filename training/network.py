"""The careful tier's network as it is trained: a small BERT whose output is a mean over word pieces."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from resonanz.understanding.pieces import PADDING
from training import e5

Array = NDArray[Any]
LAYERS = 12
LONGEST = 128  # pieces of a text that are read at a time
DROPOUT = 0.1


class Drop(nn.Module):
    """Dropout with chances from NumPy: on a processor the library's own took a seventh of all time.

    `seed` it before each step, and a step's dropout does not depend on where the run began.
    """

    chances = np.random.Generator(np.random.SFC64(0))

    @classmethod
    def seed(cls, number: int) -> None:
        cls.chances = np.random.Generator(np.random.SFC64(number))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        drawn = np.frombuffer(bytearray(self.chances.bytes(x.numel())), np.uint8).reshape(x.shape)
        kept = torch.from_numpy(drawn >= round(256 * DROPOUT)).to(x.device)
        return x * kept / (1 - DROPOUT)


class Layer(nn.Module):
    """One layer of BERT, normalised after each half."""

    def __init__(self, hidden: int, heads: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.mix = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.widen, self.narrow = nn.Linear(hidden, 4 * hidden), nn.Linear(4 * hidden, hidden)
        self.mixed, self.done = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)
        self.drop = Drop()

    def forward(self, x: Tensor, there: Tensor | None) -> Tensor:
        texts, length, hidden = x.shape
        size = hidden // self.heads
        q, k, v = self.qkv(x).view(texts, length, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        # By hand: backwards through the library's own attention took longer than all matrices together.
        near = torch.matmul(q, k.transpose(2, 3)) / size**0.5
        if there is not None:
            near = near.masked_fill(~there, -1e4)
        met = torch.matmul(near.softmax(-1).to(v.dtype), v)
        x = self.mixed(x + self.drop(self.mix(met.transpose(1, 2).reshape(texts, length, hidden))))
        return self.done(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))


class Network(nn.Module):
    """Pieces in (int64[texts, length]), what each piece adds to each output out (float[texts, length, outputs]).

    An output of a text is the mean over its pieces, so that the pieces' own shares are the evidence. The pieces'
    vectors stay as they came: most are met a few times only, and the layers learn to read them.
    """

    def __init__(self, start: e5.Encoder, kept: Array, outputs: int) -> None:
        super().__init__()
        hidden, tensors = start.hidden, start.tensors
        self.word = nn.Embedding.from_pretrained(torch.tensor(tensors["emb.word"][kept]), freeze=True)
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
        return self.head(self.read(pieces, there))

    def read(self, pieces: Tensor, there: Tensor | None = None) -> Tensor:
        """float[texts, length, hidden]: what the outputs are made from."""
        mask = None if there is None else there[:, None, None, :]
        x = self.ready(self.word(pieces) + self.place[: pieces.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def vectors(self, pieces: Tensor) -> Tensor:
        """float[texts, hidden]: the mean over the pieces that are there."""
        there = pieces != PADDING
        counted = there[:, :, None].to(torch.float32)
        with half(pieces.device.type):
            read = self.read(pieces, there)
        return (read.float() * counted).sum(1) / counted.sum(1)

    def logits(self, pieces: Tensor) -> Tensor:
        """float[texts, outputs] of whole texts."""
        return self.head(self.vectors(pieces))


def half(device: str) -> AbstractContextManager[Any]:
    """Sixteen bits where the processor multiplies them faster (less than half the time on those with AMX)."""
    able = device == "cuda" or torch.cpu.get_capabilities().get("amx_tile", False)
    return torch.autocast(device, torch.bfloat16, enabled=able)


def _copy(to: nn.Module, tensors: dict[str, Array], *names: str) -> None:
    with torch.no_grad():
        for kind in ("w", "b"):
            values = np.concatenate([tensors[f"{name}.{kind}"] for name in names])
            getattr(to, "weight" if kind == "w" else "bias").copy_(torch.tensor(values))
