"""The folding as a table that a compiled loop can follow: code point → cell.

A *cell* is 32 bits: what is to be done with a character (the top byte) and with what (the rest). Two levels, so
that the million code points, nearly all alike, take little memory: ``cells[pages[code >> 8] << 8 | code & 255]``.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.kernel.folding import UMLAUT, Kind, fold_char, is_ideograph, kind

# The top byte: a `Kind`, or one of
DROP = 3
DOTS = 4  # the umlaut dots: an e after a, o, u
SEVERAL = 5  # folds to several cells: the rest is (where << 5 | how many) in `several`
SHIFT = 24
MOST_CELLS = 6  # that one byte of UTF-8 can fold to: U+FDFA, three bytes, folds to eighteen letters

Cells = NDArray[np.uint32]
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
            page = np.arange(start, start + _PAGE, dtype=np.uint32) | np.uint32(Kind.SOLO << SHIFT)
        elif 0xD800 <= start < 0xF900 or any(start in planes for planes in _EMPTY):
            page = np.zeros(_PAGE, np.uint32)
        else:
            page = np.array([_cell(code, several) for code in range(start, start + _PAGE)], np.uint32)
        pages.append(numbers.setdefault(page.tobytes(), len(numbers)))
    cells = np.frombuffer(b"".join(numbers), np.uint32)
    return CharTable(np.array(pages, np.uint16), cells, np.array(several, np.uint32))


def cells_of(folded: str) -> Cells:
    """The cells of a folded text."""
    table = char_table()
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    places = table.pages[codes >> 8].astype(np.uint32) << 8 | codes & 255
    return np.asarray(table.cells[places], np.uint32)


def _cell(code: int, several: list[int]) -> int:
    char = chr(code)
    if unicodedata.category(char) == "Cn":
        return 0
    folded = unicodedata.normalize("NFD", char) if "가" <= char <= "힣" else fold_char(char)
    if folded == UMLAUT:  # the dots themselves, and the dots with an accent (U+0344)
        return DOTS << SHIFT
    if len(folded) == 1:
        return kind_cell(folded)
    if not folded:
        return DROP << SHIFT
    where = len(several)
    several += (DOTS << SHIFT if c == UMLAUT else kind_cell(c) for c in folded)
    return SEVERAL << SHIFT | where << 5 | len(folded)


def kind_cell(folded: str) -> int:
    """The cell of one folded character. Of separators only some in ASCII matter (``#``, ``@``, what joins)."""
    what = kind(folded)
    return 0 if what == Kind.SEPARATOR and not folded.isascii() else what << SHIFT | ord(folded)
