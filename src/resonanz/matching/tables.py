"""Queries as flat arrays for the compiled engine, and how to add more.

Tables are never changed once made: `extended` copies (a few milliseconds at 10,000 queries) and adds to the copy.
All that a text can run into is found by hash and then compared in full: two things of one hash are never confused.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from resonanz.matching.engine import Array, Numbers
from resonanz.matching.loops import building
from resonanz.matching.plan import Plan
from resonanz.matching.query import Field, Part

Filters: TypeAlias = dict[Field, dict[str, int]]  # of each value that is asked for, the literal

PARTS = tuple(Part)
_NO_KEYS = np.zeros(2, np.uint64)
_NO_VALUES = np.full(2, -1, np.int32)


class Words(NamedTuple):
    """The vocabulary: every word and tag that a query names, numbered."""

    hashes: NDArray[np.uint64]  # open addressing, a power of two, at most half full; 0 where free
    numbers: Numbers  # beside them; -1 where free
    starts: Numbers  # of word n its bytes are blocks[starts[n] : starts[n + 1]]
    blocks: NDArray[np.uint64]  # UTF-8, eight bytes each, filled up with zeros
    maybe: NDArray[np.uint8]  # a bit for each hash: most words of a text end here
    nodes: Numbers  # of word n, its node; -1 where no phrase begins with it


class Trees(NamedTuple):
    """Phrases as paths of word numbers, partial words as paths of bytes. The keys are exact."""

    # Open addressing as above: node << 32 | step, or the first three bytes of a partial word.
    keys: NDArray[np.uint64]
    targets: Numbers  # nodes
    literals: Numbers  # of each node, the literal that ends there; -1: none
    goes_on: NDArray[np.uint8]  # of each node, whether anything follows
    parts: NDArray[np.uint8]  # of each literal, its place in `PARTS` (partial words only)
    others: Numbers  # of each literal, another that ends at the same node; -1: none


class Programs(NamedTuple):
    """What is done with the literals found in a text."""

    # The queries that literal n is an anchor of: watchers[starts[n] : starts[n + 1]].
    watcher_starts: Numbers
    watchers: Numbers
    starts: Numbers  # of each query, its first test
    tests: Numbers  # a literal, or -1 - a NEAR
    if_there: NDArray[np.int16]  # how far back to go on, or ACCEPT or REJECT
    if_not: NDArray[np.int16]
    near_distances: Numbers
    # Of NEAR n, the left literals are sides[starts[2n] : starts[2n + 1]]; the right ones follow.
    near_starts: Numbers
    near_sides: Numbers


class Tables(NamedTuple):
    words: Words
    trees: Trees
    programs: Programs


def _numbers(values: list[int] | range = range(0)) -> Numbers:
    return np.array(values, np.int32)


EMPTY = Tables(
    Words(_NO_KEYS, _NO_VALUES, _numbers([0]), np.zeros(0, np.uint64), np.zeros(64, np.uint8), _numbers()),
    Trees(_NO_KEYS, _NO_VALUES, _numbers(), np.zeros(0, np.uint8), np.zeros(0, np.uint8), _numbers()),
    Programs(
        _numbers([0]), _numbers(), _numbers(), _numbers(), np.zeros(0, np.int16), np.zeros(0, np.int16), _numbers(),
        _numbers([0]), _numbers(),
    ),
)  # fmt: skip


def extended(tables: Tables, filters: Filters, plan: Plan) -> tuple[Tables, Filters]:
    """`tables` and the numbers of `filters`, with the queries of `plan` as well."""
    first = len(tables.trees.parts)
    numbers = np.full(plan.literals, -1, np.int32)  # of each of the plan's literals, ours
    for fresh, planned in enumerate((*plan.phrases.values(), *plan.partials.values()), first):
        numbers[planned] = fresh
    fresh = first + len(plan.phrases) + len(plan.partials)
    filters = {name: dict(values) for name, values in filters.items()}
    for (name, value), planned in plan.filters.items():
        numbers[planned] = filters.setdefault(name, {}).setdefault(value, fresh)
        fresh = max(fresh, int(numbers[planned]) + 1)
    words, trees = _with_phrases(tables.words, tables.trees, plan, numbers)
    trees = _with_partials(trees, plan, numbers, fresh)
    return Tables(words, trees, _with_programs(tables.programs, plan, numbers, fresh)), filters


def _with_phrases(words: Words, trees: Trees, plan: Plan, numbers: Numbers) -> tuple[Words, Trees]:
    """Room made, and the phrases of `plan` put in; `numbers` corrected for those that were there."""
    vocabulary = {
        word: i for i, word in enumerate(dict.fromkeys(word for phrase in plan.phrases for word in phrase))
    }
    text, ends = _flat(vocabulary)
    steps = [vocabulary[word] for phrase in plan.phrases for word in phrase]
    words, known = _room_for_words(words, len(vocabulary), len(text)), len(words.nodes)
    trees, nodes = _room_for_nodes(trees, len(steps)), len(trees.literals)
    word_numbers = np.empty(len(ends), np.int32)
    known = building.add_words(words, known, text.view(np.uint64), ends, word_numbers)
    planned = _numbers(list(plan.phrases.values()))
    literals = numbers[planned]
    phrase_ends = np.cumsum([len(phrase) for phrase in plan.phrases], dtype=np.int32)
    nodes = building.add_phrases(words, trees, nodes, word_numbers[_numbers(steps)], phrase_ends, literals)
    numbers[planned] = literals
    words = words._replace(
        starts=words.starts[: known + 1].copy(),
        blocks=words.blocks[: words.starts[known]].copy(),
        nodes=words.nodes[:known].copy(),
    )
    return words, trees._replace(literals=trees.literals[:nodes], goes_on=trees.goes_on[:nodes])


def _with_partials(trees: Trees, plan: Plan, numbers: Numbers, literals: int) -> Trees:
    """The partial words of `plan` put in."""
    nodes = len(trees.literals)
    text, ends = _flat([stem for _, stem in plan.partials])
    trees = _room_for_nodes(trees, len(text))._replace(
        parts=_longer(trees.parts, literals), others=_longer(trees.others, literals, -1)
    )
    parts = np.array([PARTS.index(part) for part, _ in plan.partials], np.uint8)
    planned = _numbers(list(plan.partials.values()))
    ours = numbers[planned]
    nodes = building.add_partials(trees, nodes, text, text.view(np.uint64), ends, parts, ours)
    numbers[planned] = ours
    return trees._replace(literals=trees.literals[:nodes].copy(), goes_on=trees.goes_on[:nodes].copy())


def _with_programs(old: Programs, plan: Plan, numbers: Numbers, literals: int) -> Programs:
    first_query, first_test, first_near = len(old.starts), len(old.tests), len(old.near_distances)
    queries = np.repeat(np.arange(len(plan.anchors), dtype=np.int32), [len(found) for found in plan.anchors])
    anchors = numbers[_numbers([literal for found in plan.anchors for literal in found])]
    watched = np.concatenate(
        [np.repeat(np.arange(len(old.watcher_starts) - 1), np.diff(old.watcher_starts)), anchors]
    )
    order = np.argsort(watched, kind="stable")
    tests = _numbers(plan.tests)
    sides = [side for _, left, right in plan.nears for side in (left, right)]
    side_ends = np.cumsum([len(side) for side in sides], dtype=np.int32) + old.near_starts[-1]
    return Programs(
        watcher_starts=np.concatenate([[0], np.cumsum(np.bincount(watched, minlength=literals))]).astype(
            np.int32
        ),
        watchers=np.concatenate([old.watchers, queries + np.int32(first_query)])[order],
        starts=np.concatenate([old.starts, _numbers(plan.starts) + np.int32(first_test)]),
        tests=np.concatenate(
            [old.tests, np.where(tests < 0, tests - np.int32(first_near), numbers[np.maximum(tests, 0)])]
        ),
        if_there=np.concatenate([old.if_there, np.array(plan.if_there, np.int16)]),
        if_not=np.concatenate([old.if_not, np.array(plan.if_not, np.int16)]),
        near_distances=np.concatenate(
            [old.near_distances, _numbers([distance for distance, _, _ in plan.nears])]
        ),
        near_starts=np.concatenate([old.near_starts, side_ends]),
        near_sides=np.concatenate([old.near_sides, numbers[_numbers([x for side in sides for x in side])]]),
    )


def without(programs: Programs, query: int) -> Programs:
    """Nobody watches for `query` any more. Its tests stay: the set is compiled anew sooner or later."""
    stays = programs.watchers != query
    kept = np.concatenate([[0], np.cumsum(stays)])
    return programs._replace(
        watcher_starts=kept[programs.watcher_starts].astype(np.int32), watchers=programs.watchers[stays]
    )


def _flat(texts: Collection[str]) -> tuple[NDArray[np.uint8], Numbers]:
    """Folded texts end to end in UTF-8, filled up to whole blocks, and where each ends."""
    parts = [text.encode() for text in texts]
    ends = np.cumsum([len(part) for part in parts], dtype=np.int32)
    joined = b"".join(parts)
    return np.frombuffer(joined + bytes(16 - len(joined) % 8), np.uint8), ends


def _room_for_words(words: Words, more: int, size: int) -> Words:
    """A copy with room for more words, of so many bytes together."""
    places = max(_places(len(words.nodes) + more), len(words.hashes))
    longer = Words(
        np.zeros(places, np.uint64),
        np.full(places, -1, np.int32),
        _longer(words.starts, len(words.starts) + more),
        _longer(words.blocks, len(words.blocks) + size // 8 + more),
        np.zeros(places, np.uint8),
        _longer(words.nodes, len(words.nodes) + more, -1),
    )
    building.add_known_words(longer, words.hashes, words.numbers)
    return longer


def _room_for_nodes(trees: Trees, more: int) -> Trees:
    size = _places(int(np.count_nonzero(trees.targets >= 0)) + more)
    keys, targets = _copied(trees.keys, trees.targets, size)
    literals = _longer(trees.literals, len(trees.literals) + more, -1)
    return trees._replace(
        keys=keys, targets=targets, literals=literals, goes_on=_longer(trees.goes_on, len(literals))
    )


def _copied(keys: Array, values: Numbers, size: int) -> tuple[Array, Numbers]:
    """A copy of an open-addressing table, with at least `size` places."""
    if size <= len(keys):
        return keys.copy(), values.copy()
    new_keys, new_values = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    building.insert_all(new_keys, new_values, keys, values)
    return new_keys, new_values


def _places(entries: int) -> int:
    """The size of a table for so many entries: a power of two, at most half full."""
    return 1 << max(6, (2 * entries - 1).bit_length())


def _longer(array: Array, length: int, fill: int = 0) -> Array:
    """A copy of that length."""
    longer = np.full(length, fill, array.dtype)
    longer[: len(array)] = array
    return longer
