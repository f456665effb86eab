"""The folding as a table that a compiled loop can follow: code point → cell.

A *cell* is 64 bits: what is to be done with a character (the top four bits) and with what: how many bytes (four bits)
of UTF-8 it folds to, and these. Two levels, so that the million code points, nearly all alike, take little memory:
``cells[pages[code >> 8] << 8 | code & 255]``.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.kernel.folding import UMLAUT, Kind, fold_char, is_ideograph, kind

# The top four bits: a `Kind`, or one of
WORD, SOLO = int(Kind.WORD), int(Kind.SOLO)
DROP = 3
DOTS = 4  # the umlaut dots: an e after a, o, u
SEVERAL = 5  # folds to several cells: their number in place of the bytes', their place in `several` in that of bytes
SELF = 6  # a Chinese sign: a word by itself, folds to itself
WHAT_SHIFT, COUNT_SHIFT = np.uint64(60), np.uint64(56)
BYTES = np.uint64((1 << 56) - 1)
MOST_BYTES = 40  # room enough for any code point: U+FDFA folds to eighteen Arabic letters

Cells = NDArray[np.uint64]
_PAGE = 256
_COMPATIBLE = range(0x2F8, 0x2FB)  # pages of ideographs that fold to others
_EMPTY = (range(0x40000, 0xE0000), range(0xE0200, 0x110000))


class CharTable(NamedTuple):
    """Read-only."""

    pages: NDArray[np.uint16]  # of each 256 code points, the number of their page
    cells: Cells
    several: Cells


@cache
def char_table() -> CharTable:
    """The table for the Unicode version of this Python; made once, in about a third of a second."""
    several: list[int] = []
    numbers: dict[bytes, int] = {}
    pages = []
    for start in range(0, 0x110000, _PAGE):
        if is_ideograph(start) and is_ideograph(start + _PAGE - 1) and start >> 8 not in _COMPATIBLE:
            page = [SELF << 60] * _PAGE
        elif 0xD800 <= start < 0xF900 or any(start in planes for planes in _EMPTY):
            page = [_BLANK] * _PAGE
        else:
            page = [_cell(chr(code), several) for code in range(start, start + _PAGE)]
        pages.append(numbers.setdefault(np.array(page, np.uint64).tobytes(), len(numbers)))
    cells = np.frombuffer(b"".join(numbers), np.uint64)
    return CharTable(np.array(pages, np.uint16), cells, np.array(several, np.uint64))


def _cell(char: str, several: list[int]) -> int:
    if unicodedata.category(char) == "Cn":
        return _BLANK
    cells = cells_of(unicodedata.normalize("NFD", char) if "가" <= char <= "힣" else fold_char(char))
    if not cells:
        return DROP << 60
    if len(cells) == 1:
        return cells[0]
    several += cells
    return SEVERAL << 60 | len(cells) << 56 | len(several) - len(cells)


def cells_of(folded: str) -> list[int]:
    """Folded characters as cells: neighbours of one kind in one, as far as its seven bytes go."""
    parts: list[tuple[int, bytes]] = []
    for char in folded:
        what = DOTS if char == UMLAUT else int(kind(char))
        # Of separators only some in ASCII matter (``#``, ``@``, what joins).
        text = b" " if what == Kind.SEPARATOR and not char.isascii() else char.encode()
        if parts and parts[-1][0] == what < SOLO and len(parts[-1][1] + text) <= 7:
            text = parts.pop()[1] + text
        parts.append((what, text))
    return [what << 60 | len(text) << 56 | int.from_bytes(text, "little") for what, text in parts]


_BLANK = cells_of(" ")[0]
