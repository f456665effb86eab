"""What follows from the literals of a text: which queries match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resonanz.matching.char_table import CharTable
from resonanz.matching.engine import Numbers
from resonanz.matching.loops.folding import fold_text, mark_plain
from resonanz.matching.loops.jit import entry, inner
from resonanz.matching.loops.reading import add_hit, read_text
from resonanz.matching.plan import ACCEPT

if TYPE_CHECKING:
    from resonanz.matching.fast import Asked, FilterHits, Scratch
    from resonanz.matching.tables import Programs, Tables

TOO_LITTLE_ROOM, NUL_INSIDE = -1, -2


@inner
def on_side(programs: Programs, side: int, literal: int) -> bool:
    for i in range(programs.near_starts[side], programs.near_starts[side + 1]):
        if programs.near_sides[i] == literal:
            return True
    return False


@inner
def is_near(programs: Programs, near: int, hits: Numbers, n: int, marks: Numbers, stamp: int) -> bool:
    """Whether one side begins 1 to `distance` words after the other ends. `marks`: where the left one stands."""
    distance = programs.near_distances[near]
    for i in range(n):
        if on_side(programs, 2 * near, hits[i, 0]):
            marks[hits[i, 1], 0] = marks[hits[i, 2], 1] = stamp
    for i in range(n):
        if on_side(programs, 2 * near + 1, hits[i, 0]):
            first, last = hits[i, 1], hits[i, 2]
            for away in range(1, distance + 1):
                if marks[last + away, 0] == stamp or (first >= away and marks[first - away, 1] == stamp):
                    return True
    return False


@inner
def candidates_of(programs: Programs, hits: Numbers, n: int, scratch: Scratch, stamp: int) -> int:
    """The queries of which an anchor is among the hits, into `scratch.candidates`; returns how many."""
    waiting = 0
    for i in range(n):
        literal = hits[i, 0]
        if scratch.there[literal] == stamp:
            continue
        scratch.there[literal] = stamp
        for k in range(programs.watcher_starts[literal], programs.watcher_starts[literal + 1]):
            query = programs.watchers[k]
            if scratch.looked_at[query] != stamp:
                scratch.looked_at[query] = stamp
                scratch.candidates[waiting] = query
                waiting += 1
    return waiting


@inner
def accepts(programs: Programs, query: int, n: int, scratch: Scratch, stamp: int) -> bool:
    """Run the tests of one query."""
    test, back = programs.starts[query], 0
    while back >= 0:
        test -= back
        literal = programs.tests[test]
        if literal >= 0:
            holds = scratch.there[literal] == stamp
        else:
            scratch.near_stamp[0] += 1
            holds = is_near(programs, -1 - literal, scratch.hits, n, scratch.marks, scratch.near_stamp[0])
        back = programs.if_there[test] if holds else programs.if_not[test]
    return bool(back == ACCEPT)


@inner
def sort(numbers: Numbers, start: int, end: int) -> None:
    """Shell's sort, with Ciura's gaps: short runs mostly, and no memory."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(start + gap, end):
            number, k = numbers[i], i
            while k >= start + gap and numbers[k - gap] > number:
                numbers[k] = numbers[k - gap]
                k -= gap
            numbers[k] = number


@entry
def match_texts(
    length: int,
    texts: int,
    first: int,
    table: CharTable,
    tables: Tables,
    asked: Asked,
    filters: FilterHits,
    scratch: Scratch,
) -> int:
    """Every (text, query) that matches, into `scratch.texts` and `.queries`; how many, or one of the codes above.

    In `scratch.codes` stand `length` code points: the texts with a NUL between, and one at the end. `first`: a number
    for the first text, the others follow; none may come twice with the same scratch.
    """
    out = at = 0
    mark_plain(scratch.codes, length, scratch.plain)
    for text in range(texts):
        at, size, words = fold_text(at, length, table, scratch)
        if size < 0:
            return TOO_LITTLE_ROOM
        stamp = first + text
        n = read_text(tables, asked, size, words, stamp << 32, scratch)
        for i in range(filters.starts[text], filters.starts[text + 1]):
            n = add_hit(scratch.hits, n, filters.literals[i], 0, 0)
        if n > len(scratch.hits):
            return TOO_LITTLE_ROOM
        waiting = candidates_of(tables.programs, scratch.hits, n, scratch, stamp)
        begin = out
        for i in range(waiting):
            if accepts(tables.programs, scratch.candidates[i], n, scratch, stamp):
                if out == len(scratch.texts):
                    return TOO_LITTLE_ROOM
                scratch.texts[out], scratch.queries[out] = text, scratch.candidates[i]
                out += 1
        if out > begin + 1:
            sort(scratch.queries, begin, out)
    return out if at == length else NUL_INSIDE
