"""From code points to features and to sums of weights in one pass: folding, cutting, hashing, adding.

A text is cut at blanks into *chunks* (and each emoji is one); a chunk's features are its character n-grams, those of
the text the n-grams of its words. All functions stand in this one file: numba keeps what it compiled across processes
and notices a change only of the file a function stands in. `plain.py` is the way without a compiler; it must find the
same to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    span: Array  # int64[4]: what it is like, see below
    found: Array  # int32[MOST_GRAMS]: its buckets
    heard: Array  # int32[MOST_HEARD]: the buckets of the last words
    keys: Array  # uint64[a power of two]: the tokens met last
    # What their chunks are: 128 bytes for each, and for one that is not kept; seen in four ways.
    ints: Array  # int32[keys + 1, 32]: from 0 on what they look like
    octets: Array  # uint8[keys + 1, 128]: at GRAMS, ROWS and TAKEN
    words: Array  # uint64[keys + 1, 16]: at CORE, and from SUMS on
    halves: Array  # uint16[keys + 1, 64]: from 4 * SUMS on


N, LETTER_COUNT, CAPITAL_COUNT, STRETCH_COUNT = range(4)  # places in a span
GRAMS, ROWS, TAKEN = 52, 53, 54  # how many n-grams, how many of them weigh anything, of how many code points
CORE, SUMS = 7, 8
LONGEST_KEPT = 64  # code points of a token that is remembered
MOST_HEARD = 255  # so many bytes' sum fits 16 bits
_LINE = 64


def scratch(tokens: int = 1 << 13) -> Scratch:
    """Fresh memory that remembers so many tokens (a power of two), 136 bytes each."""
    memory = np.zeros(128 * (tokens + 1) + _LINE, np.uint8)
    start = -memory.ctypes.data % _LINE
    octets = memory[start : start + 128 * (tokens + 1)].reshape(-1, 128)
    return Scratch(
        np.empty(MOST_CELLS, np.uint32),
        np.zeros(4, np.int64),
        np.empty(MOST_GRAMS + 1, np.int32),
        np.empty(MOST_HEARD + 1, np.int32),
        np.zeros(tokens, np.uint64),
        octets.view(np.int32),
        octets,
        octets.view(np.uint64),
        octets.view(np.uint16),
    )


def codes_of(texts: Sequence[str]) -> tuple[Array, Array]:
    """All texts' code points, uint32, and where each text ends, int64[texts]."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes, np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))


@inner
def cell_of(code: Any, signs: Signs) -> Any:
    """The cell of a code point."""
    cell = signs.cells[np.int64(signs.pages[code >> np.uint32(8)]) << 8 | np.int64(code & np.uint32(255))]
    return cell | code if cell == _ITSELF[0] or cell == _ITSELF[1] else cell


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
def next_chunk(codes: Array, i: int, end: int, signs: Signs, chunk: Array, span: Array) -> int:
    """Read the next chunk from code point `i`; returns where to go on. `span[N]` is 0 if there is none left.

    A mention or a link becomes a single cell, whoever or wherever it names.
    """
    n = 0
    span[LETTER_COUNT] = span[CAPITAL_COUNT] = span[STRETCH_COUNT] = 0
    while i < end:
        cell = cell_of(codes[i], signs)
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
                for k in range(where, where + more):
                    n = append(chunk, n, signs.several[k], span)
            else:
                n = append(chunk, n, cell, span)
        i += 1
        if kind == _SOLO:
            break
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


@inner
def word_grams(first: Any, second: Any, third: Any, heard: Array, at: int) -> int:
    """Write the buckets of the word n-grams that end with the third word from `at` on; returns where they end."""
    heard[at] = word_gram(WORD_SEEDS[0], third, np.uint64(0), np.uint64(0))
    heard[at + 1] = word_gram(WORD_SEEDS[1], second, third, np.uint64(0))
    heard[at + 2] = word_gram(WORD_SEEDS[2], first, second, third)
    return at + WORDS


@entry
def extract(
    codes: Array, ends: Array, signs: Signs, work: Scratch, found: Array, heard: Array, counts: Array, surfaces: Array
) -> int:  # fmt: skip
    """The buckets of every text, for training: of its character n-grams, then of its word n-grams.

    `found` int32 has room for 9 × the cells, the texts and 1, `heard` int32 for 3 × the longest text's code points.
    `counts` int32[texts, 2]: how many of each. Returns how many buckets were written.
    """
    at = i = 0
    for t in range(len(ends)):
        first, second, words, before = BOUND, BOUND, 0, at
        i = next_chunk(codes, i, ends[t], signs, work.chunk, work.span)
        while work.span[N]:
            look(work.chunk, work.span, surfaces, t)
            at = grams(work.chunk, work.span[N], found, at)
            third = core(work.chunk, work.span[N])
            words = word_grams(first, second, third, heard, words)
            first, second = second, third
            i = next_chunk(codes, i, ends[t], signs, work.chunk, work.span)
        counts[t, 0], counts[t, 1] = at - before, words
        for k in range(words):
            found[at] = heard[k]
            at += 1
    return at


class Weights(NamedTuple):
    """Read-only."""

    rows: Array  # uint64[BUCKETS, COLUMNS / 8]: bytes, 128 more than the weight; see `add_rows`
    bits: (
        Array  # uint8[BUCKETS / 8]: whether a row has anything but zeros; small enough for the nearest cache
    )


BIAS = 128


def weights_of(rows: Array) -> Weights:
    """What the loops read from int8[BUCKETS, COLUMNS]."""
    half = COLUMNS // 2
    pairs = np.stack([rows[:, :half], rows[:, half:]], axis=2).view(np.uint8) ^ BIAS
    return Weights(pairs.reshape(-1).view(np.uint64), np.packbits(rows.any(1), bitorder="little"))


_EVEN, _BYTE, _WORDS = np.uint64(0x00FF00FF00FF00FF), np.uint64(8), np.uint64(COLUMNS // 8)


@inner
def add_rows(weights: Weights, buckets: Array, many: Any, work: Scratch, place: Any) -> Any:
    """Add up the rows of up to MOST_HEARD buckets into `work.words[place]`; returns how many rows weighed anything.

    Four sums of 16 bits lie in a word; even bytes are the first half of the columns, odd ones the second, so the sums
    lie in order. Overwrites `buckets`.
    """
    rows: Any = 0
    for k in range(many):  # no branch: whether a row weighs anything is a toss
        bucket = buckets[k]
        buckets[rows] = bucket
        rows += np.int64(weights.bits[bucket >> 3] >> np.uint8(bucket & 7) & np.uint8(1))
    # A loop whose end is not known is not turned into one over several rows at a time, which is slower.
    buckets[rows] = -1
    a = b = c = d = e = f = g = h = np.uint64(0)
    k = 0
    while buckets[k] >= 0:
        at = np.uint64(buckets[k]) * _WORDS
        one, two = weights.rows[at], weights.rows[at + np.uint64(1)]
        three, four = weights.rows[at + np.uint64(2)], weights.rows[at + np.uint64(3)]
        a, b, c, d = a + (one & _EVEN), b + (two & _EVEN), c + (three & _EVEN), d + (four & _EVEN)
        e, f = e + (one >> _BYTE & _EVEN), f + (two >> _BYTE & _EVEN)
        g, h = g + (three >> _BYTE & _EVEN), h + (four >> _BYTE & _EVEN)
        k += 1
    sums = work.words
    sums[place, SUMS], sums[place, SUMS + 1], sums[place, SUMS + 2], sums[place, SUMS + 3] = a, b, c, d
    sums[place, SUMS + 4], sums[place, SUMS + 5], sums[place, SUMS + 6], sums[place, SUMS + 7] = e, f, g, h
    return rows


@inner
def token(codes: Array, i: int, end: int, signs: Signs) -> tuple[int, Any]:
    """Where the code points end that hang together at `i`, a blank or an emoji ahead, and their hash."""
    mixed, start = SEED, i
    while i < end:
        kind = cell_of(codes[i], signs) >> np.uint32(SHIFT)
        if kind == _SPACE or (kind == _SOLO and i > start):
            break
        mixed = (mixed ^ np.uint64(codes[i])) * FACTOR
        i += 1
        if kind == _SOLO:
            break
    return i, mixed


@inner
def learn(codes: Array, i: int, end: int, signs: Signs, weights: Weights, work: Scratch, place: Any) -> int:
    """Write down at a place what the chunk at code point `i` is; returns where it ends."""
    following = next_chunk(codes, i, end, signs, work.chunk, work.span)
    n = work.span[N]
    for k in range(SURFACES):
        work.ints[place, k] = 0
    if n:
        look(work.chunk, work.span, work.ints, place)
        work.words[place, CORE] = core(work.chunk, n)
    many = grams(work.chunk, n, work.found, 0) if n else 0
    work.octets[place, GRAMS] = many
    work.octets[place, ROWS] = add_rows(weights, work.found, many, work, place)
    work.octets[place, TAKEN] = min(following - i, 255)
    return following


@inner
def remember(
    codes: Array, i: int, end: int, signs: Signs, weights: Weights, work: Scratch
) -> tuple[Any, Any]:
    """The place of the next chunk, looked at anew unless it was met lately, and where to go on."""
    spare = len(work.keys)
    last = min(end, i + LONGEST_KEPT)
    behind, key = token(codes, i, last, signs)
    if behind == last and last < end:
        return spare, learn(codes, i, end, signs, weights, work, spare)
    place = np.int64(key >> np.uint64(20)) & (spare - 1)
    if work.keys[place] != key:
        work.keys[place] = key
        learn(codes, i, behind, signs, weights, work, place)
    return place, i + np.int64(work.octets[place, TAKEN])


@inner
def add(work: Scratch, place: Any, rows: Any, sums: Array, t: int) -> None:
    """Add the sums at a place, of so many rows, to those of a text."""
    for c in range(COLUMNS):
        sums[t, c] += np.int32(work.halves[place, 4 * SUMS + c]) - np.int32(BIAS * rows)


@entry
def score(
    codes: Array, ends: Array, signs: Signs, weights: Weights, work: Scratch, by_chars: Array, by_words: Array,
    counts: Array, surfaces: Array,
) -> None:  # fmt: skip
    """Sums of the weights of every text's features, in integers: the order of adding does not matter.

    `codes` uint32, one text after the other, `ends` int64[texts]. `work` must have met no other weights. Results, zero
    at first: `by_chars` and `by_words` int32[texts, COLUMNS], `counts` int32[texts, 2], `surfaces` int32[texts,
    SURFACES].
    """
    i, spare = 0, len(work.keys)
    for t in range(len(ends)):
        first, second, heard = BOUND, BOUND, 0
        while i < ends[t]:
            if cell_of(codes[i], signs) >> np.uint32(SHIFT) == _SPACE:
                i += 1
                continue
            place, i = remember(codes, i, ends[t], signs, weights, work)
            many = np.int64(work.octets[place, GRAMS])
            if not many:
                continue
            add(work, place, np.int64(work.octets[place, ROWS]), by_chars, t)
            counts[t, 0] += many
            counts[t, 1] += WORDS
            for k in range(ENDS_ASKING):
                surfaces[t, k] += work.ints[place, k]
            surfaces[t, ENDS_ASKING] = work.ints[place, ENDS_ASKING]
            third = work.words[place, CORE]
            heard = word_grams(first, second, third, work.heard, heard)
            first, second = second, third
            if heard == MOST_HEARD:
                add(work, spare, add_rows(weights, work.heard, heard, work, spare), by_words, t)
                heard = 0
        add(work, spare, add_rows(weights, work.heard, heard, work, spare), by_words, t)
