"""Which literals stand in a folded text, and where: phrases, partial words, hashtags and mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from resonanz.matching.engine import Array, Numbers
from resonanz.matching.loops.blocks import ONE, block_at
from resonanz.matching.loops.hashing import HALF, find, find_word, hash_of
from resonanz.matching.loops.jit import inner
from resonanz.matching.query import MIN_MODIFIER, MIN_STEM, Part

if TYPE_CHECKING:
    from resonanz.matching.fast import Asked, Scratch
    from resonanz.matching.tables import Tables, Trees

HASH, AT, UNDERSCORE, DOT, HYPHEN = (np.uint8(ord(sign)) for sign in "#@_.-")
LOWER_A, LOWER_Z, ZERO, NINE = (np.uint8(ord(sign)) for sign in "az09")
E, N, S = (np.uint8(ord(letter)) for letter in "ens")
CONTINUES = np.uint8(0x80)  # a byte of UTF-8 that begins no character: 10xxxxxx
START, END, COMPOUND = (list(Part).index(part) for part in (Part.START, Part.END, Part.COMPOUND))
STEM_BIT = np.uint64(1 << 63)


@inner
def edge(node: int, symbol: Any) -> Any:
    return np.uint64(node) << HALF | np.uint64(symbol)


@inner
def stem_key(blocks: Array, at: int) -> Any:
    """The first bytes of a partial word as one exact number that no edge has."""
    return STEM_BIT | block_at(blocks, at, at + MIN_STEM)


@inner
def add_hit(hits: Numbers, n: int, literal: int, first: int, last: int) -> int:
    """Note that a literal stands there. Beyond the room of `hits` it is only counted; see `match_texts`."""
    if n < len(hits):
        hits[n, 0], hits[n, 1], hits[n, 2] = literal, first, last
    return n + 1


@inner
def is_ending(text: Array, start: int, end: int) -> bool:
    """Whether these bytes are one of `COMPOUND_ENDINGS`."""
    if end == start:
        return True
    first = text[start]
    if end == start + 1:
        return first in (E, N, S)
    return bool(end == start + 2 and first == E and text[start + 1] in (N, S))


@inner
def is_modifier(text: Array, start: int, end: int) -> bool:
    """Whether there are characters enough for the first part of a compound."""
    characters = 0
    for i in range(start, end):
        characters += (text[i] & 0xC0) != CONTINUES
    return characters >= MIN_MODIFIER


@inner
def add_partial_hits(
    trees: Trees, scratch: Scratch, start: int, end: int, only_start: bool, place: int, stamp: int, n: int
) -> int:
    """The partial words in the word (or tag) of these bytes, each literal once: `last` keeps its latest stamp."""
    text, last = scratch.text, scratch.last
    for at in range(start, start + 1 if only_start else end - MIN_STEM + 1):
        if at + MIN_STEM > end:
            break
        node = find(trees.keys, trees.targets, stem_key(scratch.blocks, at))
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
                    fits = is_ending(text, after, end) and (at == start or is_modifier(text, start, at))
                else:
                    fits = True
                if fits and last[literal] != stamp + place:
                    last[literal] = stamp + place
                    n = add_hit(scratch.hits, n, literal, place, place)
                literal = trees.others[literal]
            if after == end or not trees.goes_on[node]:
                break
            node = find(trees.keys, trees.targets, edge(node, text[after]))
            after += 1
    return n


@inner
def in_tag(text: Array, at: int, end: int) -> bool:
    """Whether the byte belongs to a tag's name. Beyond ASCII, folded separators are blanks already."""
    if at >= end:
        return False
    byte = text[at]
    return bool(byte >= 0x80 or LOWER_A <= byte <= LOWER_Z or ZERO <= byte <= NINE or byte == UNDERSCORE)


@inner
def add_tag_hits(
    tables: Tables, scratch: Scratch, at: int, end: int, partials: bool, place: int,
    stamp: int, n: int,
) -> int:  # fmt: skip
    """The hashtag or mention whose sign is at `at`, if it is one; a mention under each name it may have."""
    words, text = tables.words, scratch.text
    stop = at + 1
    while True:
        joins = False
        if not in_tag(text, stop, end):
            joins = text[at] == AT and stop > at + 1 and in_tag(text, stop + 1, end)
            joins = joins and (text[stop] == DOT or text[stop] == AT or text[stop] == HYPHEN)
            if not joins or text[stop] != HYPHEN:
                number = find_word(words, scratch.blocks, at, stop, hash_of(scratch.blocks, at, stop))
                node = words.nodes[number] if number >= 0 else -1
                if node >= 0 and tables.trees.literals[node] >= 0:
                    n = add_hit(scratch.hits, n, tables.trees.literals[node], place, place)
            if not joins:
                break
        stop += 1
    if partials and stop > at + 1:
        return add_partial_hits(tables.trees, scratch, at, stop, True, place, stamp, n)
    return n


@inner
def add_tags_between(
    tables: Tables, scratch: Scratch, start: int, end: int, size: int, partials: bool,
    place: int, stamp: int, n: int,
) -> int:  # fmt: skip
    """The tags whose signs are between two words, not directly after the first."""
    for at in range(start, end):
        if (scratch.text[at] == HASH or scratch.text[at] == AT) and (at > start or at == 0):
            n = add_tag_hits(tables, scratch, at, size, partials, place, stamp, n)
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
def read_text(tables: Tables, asked: Asked, size: int, words: int, stamp: int, scratch: Scratch) -> int:
    """Every literal in a folded text of so many bytes and words, into `scratch.hits`; returns how many."""
    bounds, blocks, found = scratch.bounds, scratch.blocks, scratch.found
    n = known = 0
    for place in range(words):
        cut = np.uint64(place) << ONE
        start, end = int(bounds[cut]), int(bounds[cut | ONE])
        number = find_word(tables.words, blocks, start, end, hash_of(blocks, start, end))
        if number >= 0:
            found[known, 0], found[known, 1] = number, place
            known += 1
        if asked.partials:
            n = add_partial_hits(tables.trees, scratch, start, end, not asked.inside, place, stamp, n)
    if asked.tags:
        before = 0
        for place in range(words + 1):
            after = bounds[2 * place] if place < words else size
            n = add_tags_between(tables, scratch, before, after, size, asked.partials, place, stamp, n)
            before = bounds[2 * place + 1]
    return add_phrase_hits(tables.trees, tables.words.nodes, found, known, scratch.hits, n)
