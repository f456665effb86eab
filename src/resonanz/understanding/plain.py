"""The sums of the weights without a compiler: the same as `loops.score`, chunk by chunk, each chunk remembered.

Slower, but not slow: what people write repeats, so most chunks are found in a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding import loops
from resonanz.understanding.signs import CAPITAL, CODE_MASK, SHIFT, Kind, cell_of, parts_of

Array = NDArray[Any]
MASK = (1 << 64) - 1
REMEMBERED = 50_000  # chunks; then the memory starts anew
_FACTOR, _SEED, _TOP = int(loops.FACTOR), int(loops.SEED), int(loops.TOP)
_SEEDS = [int(seed) for seed in loops.WORD_SEEDS]
_PLAIN = ~CAPITAL & 0xFFFFFFFF
_AOU = {Kind.WORD << SHIFT | ord(c) for c in "aou"}
_E, _AT, _LINK = Kind.WORD << SHIFT | ord("e"), int(loops.MENTION), int(loops.LINK)


@dataclass(slots=True)
class Chunk:
    """What is read up to a blank, or an emoji."""

    cells: list[int] = field(default_factory=list)
    start: int = 0
    end: int = 0
    letters: int = 0
    capitals: int = 0
    stretched: int = 0

    def append(self, cell: int) -> None:
        kind, plain = cell >> SHIFT, cell & _PLAIN
        if kind == Kind.DOTS:
            if not self.cells or self.cells[-1] not in _AOU:
                return
            plain = _E
        elif kind in (Kind.DROP, Kind.SPACE):
            return
        elif kind == Kind.WORD:
            self.letters += 1
            self.capitals += bool(cell & CAPITAL)
        if self.cells[-loops.SQUEEZED :] == [plain] * loops.SQUEEZED:
            self.stretched += 1
        else:
            self.cells.append(plain)


def chunks(text: str) -> Iterator[Chunk]:
    """The chunks of a text, as `loops.next_chunk` finds them."""
    chunk = Chunk()
    for at, char in enumerate(text):
        cell = cell_of(ord(char))
        kind = cell >> SHIFT
        if kind == Kind.SPACE:
            if chunk.cells:
                yield _named(chunk, at)
                chunk = Chunk()
            continue
        parts = parts_of(cell)
        if chunk.cells and kind == Kind.SOLO:
            yield _named(chunk, at)
            chunk = Chunk()
        elif len(chunk.cells) + len(parts) > loops.MOST_CELLS:
            if _is_link(chunk.cells) or _is_mention(chunk.cells):
                continue
            yield _named(chunk, at)
            chunk = Chunk()
        if not chunk.cells:
            chunk.start = at
        for part in parts:
            chunk.append(part)
        if kind == Kind.SOLO:
            yield _named(chunk, at + 1)
            chunk = Chunk()
    if chunk.cells:
        yield _named(chunk, len(text))


def _is_link(cells: list[int]) -> bool:
    text = "".join(chr(cell & CODE_MASK) for cell in cells[:6])
    return len(cells) >= 5 and (text.startswith("www.") or (text.startswith("http") and ":" in text[4:6]))


def _is_mention(cells: list[int]) -> bool:
    return len(cells) > 1 and cells[0] == _AT and cells[1] >> SHIFT == Kind.WORD


def _named(chunk: Chunk, end: int) -> Chunk:
    chunk.end = end
    if _is_link(chunk.cells):
        chunk.cells = [_LINK]
    elif _is_mention(chunk.cells):
        chunk.cells = [_AT]
    return chunk


def hash_cells(cells: list[int]) -> int:
    mixed = _SEED
    for cell in cells:
        mixed = (mixed ^ cell) * _FACTOR & MASK
    return mixed


def grams(cells: list[int]) -> list[int]:
    """The buckets of a chunk's character n-grams."""
    padded = [int(loops.PAD), *cells, int(loops.PAD)]
    found = []
    for start in range(len(cells) + 1):
        mixed = _SEED
        for length, cell in enumerate(padded[start : start + loops.LONGEST], 1):
            mixed = (mixed ^ cell) * _FACTOR & MASK
            if length >= loops.SHORTEST:
                found.append(mixed >> _TOP)
    return found


def core(cells: list[int]) -> int:
    """The hash of a chunk's word."""
    inside = [i for i, cell in enumerate(cells) if cell >> SHIFT != Kind.PUNCT]
    return hash_cells(cells[inside[0] : inside[-1] + 1] if inside else cells)


def word_gram(seed: int, first: int, second: int = 0, third: int = 0) -> int:
    mixed = (seed ^ first) * _FACTOR & MASK
    for part in (second, third):
        mixed = (mixed ^ mixed >> 29 ^ part) * _FACTOR & MASK
    return mixed >> _TOP


class Known(NamedTuple):
    """What is remembered of a chunk."""

    sums: Array  # int32[COLUMNS]: of its n-grams' weights
    many: int  # n-grams
    word: int  # the hash of its word
    looks: Array  # int32[SURFACES]


class Memory:
    """Chunks and whole tokens met before. For one thread."""

    def __init__(self, weights: Array) -> None:
        self.weights = weights
        self.known: dict[tuple[int, ...], tuple[Array, int, int]] = {}
        self.tokens: dict[str, list[Known]] = {}

    def look_up(self, chunk: Chunk) -> tuple[Array, int, int]:
        """(sum of its n-grams' weights, how many n-grams, the hash of its word)."""
        key = tuple(chunk.cells)
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            buckets = grams(chunk.cells)
            found = self.known[key] = (
                self.weights[buckets].sum(0, np.int32),
                len(buckets),
                core(chunk.cells),
            )
        return found

    def token(self, token: str) -> list[Known]:
        """The chunks of what stands between two blanks."""
        found = self.tokens.get(token)
        if found is None:
            if len(self.tokens) >= REMEMBERED:
                self.tokens.clear()
            found = self.tokens[token] = []
            for chunk in chunks(token):
                looks = np.zeros(loops.SURFACES, np.int32)
                look(chunk, looks)
                found.append(Known(*self.look_up(chunk), looks))
        return found


def score(
    texts: Sequence[str], memory: Memory, by_chars: Array, by_words: Array, counts: Array, surfaces: Array
) -> None:
    """As `loops.score`."""
    for t, text in enumerate(texts):
        first, second, buckets = int(loops.BOUND), int(loops.BOUND), []
        read = [known for token in text.split() for known in memory.token(token)]
        for known in read:
            buckets += word_buckets(first, second, known.word)
            first, second = second, known.word
        if read:
            by_chars[t] = np.sum([known.sums for known in read], 0)
            surfaces[t] = np.sum([known.looks for known in read], 0)
            surfaces[t, loops.ENDS_ASKING] = read[-1].looks[loops.ENDS_ASKING]
            by_words[t] = memory.weights[buckets].sum(0, np.int32)
            counts[t] = sum(known.many for known in read), len(buckets)


def word_buckets(first: int, second: int, third: int) -> list[int]:
    """The buckets of the word n-grams that end with the third word."""
    return [
        word_gram(_SEEDS[0], third),
        word_gram(_SEEDS[1], second, third),
        word_gram(_SEEDS[2], first, second, third),
    ]


def chunk_buckets(word: str) -> tuple[list[int], int]:
    """The buckets of a lone word: of its character n-grams, and of itself as a word."""
    (chunk,) = chunks(word)
    return grams(chunk.cells), word_gram(_SEEDS[0], core(chunk.cells))


def look(chunk: Chunk, surface: Array) -> None:
    """Count what a chunk looks like, as `loops.look`."""
    cells = chunk.cells
    signs_ = [cell & CODE_MASK if cell >> SHIFT == Kind.PUNCT else 0 for cell in cells]
    surface[loops.CHUNKS] += 1
    surface[loops.LETTERS] += chunk.letters
    surface[loops.CAPITALS] += chunk.capitals
    surface[loops.SHOUTED] += chunk.letters > 2 and chunk.capitals == chunk.letters
    surface[loops.STRETCHED] += chunk.stretched > 0
    surface[loops.EMOJI] += cells[0] >> SHIFT == Kind.SOLO
    surface[loops.MENTIONS] += cells == [_AT]
    surface[loops.LINKS] += cells[0] == _LINK
    surface[loops.HASHTAGS] += len(cells) > 1 and signs_[0] == ord("#")
    surface[loops.EXCLAMATIONS] += signs_.count(ord("!"))
    surface[loops.QUESTIONS] += signs_.count(ord("?"))
    surface[loops.DOTTED] += len(cells) > 2 and signs_[-2:] == [ord(".")] * 2
    surface[loops.ENDS_ASKING] = signs_[-1] == ord("?")
