"""The compiled loops: from UTF-8 to (text, query) pairs in one pass, without a Python object in between.

For each text: fold it into cells in a scratch buffer, cut it into words, find these in the vocabulary, follow
phrases and partial words, and run the tests of the queries whose anchors occurred. All functions stand in this one
file: numba keeps what it compiled across processes, and notices a change only of the file a function stands in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numba
import numpy as np

from resonanz.kernel.folding import Kind
from resonanz.matching.char_table import DOTS, DROP, SEVERAL, SHIFT, CharTable
from resonanz.matching.engine import Array, Numbers
from resonanz.matching.plan import ACCEPT
from resonanz.matching.query import MIN_MODIFIER, MIN_STEM, Part

if TYPE_CHECKING:
    from resonanz.matching.fast import Filters, Scratch
    from resonanz.matching.tables import Programs, Tables, Trees, Words

P = ParamSpec("P")
R = TypeVar("R")


# Without numba's reference counts: counting each array at each call took two thirds of the time. So nothing here makes
# or keeps an array; all memory is the caller's.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_KEPT: dict[str, Any] = {"cache": True}
_NOT_FROM_PYTHON: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, for the functions below only."""
    return cast("Callable[P, R]", numba.njit(**_OPTIONS, **_NOT_FROM_PYTHON)(function))


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """`function` in machine code, free of the GIL, and kept on disk where a directory for that can be written."""
    try:
        return cast("Callable[P, R]", numba.njit(**_OPTIONS, **_KEPT)(function))
    except RuntimeError:  # nowhere to keep it: compiled again in each process
        return cast("Callable[P, R]", numba.njit(**_OPTIONS)(function))


WORD, SOLO = int(Kind.WORD), int(Kind.SOLO)
A_CELL, E_CELL, N_CELL, O_CELL, S_CELL, U_CELL = (
    np.uint32(WORD << SHIFT | ord(letter)) for letter in "aenosu"
)
HASH, AT = np.uint32(ord("#")), np.uint32(ord("@"))
UNDERSCORE, DOT, HYPHEN = np.uint32(ord("_")), np.uint32(ord(".")), np.uint32(ord("-"))
START, END, COMPOUND = (list(Part).index(part) for part in (Part.START, Part.END, Part.COMPOUND))
# FNV-1a's way of mixing, with a 64-bit odd factor (2^64 divided by the golden ratio) that spreads into the high bits.
SEED, FACTOR = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
HALF, CODE_BITS, HIGH = np.uint64(32), np.uint64(21), np.uint64(1 << 63)
CODE = np.uint64((1 << 21) - 1)


# --- tables ---


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


@entry
def insert_all(keys: Array, values: Numbers, from_keys: Array, from_values: Numbers) -> None:
    """Fill a table with what is in another."""
    for at in range(len(from_keys)):
        if from_values[at] >= 0:
            insert(keys, values, from_keys[at], from_values[at])


@inner
def hash_of(chars: Array, start: int, end: int) -> Any:
    mixed = SEED
    for i in range(start, end):
        mixed = (mixed ^ np.uint64(chars[i])) * FACTOR
    return mixed


@inner
def find_word(words: Words, chars: Array, start: int, end: int, mixed: Any) -> int:
    """The number of the word in these cells, compared in full, or -1."""
    bit = mixed >> HALF
    if (
        not words.maybe[np.int64(bit >> np.uint64(3)) & (len(words.maybe) - 1)]
        >> np.uint8(bit & np.uint64(7))
        & 1
    ):
        return -1
    at = slot(mixed, len(words.hashes))
    while words.numbers[at] >= 0:
        number = words.numbers[at]
        first = words.starts[number]
        if words.hashes[at] == mixed and words.starts[number + 1] - first == end - start:
            same = 0
            while same < end - start and words.cells[first + same] == chars[start + same]:
                same += 1
            if same == end - start:
                return int(number)
        at = (at + 1) & (len(words.hashes) - 1)
    return -1


@entry
def mark(maybe: Array, hashes: Array, numbers: Numbers) -> None:
    """Set the bit of every hash."""
    for at in range(len(hashes)):
        if numbers[at] >= 0:
            bit = hashes[at] >> HALF
            maybe[np.int64(bit >> np.uint64(3)) & (len(maybe) - 1)] |= np.uint8(1 << (bit & np.uint64(7)))


@entry
def add_words(words: Words, known: int, chars: Array, ends: Numbers, numbers: Numbers) -> int:
    """Number the words in `chars`, new ones from `known` on, in the room of `words`. Returns how many there are."""
    start = 0
    for i in range(len(ends)):
        mixed = hash_of(chars, start, ends[i])
        numbers[i] = find_word(words, chars, start, ends[i], mixed)
        if numbers[i] < 0:
            first = words.starts[known]
            words.starts[known + 1] = first + ends[i] - start
            for k in range(ends[i] - start):
                words.cells[first + k] = chars[start + k]
            insert(words.hashes, words.numbers, mixed, known)
            bit = mixed >> HALF
            words.maybe[np.int64(bit >> np.uint64(3)) & (len(words.maybe) - 1)] |= np.uint8(
                1 << (bit & np.uint64(7))
            )
            words.nodes[known] = -1
            numbers[i] = known
            known += 1
        start = ends[i]
    return known


@inner
def step(trees: Trees, nodes: int, key: Any) -> tuple[int, int]:
    """The node that `key` leads to, made if there is none; and how many nodes there are then."""
    node = find(trees.keys, trees.targets, key)
    if node >= 0:
        return node, nodes
    insert(trees.keys, trees.targets, key, nodes)
    trees.literals[nodes] = -1
    return nodes, nodes + 1


@inner
def edge(node: int, symbol: Any) -> Any:
    return np.uint64(node) << HALF | np.uint64(symbol)


@inner
def stem_key(chars: Array, at: int) -> Any:
    """Three cells as one exact number that no edge has."""
    first, second, third = np.uint64(chars[at]), np.uint64(chars[at + 1]), np.uint64(chars[at + 2])
    return HIGH | (first & CODE) << (CODE_BITS + CODE_BITS) | (second & CODE) << CODE_BITS | (third & CODE)


@entry
def add_phrases(
    words: Words, trees: Trees, nodes: int, steps: Numbers, ends: Numbers, literals: Numbers
) -> int:
    """Make the paths of phrases (word numbers in `steps`). `literals`, one each: corrected where one was there."""
    start = 0
    for i in range(len(ends)):
        node = words.nodes[steps[start]]
        if node < 0:
            node = words.nodes[steps[start]] = nodes
            trees.literals[node] = -1
            nodes += 1
        for k in range(start + 1, ends[i]):
            trees.goes_on[node] = 1
            node, nodes = step(trees, nodes, edge(node, steps[k]))
        if trees.literals[node] < 0:
            trees.literals[node] = literals[i]
        else:
            literals[i] = trees.literals[node]
        start = ends[i]
    return nodes


@entry
def add_partials(
    trees: Trees, nodes: int, chars: Array, ends: Numbers, parts: Array, literals: Numbers
) -> int:
    """The same for partial words (cells in `chars`): at one node may end a literal for each kind of part."""
    start = 0
    for i in range(len(ends)):
        node, nodes = step(trees, nodes, stem_key(chars, start))
        for k in range(start + MIN_STEM, ends[i]):
            trees.goes_on[node] = 1
            node, nodes = step(trees, nodes, edge(node, chars[k]))
        other = trees.literals[node]
        while other >= 0 and trees.parts[other] != parts[i]:
            other = trees.others[other]
        if other >= 0:
            literals[i] = other
        else:
            trees.parts[literals[i]] = parts[i]
            trees.others[literals[i]] = trees.literals[node]
            trees.literals[node] = literals[i]
        start = ends[i]
    return nodes


# --- texts ---


@inner
def with_dots(chars: Array, n: int) -> int:
    """Umlaut dots after `n` cells: an e after a, o, u. Returns how many cells there are then."""
    if n and (chars[n - 1] == A_CELL or chars[n - 1] == O_CELL or chars[n - 1] == U_CELL):
        chars[n] = E_CELL
        return n + 1
    return n


@inner
def fold_text(data: Array, at: int, chars: Array, table: CharTable) -> tuple[int, int]:
    """The text at byte `at`, up to a NUL, into `chars`; returns where the next one begins and the number of cells."""
    n = 0
    while at < len(data):
        byte = np.uint32(data[at])
        if byte < 128:
            at += 1
            if byte == 0:
                return at, n
            chars[n] = table.cells[byte]
            n += 1
            continue
        if byte < 0xE0:
            code = (byte & 0x1F) << 6 | data[at + 1] & 0x3F
            at += 2
        elif byte < 0xF0:
            code = (byte & 0x0F) << 12 | (np.uint32(data[at + 1]) & 0x3F) << 6 | data[at + 2] & 0x3F
            at += 3
        else:
            code = (byte & 0x07) << 18 | (np.uint32(data[at + 1]) & 0x3F) << 12
            code |= (np.uint32(data[at + 2]) & 0x3F) << 6 | data[at + 3] & 0x3F
            at += 4
        cell = table.cells[np.uint32(table.pages[code >> 8]) << 8 | code & 255]
        what = cell >> SHIFT
        if what < DROP:
            chars[n] = cell
            n += 1
        elif what == DOTS:
            n = with_dots(chars, n)
        elif what == SEVERAL:
            where = (cell & 0xFFFFFF) >> 5
            for i in range(where, where + (cell & 31)):
                if table.several[i] == DOTS << SHIFT:
                    n = with_dots(chars, n)
                else:
                    chars[n] = table.several[i]
                    n += 1
    return at, n


@inner
def add_hit(hits: Numbers, n: int, literal: int, first: int, last: int) -> int:
    """Note that a literal stands there. Beyond the room of `hits` it is only counted; see `match_texts`."""
    if n < len(hits):
        hits[n, 0], hits[n, 1], hits[n, 2] = literal, first, last
    return n + 1


@inner
def is_ending(chars: Array, start: int, end: int) -> bool:
    """Whether these cells are one of `COMPOUND_ENDINGS`."""
    if end == start:
        return True
    first = chars[start]
    if end == start + 1:
        return first in (E_CELL, N_CELL, S_CELL)
    return bool(end == start + 2 and first == E_CELL and chars[start + 1] in (N_CELL, S_CELL))


@inner
def add_partial_hits(
    trees: Trees, chars: Array, start: int, end: int, only_start: bool, place: int, last: Array, stamp: int,
    hits: Numbers, n: int,
) -> int:  # fmt: skip
    """The partial words in the word (or tag) of these cells, each literal once: `last` keeps its latest stamp."""
    for at in range(start, start + 1 if only_start else end - MIN_STEM + 1):
        if at + MIN_STEM > end:
            break
        node = find(trees.keys, trees.targets, stem_key(chars, at))
        after = at + MIN_STEM
        while node >= 0:
            literal = trees.literals[node]
            while literal >= 0:
                part = trees.parts[literal]
                if part == START:
                    fits = at == start
                elif part == END:
                    fits = after == end
                elif part == COMPOUND:
                    fits = (at == start or at - start >= MIN_MODIFIER) and is_ending(chars, after, end)
                else:
                    fits = True
                if fits and last[literal] != stamp + place:
                    last[literal] = stamp + place
                    n = add_hit(hits, n, literal, place, place)
                literal = trees.others[literal]
            if after == end or not trees.goes_on[node]:
                break
            node = find(trees.keys, trees.targets, edge(node, chars[after]))
            after += 1
    return n


@inner
def in_tag(chars: Array, at: int, end: int) -> bool:
    return bool(at < end and (chars[at] >> SHIFT != 0 or chars[at] == UNDERSCORE))


@inner
def add_tag_hits(
    tables: Tables, chars: Array, at: int, end: int, partials: bool, place: int, last: Array, stamp: int,
    hits: Numbers, n: int,
) -> int:  # fmt: skip
    """The hashtag or mention whose sign is at `at`, if it is one; a mention under each name it may have."""
    words, trees = tables.words, tables.trees
    mixed = (SEED ^ np.uint64(chars[at])) * FACTOR
    stop = at + 1
    while True:
        joins = False
        if not in_tag(chars, stop, end):
            joins = stop < end and chars[at] == AT and stop > at + 1 and in_tag(chars, stop + 1, end)
            joins = joins and (chars[stop] == DOT or chars[stop] == AT or chars[stop] == HYPHEN)
            if not joins or chars[stop] != HYPHEN:
                number = find_word(words, chars, at, stop, mixed)
                if number >= 0 and words.nodes[number] >= 0 and trees.literals[words.nodes[number]] >= 0:
                    n = add_hit(hits, n, trees.literals[words.nodes[number]], place, place)
            if not joins:
                break
        mixed = (mixed ^ np.uint64(chars[stop])) * FACTOR
        stop += 1
    if partials and stop > at + 1:
        return add_partial_hits(trees, chars, at, stop, True, place, last, stamp, hits, n)
    return n


@inner
def add_phrase_hits(trees: Trees, nodes: Numbers, found: Numbers, known: int, hits: Numbers, n: int) -> int:
    """The phrases in the known words of a text, `found` as (number, place)."""
    for i in range(known):
        node = nodes[found[i, 0]]
        k = i
        while node >= 0:
            if trees.literals[node] >= 0:
                n = add_hit(hits, n, trees.literals[node], found[i, 1], found[k, 1])
            k += 1
            if not trees.goes_on[node] or k == known or found[k, 1] != found[k - 1, 1] + 1:
                break
            node = find(trees.keys, trees.targets, edge(node, found[k, 0]))
    return n


@inner
def read_text(
    tables: Tables,
    chars: Array,
    length: int,
    flags: Array,
    found: Numbers,
    last: Array,
    stamp: int,
    hits: Numbers,
) -> int:
    """Every literal in a folded text, with its place. Flags: are there tags, partial words, such that stand inside."""
    words, trees = tables.words, tables.trees
    tags, partials, inside = flags[0], flags[1], flags[2]
    n = known = place = 0
    start, mixed = -1, SEED
    for at in range(length + 1):
        cell = chars[at] if at < length else np.uint32(0)
        what = cell >> SHIFT
        if what == WORD:
            if start < 0:
                start, mixed = at, SEED
            mixed = (mixed ^ np.uint64(cell)) * FACTOR
            continue
        if start >= 0:
            number = find_word(words, chars, start, at, mixed)
            if number >= 0:
                found[known, 0], found[known, 1] = number, place
                known += 1
            if partials:
                n = add_partial_hits(trees, chars, start, at, not inside, place, last, stamp, hits, n)
            place += 1
            start = -1
        if what == SOLO:
            number = find_word(words, chars, at, at + 1, (SEED ^ np.uint64(cell)) * FACTOR)
            if number >= 0:
                found[known, 0], found[known, 1] = number, place
                known += 1
            place += 1
        elif tags and cell in (HASH, AT) and (at == 0 or chars[at - 1] >> SHIFT == 0):
            n = add_tag_hits(tables, chars, at, length, partials, place, last, stamp, hits, n)
    return add_phrase_hits(trees, words.nodes, found, known, hits, n)


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
    data: Array,
    texts: int,
    first: int,
    table: CharTable,
    tables: Tables,
    flags: Array,
    filters: Filters,
    scratch: Scratch,
) -> int:
    """Every (text, query) that matches, into `scratch.texts` and `.queries`; how many, or -1: too little room.

    `data`: the texts in UTF-8 with a NUL between. `first`: a number for the first text, the others follow; none may
    come twice with the same scratch.
    """
    out = at = 0
    for text in range(texts):
        at, length = fold_text(data, at, scratch.chars, table)
        stamp = first + text
        n = read_text(
            tables, scratch.chars, length, flags, scratch.found, scratch.last, stamp << 32, scratch.hits
        )
        for i in range(filters.starts[text], filters.starts[text + 1]):
            n = add_hit(scratch.hits, n, filters.literals[i], 0, 0)
        if n > len(scratch.hits):
            return -1
        waiting = candidates_of(tables.programs, scratch.hits, n, scratch, stamp)
        begin = out
        for i in range(waiting):
            if accepts(tables.programs, scratch.candidates[i], n, scratch, stamp):
                if out == len(scratch.texts):
                    return -1
                scratch.texts[out], scratch.queries[out] = text, scratch.candidates[i]
                out += 1
        if out > begin + 1:
            sort(scratch.queries, begin, out)
    return out
