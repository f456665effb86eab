"""The compiled engine: Python strings into the kernel, pairs out."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from resonanz.matching import tables
from resonanz.matching.char_table import char_table
from resonanz.matching.engine import Array, Numbers, Pairs
from resonanz.matching.loops.deciding import NUL_INSIDE, TOO_LITTLE_ROOM, match_texts
from resonanz.matching.plan import Plan
from resonanz.matching.properties import NOTHING_KNOWN, Properties, values
from resonanz.matching.query import Part
from resonanz.matching.tables import EMPTY, Filters, Tables

# Texts handed to the loops at a time: their bytes then stay in the processor's cache. The characters are limited as
# well (a longer text goes alone), for memory is laid out for as many words and hits as there may be characters.
BATCH, BATCH_CHARACTERS = 512, 1 << 17


class FilterHits(NamedTuple):
    """Of each text, the filters that match it."""

    starts: Numbers  # of text n: literals[starts[n] : starts[n + 1]]
    literals: Numbers


class Asked(NamedTuple):
    """What the queries ask for beyond words and phrases; the rest is not looked for."""

    tags: bool
    partials: bool
    inside: bool  # some of these not only at the start of a word


WORDS_ONLY = Asked(tags=False, partials=False, inside=False)


class Scratch(NamedTuple):
    """Memory that the loops work in. Never shared: each call of `match` has its own."""

    codes: Array  # a batch's code points
    plain: Array  # the same as bytes, as far as they are ASCII
    plain_blocks: Array  # the same memory, eight bytes each
    text: Array  # a folded text in UTF-8
    blocks: Array  # the same memory, eight bytes each
    starts: Array  # a bit for each of its bytes: does a word start here?
    ends: Array  # did one end before this?
    bounds: Numbers  # where each of its words starts and ends
    found: Numbers  # its known words: number, place
    marks: Array  # for NEAR: in which test something began here, ended here
    near_stamp: Array  # how many NEAR tests there were
    hits: Numbers  # literal, first word, last word
    last: Array  # of each literal, the text and place of its last partial word
    there: Numbers  # of each literal, the last text that has it
    looked_at: Numbers  # of each query, the last text it was tested for
    candidates: Numbers  # queries to be tested
    texts: Numbers  # the pairs found
    queries: Numbers


@dataclass(frozen=True, slots=True)
class CompiledEngine:
    """Queries in arrays. Never changed once made; `extended` and `without` return another."""

    name = "compiled"

    tables: Tables = EMPTY
    filters: Filters = field(default_factory=dict)
    asked: Asked = WORDS_ONLY

    def extended(self, plan: Plan) -> CompiledEngine:
        tags = any(phrase[0][0] in "#@" for phrase in plan.phrases) or any(
            stem[0] in "#@" for _, stem in plan.partials
        )
        inside = any(part is not Part.START for part, _ in plan.partials)
        asked = Asked(
            self.asked.tags or tags, self.asked.partials or bool(plan.partials), self.asked.inside or inside
        )
        return CompiledEngine(*tables.extended(self.tables, self.filters, plan), asked)

    def without(self, query: int) -> CompiledEngine:
        programs = tables.without(self.tables.programs, query)
        return CompiledEngine(self.tables._replace(programs=programs), self.filters, self.asked)

    def match(self, texts: Sequence[str], properties: Sequence[Properties] | None = None) -> Pairs:
        found: list[Pairs] = []
        scratch, stamp = self._scratch(1 << 16), 1
        for at, end in batches(texts):
            batch = texts[at:end]
            filters = self._filter_hits(batch, properties and properties[at:end])
            pairs = TOO_LITTLE_ROOM
            while pairs < 0:
                if pairs == NUL_INSIDE:
                    batch = [text.replace("\0", " ") for text in batch]
                length = copy_codes(batch, scratch.codes)
                if length <= len(scratch.codes):
                    pairs = match_texts(
                        length, len(batch), stamp, char_table(), self.tables, self.asked, filters, scratch
                    )
                    stamp += len(batch)
                if pairs == TOO_LITTLE_ROOM:
                    scratch = self._scratch(max(4 * len(scratch.text), 2 * length))
            found.append((scratch.texts[:pairs] + np.int32(at), scratch.queries[:pairs].copy()))
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])

    def _scratch(self, room: int) -> Scratch:
        """For so many code points of a batch, bytes of a text and pairs. Memory that is not touched costs nothing."""
        programs, literals = self.tables.programs, len(self.tables.trees.parts)
        plain, blocks = np.empty(room // 8 + 4, np.uint64), np.empty(room // 8 + 4, np.uint64)
        return Scratch(
            codes=np.empty(room, np.uint32),
            plain=plain.view(np.uint8),
            plain_blocks=plain,
            text=blocks.view(np.uint8)[:room],
            blocks=blocks,
            starts=np.empty(room // 64 + 4, np.uint64),
            ends=np.empty(room // 64 + 4, np.uint64),
            bounds=np.empty(2 * room + 2, np.int32),
            found=np.empty((room, 2), np.int32),
            marks=np.zeros((room + 64 if len(programs.near_distances) else 0, 2), np.int64),
            near_stamp=np.zeros(1, np.int64),
            hits=np.empty((room, 3), np.int32),
            last=np.zeros(literals, np.int64),
            there=np.zeros(literals, np.int32),
            looked_at=np.zeros(len(programs.starts), np.int32),
            candidates=np.empty(len(programs.starts), np.int32),
            texts=np.empty(room, np.int32),
            queries=np.empty(room, np.int32),
        )

    def _filter_hits(self, texts: Sequence[str], properties: Sequence[Properties] | None) -> FilterHits:
        if not self.filters:
            return FilterHits(np.zeros(len(texts) + 1, np.int32), np.zeros(0, np.int32))
        literals: list[int] = []
        starts = [0]
        for number, text in enumerate(texts):
            known = properties[number] if properties else NOTHING_KNOWN
            for name, wanted in self.filters.items():
                literals += [wanted[value] for value in values(name, text, known) if value in wanted]
            starts.append(len(literals))
        return FilterHits(np.array(starts, np.int32), np.array(literals, np.int32))

    @property
    def nbytes(self) -> int:
        """Bytes that the tables take."""
        return sum(array.nbytes for group in self.tables for array in group)


def batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each batch: halved until it is small enough."""
    start = 0
    while start < len(texts):
        end = min(start + BATCH, len(texts))
        while end > start + 1 and sum(map(len, texts[start:end])) > BATCH_CHARACTERS:
            end = (start + end) // 2
        yield start, end
        start = end


def copy_codes(texts: Sequence[str], codes: Array) -> int:
    """Put the texts' code points into `codes`, a NUL after each; returns how many, more than fit if there is no room.

    By a function of CPython's stable ABI: encoding makes a copy more, and looks at each character for surrogates.
    """
    joined = "\0".join(texts)
    if len(joined) < len(codes):
        _AS_UCS4(joined, codes.ctypes.data, len(codes), 1)
    return len(joined) + 1


_AS_UCS4 = ctypes.pythonapi.PyUnicode_AsUCS4
_AS_UCS4.argtypes = (ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int)
_AS_UCS4.restype = ctypes.c_void_p
