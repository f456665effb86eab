"""Eight bytes at a time: texts as 64-bit blocks, in the byte order of a little-endian machine.

What is done to each byte of a block at once follows from additions that carry into the byte's highest bit, as in
"SIMD within a register" (H. S. Warren, Hacker's Delight, chapter 6).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from resonanz.matching.engine import Array, Numbers
from resonanz.matching.loops.jit import inner

BLOCK = 8  # bytes
ZERO, ONE, THREE, SEVEN, LAST, BYTE = (np.uint64(n) for n in (0, 1, 3, 7, 63, 255))
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
ONES, HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
# Added to a byte below 0x80, they reach its highest bit from this character on.
FROM_A, FROM_Z, FROM_LOWER_A, FROM_LOWER_Z, FROM_0, FROM_9 = (
    ONES * np.uint64(0x80 - ord(first)) for first in "A[a{0:"
)
# Bit 8n of a product's factor becomes its bit 56 + n.
GATHER, TOP = np.uint64(0x0102040810204080), np.uint64(56)


@inner
def place_of(at: int, unit_bits: Any) -> tuple[Any, Any]:
    """Block and bit in it of unit `at`. Unsigned: numba then does not ask whether to count from the end."""
    bit = np.uint64(at) << unit_bits
    return bit >> np.uint64(6), bit & LAST


@inner
def load(blocks: Array, at: int) -> Any:
    """The eight bytes from byte `at` on; two neighbouring blocks are put together."""
    i, shift = place_of(at, THREE)
    return blocks[i] >> shift | (blocks[i + ONE] << ONE) << (LAST - shift)


@inner
def block_at(blocks: Array, at: int, end: int) -> Any:
    """The same with zeros from `end` on, which may lie before `at`."""
    # Half of the bits that stay: a shift by all 64 is undefined.
    half = np.uint64(max(0, min(end - at, BLOCK)) << 2)
    return load(blocks, at) & ~(ALL << half << half)


@inner
def store(blocks: Array, at: int, block: Any) -> None:
    """Put eight bytes at byte `at`; what stood behind them is lost."""
    i, shift = place_of(at, THREE)
    blocks[i] = blocks[i] & ~(ALL << shift) | block << shift
    blocks[i + ONE] = (block >> ONE) >> (LAST - shift)


@inner
def add_bits(bits: Array, at: int, more: Any) -> None:
    """Set up to eight bits from bit `at` on; behind it none may be set yet."""
    i, shift = place_of(at, ZERO)
    bits[i] |= more << shift
    bits[i + ONE] = (more >> ONE) >> (LAST - shift)


@inner
def first_bit(bits: Any) -> Any:
    """The number of the lowest bit that is set; 64 if none is."""
    return np.int64(trailing_zeros(bits))  # type: ignore[call-arg]  # hidden by numba's decorator


@inner
def list_bits(bits: Array, end: int, numbers: Numbers, n: int) -> int:
    """The numbers of the bits that are set, up to bit `end`, into every second place of `numbers` from `n` on."""
    at = np.uint64(n)
    for i in range(np.uint64(end >> 6) + ONE):
        left = bits[i]
        while left:
            numbers[at] = np.int64(i << np.uint64(6)) + first_bit(left)
            left &= left - ONE
            at += np.uint64(2)
    return int(np.int64(at))


@inner
def special_bytes(block: Any) -> Any:
    """The highest bit of each byte that is 0 or beyond ASCII; right up to the first of them."""
    return (block - ONES | block) & HIGHS


@inner
def lowered(block: Any) -> Any:
    """ASCII in small letters."""
    plain = block & ~HIGHS
    capital = ((plain + FROM_A) ^ (plain + FROM_Z)) & HIGHS
    return plain | capital >> np.uint64(2)


@inner
def word_bits(block: Any) -> Any:
    """Eight bits: which bytes of lowered ASCII are letters or digits."""
    found = (block + FROM_LOWER_A) ^ (block + FROM_LOWER_Z) | (block + FROM_0) ^ (block + FROM_9)
    return ((found >> SEVEN) & ONES) * GATHER >> TOP
