"""The tables of the compiled engine filled: words numbered, phrases and partial words made into paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from resonanz.matching.engine import Array, Numbers
from resonanz.matching.loops.blocks import BLOCK, block_at
from resonanz.matching.loops.hashing import bit_of, find, find_word, hash_of, insert
from resonanz.matching.loops.jit import entry, inner
from resonanz.matching.loops.reading import edge, stem_key
from resonanz.matching.query import MIN_STEM

if TYPE_CHECKING:
    from resonanz.matching.tables import Trees, Words


@inner
def place_word(words: Words, mixed: Any, number: int) -> None:
    """Enter a hash that is not there yet."""
    at = np.int64(mixed) & (len(words.hashes) - 1)
    while words.numbers[at] >= 0:
        at = (at + 1) & (len(words.hashes) - 1)
    words.hashes[at], words.numbers[at] = mixed, number
    byte, bit = bit_of(words.maybe, mixed)
    words.maybe[byte] |= bit


@entry
def add_known_words(words: Words, hashes: Array, numbers: Numbers) -> None:
    """Enter what is in another table of hashes."""
    for at in range(len(hashes)):
        if numbers[at] >= 0:
            place_word(words, hashes[at], numbers[at])


@entry
def add_words(words: Words, known: int, blocks: Array, ends: Numbers, numbers: Numbers) -> int:
    """Number the words in `blocks`, new ones from `known` on, in the room of `words`. Returns how many there are."""
    start = 0
    for i in range(len(ends)):
        mixed = hash_of(blocks, start, ends[i])
        numbers[i] = find_word(words, blocks, start, ends[i], mixed)
        if numbers[i] < 0:
            after = words.starts[known]
            for at in range(start, ends[i], BLOCK):
                words.blocks[after] = block_at(blocks, at, ends[i])
                after += 1
            words.starts[known + 1] = after
            place_word(words, mixed, known)
            words.nodes[known] = -1
            numbers[i] = known
            known += 1
        start = ends[i]
    return known


@entry
def insert_all(keys: Array, values: Numbers, from_keys: Array, from_values: Numbers) -> None:
    """Fill a table with what is in another."""
    for at in range(len(from_keys)):
        if from_values[at] >= 0:
            insert(keys, values, from_keys[at], from_values[at])


@inner
def step(trees: Trees, nodes: int, key: Any) -> tuple[int, int]:
    """The node that `key` leads to, made if there is none; and how many nodes there are then."""
    node = find(trees.keys, trees.targets, key)
    if node >= 0:
        return node, nodes
    insert(trees.keys, trees.targets, key, nodes)
    trees.literals[nodes] = -1
    return nodes, nodes + 1


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
    trees: Trees, nodes: int, text: Array, blocks: Array, ends: Numbers, parts: Array, literals: Numbers
) -> int:
    """The same for partial words (UTF-8): at one node may end a literal for each kind of part."""
    start = 0
    for i in range(len(ends)):
        node, nodes = step(trees, nodes, stem_key(blocks, start))
        for k in range(start + MIN_STEM, ends[i]):
            trees.goes_on[node] = 1
            node, nodes = step(trees, nodes, edge(node, text[k]))
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
