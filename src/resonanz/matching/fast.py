"""The compiled engine: Python strings into the kernel, pairs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from resonanz.matching import loops, tables
from resonanz.matching.char_table import char_table
from resonanz.matching.engine import Array, Numbers, Pairs
from resonanz.matching.plan import Plan
from resonanz.matching.properties import NOTHING_KNOWN, Properties, keys
from resonanz.matching.query import Field, Part
from resonanz.matching.tables import EMPTY, Tables

BATCH = 512  # texts handed to the kernel at a time: their bytes then stay in the processor's cache
_ONLY_NULS = np.zeros(1, np.int32)


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
        found = [
            self._match_batch(texts[at : at + BATCH], properties and properties[at : at + BATCH], at)
            for at in range(0, len(texts), BATCH)
        ]
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.int32)
        return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])

    def _match_batch(
        self, texts: Sequence[str], properties: Sequence[Properties] | None, first: int
    ) -> Pairs:
        known_starts, known = self._known(texts, properties)
        text_numbers, queries = loops.match_texts(
            _joined(texts), len(texts), char_table(), self.tables, np.array(self.flags), known_starts, known
        )
        return text_numbers + np.int32(first), queries

    def _known(
        self, texts: Sequence[str], properties: Sequence[Properties] | None
    ) -> tuple[Numbers, Numbers]:
        """The filters that match each text: where each text's begin, and their literals."""
        if not self.filters:
            return np.zeros(len(texts) + 1, np.int32), _ONLY_NULS
        fields = frozenset(name for name, _value in self.filters)
        literals: list[int] = []
        starts = [0]
        for number, text in enumerate(texts):
            present = keys(text, properties[number] if properties else NOTHING_KNOWN, fields)
            literals += (self.filters[key] for key in present if key in self.filters)
            starts.append(len(literals))
        return np.array(starts, np.int32), np.array(literals or [0], np.int32)

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
