"""The table says for every character what the folding says."""

from __future__ import annotations

from resonanz.kernel.folding import UMLAUT, fold_char
from resonanz.matching.char_table import DOTS, DROP, MOST_CELLS, SEVERAL, SHIFT, char_table, kind_cell

SAMPLE = [*range(0x3400), *range(0xFB00, 0x10000), *range(0x1D400, 0x1D800), *range(0x1F000, 0x1FB00)]
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
    what = cell >> SHIFT
    if what == SEVERAL:
        start = (cell & 0xFFFFFF) >> 5
        return [int(one) for one in table.several[start : start + (cell & 31)]]
    return [] if what == DROP else [cell]


def test_every_character_has_the_cells_of_what_it_folds_to() -> None:
    for code in SAMPLE:
        expected = [DOTS << SHIFT if c == UMLAUT else kind_cell(c) for c in fold_char(chr(code))]
        assert cells(code) == expected, hex(code)


def test_no_character_folds_to_more_cells_a_byte_than_there_is_room_for() -> None:
    for code in SAMPLE:
        assert len(cells(code)) <= MOST_CELLS * len(chr(code).encode("utf-8", "surrogatepass")), hex(code)


def test_dots_that_come_with_an_accent_are_dots() -> None:
    assert cells(ord("\u0344")) == [DOTS << SHIFT]
