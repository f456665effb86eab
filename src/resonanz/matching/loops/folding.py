"""Texts folded into UTF-8 and cut into words on the way: ASCII eight characters at a time, the rest by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from resonanz.matching.char_table import (
    BYTES,
    COUNT_SHIFT,
    DOTS,
    DROP,
    MOST_BYTES,
    SELF,
    SEVERAL,
    SOLO,
    WHAT_SHIFT,
    WORD,
    CharTable,
)
from resonanz.matching.engine import Array
from resonanz.matching.loops.blocks import (
    BLOCK,
    BYTE,
    ONE,
    add_bits,
    first_bit,
    list_bits,
    load,
    lowered,
    special_bytes,
    store,
    word_bits,
)
from resonanz.matching.loops.jit import inner

if TYPE_CHECKING:
    from resonanz.matching.fast import Scratch

A, E, O, U = (np.uint64(ord(letter)) for letter in "aeou")  # noqa: E741
COUNT = np.uint64(15)
SIX, TAIL = np.uint64(0x3F), np.uint64(0x80)  # six bits in each later byte of UTF-8, which begins so
THREE_BYTES, FOUR_BYTES = (
    np.uint64(SOLO << 60 | count << 56 | head) for count, head in ((3, 0xE0), (4, 0xF0))
)


@inner
def mark_plain(codes: Array, length: int, plain: Array) -> None:
    """ASCII as bytes; what is beyond becomes a special byte, and so does the end."""
    for i in range(length):
        plain[i] = min(codes[i], np.uint32(0x80))
    for i in range(length, length + 16):
        plain[i] = 0


@inner
def fold_text(at: int, length: int, table: CharTable, scratch: Scratch) -> tuple[int, int, int]:
    """The text from code point `at` to a NUL, folded into `scratch.text`, its words' starts and ends into `.bounds`.

    Returns where the next text begins, how many bytes it has folded (-1: too little room) and how many words.
    """
    size = 0
    inside = np.uint64(0)  # whether the last character was part of a word
    scratch.starts[0] = scratch.ends[0] = 0
    while True:
        block = load(scratch.plain_blocks, at)
        special = special_bytes(block)
        # A branch of its own: the processor goes on before it knows where the next special byte is.
        if special == 0:
            inside = add_plain(block, BLOCK, scratch, size, inside)
            at += BLOCK
            size += BLOCK
        else:
            plain = first_bit(special) >> 3
            inside = add_plain(block, plain, scratch, size, inside)
            at += plain
            size += plain
            code = scratch.codes[at]
            at += 1
            if code == 0:
                break
            if size + MOST_BYTES + length - at > len(scratch.text):
                return at, -1, 0
            size, inside = add_folded(code, table, scratch, size, inside)
    add_bits(scratch.ends, size, inside)
    list_bits(scratch.starts, size, scratch.bounds, 0)
    return at, size, list_bits(scratch.ends, size, scratch.bounds, 1) >> 1


@inner
def add_plain(block: Any, count: int, scratch: Scratch, size: int, inside: Any) -> Any:
    """So many bytes of ASCII; returns whether the last was part of a word."""
    block = lowered(block)
    store(scratch.blocks, size, block)
    words = word_bits(block)
    before = words << ONE | inside
    here = (ONE << np.uint64(count)) - ONE
    add_bits(scratch.starts, size, words & ~before & here)
    add_bits(scratch.ends, size, before & ~words & here)
    return before >> np.uint64(count) & ONE


@inner
def add_folded(code: Any, table: CharTable, scratch: Scratch, size: int, inside: Any) -> tuple[int, Any]:
    """What one code point beyond ASCII folds to."""
    cell = table.cells[np.uint32(table.pages[code >> 8]) << 8 | code & 255]
    what = cell >> WHAT_SHIFT
    if what < DROP:
        return add_cell(cell, scratch, size, inside)
    if what == SELF:
        return add_cell(solo_cell(np.uint64(code)), scratch, size, inside)
    if what == DOTS:
        return add_dots(scratch.blocks, size), inside
    if what == SEVERAL:
        first = np.int64(cell & BYTES)
        for i in range(first, first + np.int64(cell >> COUNT_SHIFT & COUNT)):
            if table.several[i] >> WHAT_SHIFT == DOTS:
                size = add_dots(scratch.blocks, size)
            else:
                size, inside = add_cell(table.several[i], scratch, size, inside)
    return size, inside


@inner
def solo_cell(code: Any) -> Any:
    """The cell of a code point beyond U+0800 that is a word by itself: its three or four bytes of UTF-8."""
    last = (code & SIX | TAIL) << np.uint64(16) | (code >> np.uint64(6) & SIX | TAIL) << np.uint64(8)
    if code < np.uint64(0x10000):
        return THREE_BYTES | last | code >> np.uint64(12)
    return (
        FOUR_BYTES
        | last << np.uint64(8)
        | (code >> np.uint64(12) & SIX | TAIL) << np.uint64(8)
        | code >> np.uint64(18)
    )


@inner
def add_dots(blocks: Array, size: int) -> int:
    """Umlaut dots: an e after a, o, u."""
    if size == 0:
        return size
    last = load(blocks, size - 1) & BYTE
    if last != A and last != O and last != U:
        return size
    store(blocks, size, E)
    return size + 1


@inner
def add_cell(cell: Any, scratch: Scratch, size: int, inside: Any) -> tuple[int, Any]:
    """Characters of one kind."""
    what = cell >> WHAT_SHIFT
    word = np.uint64(what == WORD)
    store(scratch.blocks, size, cell & BYTES)
    add_bits(scratch.starts, size, np.uint64(what != 0) & ~inside | np.uint64(what == SOLO))
    add_bits(scratch.ends, size, inside & ~word)
    size += int(np.int64(cell >> COUNT_SHIFT & COUNT))
    if what == SOLO:
        add_bits(scratch.ends, size, ONE)
    return size, word
