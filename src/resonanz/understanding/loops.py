"""From UTF-8 to features and to sums of weights in one pass: folding, cutting, hashing, adding.

A text is cut at blanks into *chunks* (and each emoji is one); a chunk's features are its character n-grams, those of
the text the n-grams of its words. All functions stand in this one file: numba keeps what it compiled across processes
and notices a change only of the file a function stands in. `plain.py` is the way without a compiler; it must find the
same to the last bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding.compiled import entry, inner
from resonanz.understanding.signs import CAPITAL, CODE_MASK, SHIFT, Kind, Signs

Array = NDArray[Any]

SCHEME = 1  # of the features: a model is read with the scheme that it was trained with
BITS = 18
BUCKETS = 1 << BITS
COLUMNS = 32  # weights of a bucket: half a cache line of int8
MOST_CELLS = (
    40  # a longer chunk is cut; 40 cells have at most 195 n-grams, so a sum of int8 weights fits int16
)
LONGEST, SHORTEST = 6, 2  # characters of an n-gram
MOST_GRAMS = 195
SQUEEZED = 3  # so many of the same sign in a row are kept
WORDS = 3  # words of the longest word n-gram

# What is counted beside: see `features.SURFACE`.
(
    LETTERS,
    CAPITALS,
    CHUNKS,
    SHOUTED,
    EXCLAMATIONS,
    QUESTIONS,
    EMOJI,
    MENTIONS,
    LINKS,
    HASHTAGS,
    STRETCHED,
    DOTTED,
    ENDS_ASKING,
) = range(13)
SURFACES = 13

# FNV-1a's way of mixing, with a 64-bit odd factor (2^64 divided by the golden ratio) that spreads into the high bits.
SEED, FACTOR = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
TOP = np.uint64(64 - BITS)
WORD_SEEDS = (np.uint64(0xA5A5A5A5A5A5A5A5), np.uint64(0xC3C3C3C3C3C3C3C3), np.uint64(0x9696969696969696))
BOUND = np.uint64(0x5851F42D4C957F2D)  # stands for the text's beginning and end
_SPACE, _WORD, _SOLO, _PUNCT, _DROP, _DOTS, _SEVERAL = (int(kind) for kind in Kind)
PAD = np.uint32(_SPACE << SHIFT | ord(" "))
MENTION, LINK = np.uint32(_PUNCT << SHIFT | ord("@")), np.uint32(_PUNCT << SHIFT | 1)
_A, _O, _U, _E, _H, _T, _P, _W = (np.uint32(_WORD << SHIFT | ord(c)) for c in "aouehtpw")
_HASH, _DOT, _COLON, _BANG, _ASK = (np.uint32(_PUNCT << SHIFT | ord(c)) for c in "#.:!?")
_PLAIN = np.uint32(~CAPITAL & 0xFFFFFFFF)
_ITSELF = (np.uint32(_WORD << SHIFT), np.uint32(_SOLO << SHIFT))


class Scratch(NamedTuple):
    """Memory that the loops work in; never shared between threads."""

    chunk: Array  # uint32[MOST_CELLS]: the cells of the chunk at hand
    span: Array  # int64[7]: where it lies and what it is like, see below
    found: Array  # int32[MOST_GRAMS]: its buckets
    keys: Array  # uint64[a power of two]: the chunks met last
    sums: Array  # int16[the same, COLUMNS + 1]: what their n-grams' weights add up to, and how many n-grams they have


N, LETTER_COUNT, CAPITAL_COUNT, STRETCH_COUNT, FROM, TO, AT = range(7)  # places in a span


def scratch(chunks: int = 1 << 13) -> Scratch:
    """Fresh memory that remembers so many chunks, 74 bytes each."""
    return Scratch(
        np.empty(MOST_CELLS, np.uint32),
        np.zeros(7, np.int64),
        np.empty(MOST_GRAMS, np.int32),
        np.zeros(chunks, np.uint64),
        np.zeros((chunks, COLUMNS + 1), np.int16),
    )


@inner
def decode(data: Array, i: int) -> tuple[Any, int]:
    """The code point at byte `i` of valid UTF-8, and where the next begins."""
    first = np.int64(data[i])
    if first < 0x80:
        return first, i + 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | np.int64(data[i + 1]) & 0x3F, i + 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (np.int64(data[i + 1]) & 0x3F) << 6 | np.int64(
            data[i + 2]
        ) & 0x3F, i + 3
    return (
        (first & 0x07) << 18
        | (np.int64(data[i + 1]) & 0x3F) << 12
        | (np.int64(data[i + 2]) & 0x3F) << 6
        | np.int64(data[i + 3]) & 0x3F
    ), i + 4


@inner
def is_link(chunk: Array, n: int) -> bool:
    if n < 5 or chunk[0] == _W:
        return bool(n >= 5 and chunk[1] == _W and chunk[2] == _W and chunk[3] == _DOT)
    http = chunk[0] == _H and chunk[1] == _T and chunk[2] == _T and chunk[3] == _P
    return bool(http and (chunk[4] == _COLON or (n > 5 and chunk[5] == _COLON)))


@inner
def is_mention(chunk: Array, n: int) -> bool:
    return bool(n > 1 and chunk[0] == MENTION and chunk[1] >> np.uint32(SHIFT) == _WORD)


@inner
def append(chunk: Array, n: int, cell: Any, span: Array) -> int:
    """The chunk's length with one more cell; capitals counted, umlaut dots made an e, long runs squeezed."""
    kind = cell >> np.uint32(SHIFT)
    plain = cell & _PLAIN
    if kind == _DOTS:
        last = chunk[n - 1] if n else PAD
        if last not in (_A, _O, _U):
            return n
        plain = _E
    elif kind in (_DROP, _SPACE):
        return n
    elif kind == _WORD:
        span[LETTER_COUNT] += 1
        if cell & np.uint32(CAPITAL):
            span[CAPITAL_COUNT] += 1
    if n >= SQUEEZED and chunk[n - 1] == plain and chunk[n - 2] == plain and chunk[n - 3] == plain:
        span[STRETCH_COUNT] += 1
        return n
    chunk[n] = plain
    return n + 1


@inner
def next_chunk(data: Array, i: int, end: int, signs: Signs, chunk: Array, span: Array) -> int:
    """Read the next chunk from byte `i`; returns where to go on. `span[N]` is 0 if there is none left.

    A mention or a link becomes a single cell, whoever or wherever it names.
    """
    n = 0
    span[LETTER_COUNT] = span[CAPITAL_COUNT] = span[STRETCH_COUNT] = 0
    while i < end:
        code, following = decode(data, i)
        cell = signs.cells[np.int64(signs.pages[code >> 8]) << 8 | code & 255]
        if cell == _ITSELF[0] or cell == _ITSELF[1]:
            cell |= np.uint32(code)
        kind = cell >> np.uint32(SHIFT)
        if kind == _SPACE or (kind == _SOLO and n):
            if n:
                break
        else:
            several = kind == _SEVERAL
            more = np.int64(cell & np.uint32(31)) if several else 1
            if n + more > MOST_CELLS:
                if not (is_link(chunk, n) or is_mention(chunk, n)):
                    break
            elif several:
                where = np.int64(cell & np.uint32(CODE_MASK)) >> 5
                if not n:
                    span[FROM] = span[AT]
                for k in range(where, where + more):
                    n = append(chunk, n, signs.several[k], span)
            else:
                if not n:
                    span[FROM] = span[AT]
                n = append(chunk, n, cell, span)
        i = following
        span[AT] += 1
        if kind == _SOLO:
            break
    span[TO] = span[AT]
    if is_link(chunk, n):
        chunk[0], n = LINK, 1
    elif is_mention(chunk, n):
        chunk[0], n = MENTION, 1
    span[N] = n
    return i


@inner
def hash_cells(chunk: Array, start: int, end: int) -> Any:
    mixed = SEED
    for i in range(start, end):
        mixed = (mixed ^ np.uint64(chunk[i])) * FACTOR
    return mixed


@inner
def core(chunk: Array, n: int) -> Any:
    """The hash of a chunk's word: without the punctuation around it, if anything is left then."""
    start, end = 0, n
    while start < end and chunk[start] >> np.uint32(SHIFT) == _PUNCT:
        start += 1
    while end > start and chunk[end - 1] >> np.uint32(SHIFT) == _PUNCT:
        end -= 1
    return hash_cells(chunk, start, end) if start < end else hash_cells(chunk, 0, n)


@inner
def grams(chunk: Array, n: int, found: Array, at: int) -> int:
    """Write the buckets of a chunk's character n-grams, a blank at each end, from `at` on; returns where they end."""
    for start in range(n + 1):
        mixed = SEED
        for k in range(start, min(start + LONGEST, n + 2)):
            cell = PAD if k == 0 or k > n else chunk[k - 1]
            mixed = (mixed ^ np.uint64(cell)) * FACTOR
            if k - start + 1 >= SHORTEST:
                found[at] = np.int32(mixed >> TOP)
                at += 1
    return at


@inner
def word_gram(seed: Any, first: Any, second: Any, third: Any) -> Any:
    """The bucket of a word n-gram from its words' hashes; 0 for words it does not have."""
    mixed = (seed ^ first) * FACTOR
    mixed = ((mixed ^ mixed >> np.uint64(29)) ^ second) * FACTOR
    mixed = ((mixed ^ mixed >> np.uint64(29)) ^ third) * FACTOR
    return np.int64(mixed >> TOP)


@inner
def look(chunk: Array, span: Array, surfaces: Array, t: int) -> None:
    """Count what a chunk looks like."""
    n = span[N]
    surfaces[t, CHUNKS] += 1
    surfaces[t, LETTERS] += span[LETTER_COUNT]
    surfaces[t, CAPITALS] += span[CAPITAL_COUNT]
    surfaces[t, SHOUTED] += span[LETTER_COUNT] > 2 and span[CAPITAL_COUNT] == span[LETTER_COUNT]
    surfaces[t, STRETCHED] += span[STRETCH_COUNT] > 0
    surfaces[t, EMOJI] += chunk[0] >> np.uint32(SHIFT) == _SOLO
    surfaces[t, MENTIONS] += n == 1 and chunk[0] == MENTION
    surfaces[t, LINKS] += chunk[0] == LINK
    surfaces[t, HASHTAGS] += n > 1 and chunk[0] == _HASH
    for k in range(n):
        surfaces[t, EXCLAMATIONS] += chunk[k] == _BANG
        surfaces[t, QUESTIONS] += chunk[k] == _ASK
    surfaces[t, DOTTED] += n > 2 and chunk[n - 1] == _DOT and chunk[n - 2] == _DOT
    surfaces[t, ENDS_ASKING] = chunk[n - 1] == _ASK


@entry
def extract(
    data: Array, ends: Array, signs: Signs, work: Scratch, found: Array, heard: Array, counts: Array, surfaces: Array
) -> int:  # fmt: skip
    """The buckets of every text, for training: of its character n-grams, then of its word n-grams.

    `found` int32 has room for 8 × the bytes and 8 × the texts, `heard` int32 for 3 × the longest text's bytes and 6.
    `counts` int32[texts, 2]: how many of each. Returns how many buckets were written.
    """
    at = i = 0
    for t in range(len(ends)):
        first, second, words, before = BOUND, BOUND, 0, at
        work.span[AT] = 0
        while True:
            i = next_chunk(data, i, ends[t], signs, work.chunk, work.span)
            n = work.span[N]
            if not n:
                if i >= ends[t]:
                    break
                continue
            look(work.chunk, work.span, surfaces, t)
            at = grams(work.chunk, n, found, at)
            third = core(work.chunk, n)
            heard[words] = word_gram(WORD_SEEDS[0], third, np.uint64(0), np.uint64(0))
            heard[words + 1] = word_gram(WORD_SEEDS[1], second, third, np.uint64(0))
            heard[words + 2] = word_gram(WORD_SEEDS[2], first, second, third)
            first, second, words = second, third, words + WORDS
        counts[t, 0], counts[t, 1] = at - before, words
        for k in range(words):
            found[at] = heard[k]
            at += 1
    return at


class Weights(NamedTuple):
    """Read-only."""

    rows: Array  # int8[BUCKETS, COLUMNS]
    bits: (
        Array  # uint8[BUCKETS / 8]: whether a row has anything but zeros; small enough for the nearest cache
    )


def weights_of(rows: Array) -> Weights:
    return Weights(np.ascontiguousarray(rows), np.packbits(rows.any(1), bitorder="little"))


@inner
def counts_for(weights: Weights, bucket: int) -> bool:
    return bool(weights.bits[bucket >> 3] >> np.uint8(bucket & 7) & np.uint8(1))


@inner
def remember(chunk: Array, n: int, weights: Weights, work: Scratch) -> Any:
    """The place in `work.sums` of what the n-grams of a chunk add up to; added up unless it was met lately."""
    key = hash_cells(chunk, 0, n)
    place = np.int64(key >> np.uint64(20)) & (len(work.keys) - 1)
    if work.keys[place] != key:
        work.keys[place] = key
        many = grams(chunk, n, work.found, 0)
        for c in range(COLUMNS):
            work.sums[place, c] = 0
        for k in range(many):
            bucket = work.found[k]
            if counts_for(weights, bucket):
                for c in range(COLUMNS):
                    work.sums[place, c] += weights.rows[bucket, c]
        work.sums[place, COLUMNS] = many
    return place


@inner
def add_words(weights: Weights, bucket: int, by_words: Array, t: int) -> None:
    if counts_for(weights, bucket):
        for c in range(COLUMNS):
            by_words[t, c] += weights.rows[bucket, c]


@entry
def score(
    data: Array, ends: Array, signs: Signs, weights: Weights, work: Scratch, by_chars: Array, by_words: Array,
    counts: Array, surfaces: Array,
) -> None:  # fmt: skip
    """Sums of the weights of every text's features, in integers: the order of adding does not matter.

    `work` must have met no other weights. Results, zero at first: `by_chars` and
    `by_words` int32[texts, COLUMNS], `counts` int32[texts, 2], `surfaces` int32[texts, SURFACES].
    """
    i = 0
    for t in range(len(ends)):
        first, second = BOUND, BOUND
        work.span[AT] = 0
        while True:
            i = next_chunk(data, i, ends[t], signs, work.chunk, work.span)
            n = work.span[N]
            if not n:
                if i >= ends[t]:
                    break
                continue
            look(work.chunk, work.span, surfaces, t)
            place = remember(work.chunk, n, weights, work)
            third = core(work.chunk, n)
            for c in range(COLUMNS):
                by_chars[t, c] += work.sums[place, c]
            add_words(weights, word_gram(WORD_SEEDS[0], third, np.uint64(0), np.uint64(0)), by_words, t)
            add_words(weights, word_gram(WORD_SEEDS[1], second, third, np.uint64(0)), by_words, t)
            add_words(weights, word_gram(WORD_SEEDS[2], first, second, third), by_words, t)
            counts[t, 0] += work.sums[place, COLUMNS]
            counts[t, 1] += WORDS
            first, second = second, third
