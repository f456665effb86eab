"""Open addressing: exact keys in one kind of table, words by their hash in the other. Most words are one block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from resonanz.matching.engine import Array, Numbers
from resonanz.matching.loops.blocks import BLOCK, SEVEN, THREE, block_at
from resonanz.matching.loops.jit import inner

if TYPE_CHECKING:
    from resonanz.matching.tables import Words

# FNV-1a's way of mixing, with a 64-bit odd factor (2^64 divided by the golden ratio) that spreads into the high bits.
SEED, FACTOR = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)


@inner
def slot(key: Any, size: int) -> Any:
    """Where in an open-addressing table of `size` (a power of two) the search for `key` begins."""
    mixed = key * FACTOR
    return np.int64((mixed ^ (mixed >> HALF)) & np.uint64(size - 1))


@inner
def insert(keys: Array, values: Numbers, key: Any, value: int) -> None:
    at = slot(key, len(keys))
    while values[at] >= 0:
        at = (at + 1) & (len(keys) - 1)
    keys[at], values[at] = key, value


@inner
def find(keys: Array, values: Numbers, key: Any) -> int:
    """The value of an exact key, or -1."""
    at = slot(key, len(keys))
    while values[at] >= 0:
        if keys[at] == key:
            return int(values[at])
        at = (at + 1) & (len(keys) - 1)
    return -1


@inner
def hash_of(blocks: Array, start: int, end: int) -> Any:
    """Two blocks without a branch, which would often be mispredicted: few words are longer."""
    mixed = (SEED ^ block_at(blocks, start, end)) * FACTOR ^ block_at(blocks, start + BLOCK, end)
    for at in range(start + 2 * BLOCK, end, BLOCK):
        mixed = (mixed ^ mixed >> HALF) * FACTOR ^ block_at(blocks, at, end)
    mixed = (mixed ^ mixed >> HALF) * FACTOR
    return mixed ^ mixed >> HALF


@inner
def bit_of(maybe: Array, mixed: Any) -> tuple[Any, Any]:
    """Byte and bit of a hash in `Words.maybe`."""
    bit = mixed >> HALF
    return bit >> THREE & np.uint64(len(maybe) - 1), np.uint8(1) << np.uint8(bit & SEVEN)


@inner
def find_word(words: Words, blocks: Array, start: int, end: int, mixed: Any) -> int:
    """The number of the word in these bytes, whose hash is `mixed`, or -1. Compared in full."""
    byte, bit = bit_of(words.maybe, mixed)
    if not words.maybe[byte] & bit:
        return -1
    at = np.int64(mixed) & (len(words.hashes) - 1)
    while words.numbers[at] >= 0:
        if words.hashes[at] == mixed and is_word(words, int(words.numbers[at]), blocks, start, end):
            return int(words.numbers[at])
        at = (at + 1) & (len(words.hashes) - 1)
    return -1


@inner
def is_word(words: Words, number: int, blocks: Array, start: int, end: int) -> bool:
    """Whether these bytes are the word of that number."""
    first = words.starts[number]
    if words.starts[number + 1] - first != (end - start + 7) >> 3:
        return False
    for i in range(words.starts[number + 1] - first):
        if words.blocks[first + i] != block_at(blocks, start + BLOCK * i, end):
            return False
    return True
