"""The table says for every character what the folding says."""

from __future__ import annotations

from resonanz.kernel.folding import Kind, fold_char
from resonanz.matching.char_table import (
    BYTES,
    COUNT_SHIFT,
    DOTS,
    DROP,
    MOST_BYTES,
    SELF,
    SEVERAL,
    WHAT_SHIFT,
    cells_of,
    char_table,
)

SAMPLE = [*range(128, 0x3400), *range(0xFB00, 0x10000), *range(0x1D400, 0x1D800), *range(0x1F000, 0x1FB00)]
SAMPLE += [
    *range(0xAC00, 0xD7B0, 7),
    *range(0xD700, 0xE000, 11),
    0x4E00,
    0x9FFF,
    0x2F800,
    0xE0001,
    0xE0100,
    0x10FFFF,
]


def cells(code: int) -> list[int]:
    """What the table makes of one code point."""
    table = char_table()
    cell = int(table.cells[int(table.pages[code >> 8]) << 8 | code & 255])
    match cell >> int(WHAT_SHIFT):
        case what if what == SEVERAL:
            start = cell & int(BYTES)
            return [int(one) for one in table.several[start : start + (cell >> int(COUNT_SHIFT) & 15)]]
        case what if what == DROP:
            return []
        case what if what == SELF:
            return [int(Kind.SOLO) << 60 | len(chr(code).encode()) << 56 | packed(chr(code))]
        case _:
            return [cell]


def packed(text: str) -> int:
    return int.from_bytes(text.encode(), "little")


def test_every_character_has_the_cells_of_what_it_folds_to() -> None:
    for code in SAMPLE:
        assert cells(code) == cells_of(fold_char(chr(code))), hex(code)


def test_no_character_folds_to_more_bytes_than_there_is_room_for() -> None:
    for code in SAMPLE:
        assert sum(cell >> int(COUNT_SHIFT) & 15 for cell in cells(code)) <= MOST_BYTES, hex(code)


def test_neighbours_of_one_kind_share_a_cell() -> None:
    assert cells_of("ae") == [int(Kind.WORD) << 60 | 2 << 56 | packed("ae")]
    assert len(cells_of("abcdefgh")) == 2
    assert len(cells_of("a😡😡")) == 3


def test_dots_that_come_with_an_accent_are_dots() -> None:
    assert [cell >> int(WHAT_SHIFT) for cell in cells(ord("\u0344"))] == [DOTS]
