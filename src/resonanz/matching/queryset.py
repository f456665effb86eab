"""A set of queries, made ready once and matched against batches of texts in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from resonanz.matching.bulk import bulk
from resonanz.matching.engine import Engine, Numbers
from resonanz.matching.plain import PlainEngine
from resonanz.matching.plan import plan
from resonanz.matching.properties import Properties
from resonanz.matching.query import Query

EngineName = Literal["compiled", "python"]


@cache
def available() -> EngineName:
    """The engine used unless another is asked for: compiled where numba (extra ``fast``) is installed."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return "python"
    return "compiled"


def must_compile() -> bool:
    """Whether the first match on this machine has yet to be waited for: machine code takes half a minute to make.

    It is made once for each version, processor and place to keep it; see docs/decisions/matching.md.
    """
    if available() == "python":
        return False
    from resonanz.matching.loops import deciding, jit

    return not jit.is_kept(deciding.match_texts)


@dataclass(frozen=True, slots=True)
class Matches:
    """(text, query) pairs, sorted by text, then by the order in which the queries were added."""

    text_numbers: Numbers
    query_numbers: Numbers
    ids: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.text_numbers)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """(number of the text in the batch, id of the query)."""
        queries = (cast("str", self.ids[number]) for number in self.query_numbers.tolist())
        return zip(self.text_numbers.tolist(), queries, strict=True)

    def by_text(self) -> dict[int, list[str]]:
        """Number of the text → ids of its queries, for the texts that have any."""
        found = defaultdict(list)
        for text, query in self:
            found[text].append(query)
        return dict(found)


@dataclass(frozen=True, slots=True)
class QuerySet:
    """Queries by id. Immutable: threads may share one, and a change makes another."""

    ids: tuple[str | None, ...]  # None: removed; renumbering the others would touch every array
    _engine: Engine

    @classmethod
    def compile(cls, queries: Mapping[str, Query], engine: EngineName | None = None) -> QuerySet:
        """`queries` (id → parsed query) made ready. `engine`: see `available`. For thousands see also `bulk`."""
        with bulk():
            return cls(tuple(queries), _empty(engine or available()).extended(plan(queries.values())))

    @property
    def engine(self) -> str:
        """``compiled`` or ``python`` (slower)."""
        return self._engine.name

    def with_query(self, id: str, query: Query) -> QuerySet:  # noqa: A002
        """This set and one more query; replaces the one of the same id."""
        if id in self.ids:
            return self.without(id).with_query(id, query)
        return QuerySet((*self.ids, id), self._engine.extended(plan([query])))

    def without(self, id: str) -> QuerySet:  # noqa: A002
        """This set without one query. Raises ValueError if there is none of that id."""
        number = len(self.ids) - 1 - self.ids[::-1].index(id)
        ids = (*self.ids[:number], None, *self.ids[number + 1 :])
        return QuerySet(ids, self._engine.without(number))

    def match(self, texts: Sequence[str], properties: Sequence[Properties] | None = None) -> Matches:
        """Every query that matches, for every text. `properties`: one for each text, if known."""
        if properties is not None and len(properties) != len(texts):
            raise ValueError("as many properties as texts, please")
        text_numbers, query_numbers = self._engine.match(texts, properties)
        return Matches(text_numbers, query_numbers, self.ids)


def _empty(engine: EngineName) -> Engine:
    if engine == "python":
        return PlainEngine()
    from resonanz.matching.fast import CompiledEngine  # imports numba, which takes a second

    return CompiledEngine()
