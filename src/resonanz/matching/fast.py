"""The compiled engine: Python strings into the kernel, pairs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from resonanz.matching import loops, tables
from resonanz.matching.char_table import MOST_CELLS, char_table
from resonanz.matching.engine import Array, Numbers, Pairs
from resonanz.matching.plan import Plan
from resonanz.matching.properties import NOTHING_KNOWN, Properties, keys
from resonanz.matching.query import Field, Part
from resonanz.matching.tables import EMPTY, Tables

BATCH = 512  # texts handed to the loops at a time: their bytes then stay in the processor's cache


class Filters(NamedTuple):
    """Of each text, the filters that match it."""

    starts: Numbers  # of text n: literals[starts[n] : starts[n + 1]]
    literals: Numbers


class Scratch(NamedTuple):
    """Memory that the loops work in. Never shared: each call of `match` has its own."""

    chars: Array  # cells of a text
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
    filters: dict[tuple[Field, str], int] = field(default_factory=dict)
    flags: tuple[bool, bool, bool] = (False, False, False)  # tags? partial words? some inside a word?

    def extended(self, plan: Plan) -> CompiledEngine:
        tags = any(phrase[0][0] in "#@" for phrase in plan.phrases) or any(
            stem[0] in "#@" for _, stem in plan.partials
        )
        inside = any(part is not Part.START for part, _ in plan.partials)
        flags = (self.flags[0] or tags, self.flags[1] or bool(plan.partials), self.flags[2] or inside)
        return CompiledEngine(*tables.extended(self.tables, self.filters, plan), flags)

    def without(self, query: int) -> CompiledEngine:
        programs = tables.without(self.tables.programs, query)
        return CompiledEngine(self.tables._replace(programs=programs), self.filters, self.flags)

    def match(self, texts: Sequence[str], properties: Sequence[Properties] | None = None) -> Pairs:
        found: list[Pairs] = []
        room, stamp = 1 << 14, 1
        scratch = self._scratch(0, room)
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            data = _joined(batch)
            filters = self._filters(batch, properties and properties[at : at + BATCH])
            pairs = -1
            while pairs < 0:
                if len(scratch.chars) < _cells(data) or len(scratch.texts) < room:
                    scratch = self._scratch(_cells(data), room)
                pairs = loops.match_texts(
                    data, len(batch), stamp, char_table(), self.tables, np.array(self.flags), filters, scratch
                )
                stamp += len(batch)
                room = room if pairs >= 0 else 4 * room
            found.append((scratch.texts[:pairs] + np.int32(at), scratch.queries[:pairs].copy()))
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])

    def _scratch(self, cells: int, room: int) -> Scratch:
        """For texts of so many cells together, and so many pairs. Memory that is not touched costs nothing."""
        programs, literals = self.tables.programs, len(self.tables.trees.parts)
        return Scratch(
            chars=np.empty(cells, np.uint32),
            found=np.empty((cells, 2), np.int32),
            marks=np.zeros((cells if len(programs.near_distances) else 0, 2), np.int64),
            near_stamp=np.zeros(1, np.int64),
            hits=np.empty((room, 3), np.int32),
            last=np.zeros(literals, np.int64),
            there=np.zeros(literals, np.int32),
            looked_at=np.zeros(len(programs.starts), np.int32),
            candidates=np.empty(len(programs.starts), np.int32),
            texts=np.empty(room, np.int32),
            queries=np.empty(room, np.int32),
        )

    def _filters(self, texts: Sequence[str], properties: Sequence[Properties] | None) -> Filters:
        if not self.filters:
            return Filters(np.zeros(len(texts) + 1, np.int32), np.zeros(0, np.int32))
        fields = frozenset(name for name, _value in self.filters)
        literals: list[int] = []
        starts = [0]
        for number, text in enumerate(texts):
            present = keys(text, properties[number] if properties else NOTHING_KNOWN, fields)
            literals += (self.filters[key] for key in present if key in self.filters)
            starts.append(len(literals))
        return Filters(np.array(starts, np.int32), np.array(literals, np.int32))

    @property
    def nbytes(self) -> int:
        """Bytes that the tables take."""
        return sum(array.nbytes for group in self.tables for array in group)


def _joined(texts: Sequence[str]) -> Array:
    """The texts in UTF-8 with a NUL between. A NUL inside one separates words, as the blank does that it becomes."""
    joined = "\0".join(texts)
    if joined.count("\0") != len(texts) - 1:
        joined = "\0".join(text.replace("\0", " ") for text in texts)
    return np.frombuffer(joined.encode("utf-8", "surrogatepass"), np.uint8)


def _cells(data: Array) -> int:
    """More cells than these bytes can fold to, and room for NEAR to look beyond the end."""
    return MOST_CELLS * len(data) + 64
