"""What each code point is to the reader: one table for the compiled loop and the plain one.

Letters fold as in `kernel.folding` (case, umlauts = ae/oe/ue, accents, fancy letters); punctuation and emoji stay, for
they carry tone. A *cell* is 32 bits: a `Kind` in the top byte, a bit for "was a capital", and the folded code point.
Two levels, as a million code points are nearly all alike: ``cells[pages[code >> 8] << 8 | code & 255]``.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.kernel import folding


class Kind(IntEnum):
    """The top byte of a cell."""

    SPACE = 0
    WORD = 1  # letters and digits
    SOLO = 2  # a word by itself: an emoji, a Chinese or Japanese sign
    PUNCT = 3
    DROP = 4  # leaves no trace: accents, joiners, skin tones
    DOTS = 5  # umlaut dots: an e after a, o, u
    SEVERAL = 6  # folds to several cells: where << 5 | how many, in `several`


SHIFT = 24
CAPITAL = 1 << 21
CODE_MASK = CAPITAL - 1
_PAGE = 256
# Pages worth folding: alphabets, punctuation, presentation forms, mathematical letters, emoji. The rest is rare here.
_KNOWN = (
    range(0x31),
    range(0xFB, 0x100),
    range(0x1D4, 0x1D8),
    range(0x1F0, 0x1FB),
    range(0xE00, 0xE02),
)

Cells = NDArray[np.uint32]


class Signs(NamedTuple):
    """Read-only."""

    pages: NDArray[np.uint16]
    cells: Cells
    several: Cells


@cache
def signs() -> Signs:
    """The table for the Unicode version of this Python; made once a process."""
    several: list[int] = []
    letters = np.full(_PAGE, Kind.WORD << SHIFT, np.uint32)  # a letter that stays what it is
    solos = np.full(_PAGE, Kind.SOLO << SHIFT, np.uint32)
    tables = [letters, solos]
    pages = np.zeros(0x1100, np.uint16)
    for page in range(0x1100):
        if any(page in known for known in _KNOWN):
            pages[page] = len(tables)
            start = page * _PAGE
            tables.append(np.array([_cell(chr(c), several) for c in range(start, start + _PAGE)], np.uint32))
        elif folding.is_ideograph(page * _PAGE):
            pages[page] = 1
    return Signs(pages, np.concatenate(tables), np.array(several, np.uint32))


_several: list[int] = []  # what `cell_of` refers to


@cache
def cell_of(code: int) -> int:
    """The cell of a code point, as the compiled loop finds it in the table, without making the table."""
    page = code >> 8
    if any(page in known for known in _KNOWN):
        return _cell(chr(code), _several)
    return (Kind.SOLO if folding.is_ideograph(page * _PAGE) else Kind.WORD) << SHIFT | code


def parts_of(cell: int) -> list[int]:
    """The cells that a cell from `cell_of` stands for."""
    if cell >> SHIFT != Kind.SEVERAL:
        return [cell]
    where = (cell & CODE_MASK) >> 5
    return _several[where : where + (cell & 31)]


def _cell(char: str, several: list[int]) -> int:
    if unicodedata.category(char) == "Cn":
        return Kind.SPACE << SHIFT
    folded = folding.fold_char(char)
    if folded == folding.UMLAUT:
        return Kind.DOTS << SHIFT
    if not folded:
        return Kind.DROP << SHIFT
    cells = [Kind.DOTS << SHIFT if c == folding.UMLAUT else _plain(c) for c in folded]
    if char.isupper():
        cells[0] |= CAPITAL
    if len(cells) == 1:
        return cells[0]
    where = len(several)
    several += cells
    return Kind.SEVERAL << SHIFT | where << 5 | len(cells)


def _plain(folded: str) -> int:
    """The cell of one folded character. All digits are alike."""
    if folded.isdigit():
        return Kind.WORD << SHIFT | ord("0")
    kind = folding.kind(folded)
    if kind == folding.Kind.SEPARATOR:
        blank = folded.isspace() or unicodedata.category(folded)[0] in "CZ"
        return Kind.SPACE << SHIFT if blank else Kind.PUNCT << SHIFT | ord(folded)
    return (Kind.SOLO if kind == folding.Kind.SOLO else Kind.WORD) << SHIFT | ord(folded)
