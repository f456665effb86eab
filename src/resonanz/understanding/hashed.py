"""Texts as rows of a few thousand numbers, for models that are learnt where they are used.

The features are the model's own (`loops`), folded into fewer places with a sign each, so that what meets by chance
cancels out (Weinberger and others: "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import compiled, loops, plain
from resonanz.understanding.signs import SHIFT, Kind, signs

Array = NDArray[Any]
WIDTH = 4096  # numbers of a row
WORD_SHARE = 1.0  # what the words count beside the character n-grams
_BATCH = 256
_LONGEST = 4000  # characters of a text that are looked at
_PLACE, _SIGN = WIDTH - 1, 12  # of a bucket's 18 bits, after mixing: twelve say where, the next the sign
_FACTOR = 0x9E3779B1  # 2^32 divided by the golden ratio


def rows(texts: Sequence[str]) -> NDArray[np.float32]:
    """float32[texts, WIDTH]: each row has length 1, or 0 for an empty text."""
    found = np.zeros((len(texts), WIDTH), np.float32)
    for t, (chars, words) in enumerate(_buckets([text[:_LONGEST] for text in texts])):
        for buckets, share in ((chars, 1.0), (words, WORD_SHARE)):
            if len(buckets):
                kinds, counts = np.unique(buckets, return_counts=True)
                mixed = kinds.astype(np.uint64) * _FACTOR >> 7
                signed = np.where(mixed >> _SIGN & 1, share, -share) * np.sqrt(counts) / np.sqrt(len(buckets))
                np.add.at(found[t], (mixed & _PLACE).astype(int), signed)
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(length, 1e-9), np.float32)


def extracted(texts: Sequence[str]) -> tuple[Array, Array, Array]:
    """All texts' buckets, how many of each sort a text has, and what the texts look like: see `loops.extract`."""
    codes, ends = loops.codes_of(texts)
    table = signs()
    cells = table.cells[table.pages[codes >> 8].astype(int) << 8 | codes & 255]
    many = int(np.where(cells >> SHIFT == Kind.SEVERAL, cells & 31, 1).sum())
    # A chunk of n cells has at most 5 * (n + 1) character and 3 word n-grams; most chunks end with a blank or a text.
    found = np.empty(9 * (many + len(texts) + 1), np.int32)
    heard = np.empty(loops.WORDS * max(map(len, texts), default=0), np.int32)
    counts = np.zeros((len(texts), 2), np.int32)
    surfaces = np.zeros((len(texts), loops.SURFACES), np.int32)
    written = loops.extract(codes, ends, table, loops.scratch(2), found, heard, counts, surfaces)
    return found[:written], counts, surfaces


def _buckets(texts: Sequence[str]) -> Iterator[tuple[Array, Array]]:
    """Of each text the buckets of its character n-grams and of its word n-grams."""
    if not compiled.pays(len(texts)):
        yield from map(_plainly, texts)
        return
    for start in range(0, len(texts), _BATCH):
        some = texts[start : start + _BATCH]
        found, counts = extracted(some)[:2]
        at = np.concatenate([[0], np.cumsum(counts.ravel())])
        for t in range(len(some)):
            yield found[at[2 * t] : at[2 * t + 1]], found[at[2 * t + 1] : at[2 * t + 2]]


def _plainly(text: str) -> tuple[Array, Array]:
    first, second, chars, words = int(loops.BOUND), int(loops.BOUND), [], []
    for chunk in plain.chunks(text):
        third = plain.core(chunk.cells)
        chars += plain.grams(chunk.cells)
        words += plain.word_buckets(first, second, third)
        first, second = second, third
    return np.array(chars, np.int32), np.array(words, np.int32)
