"""From queries to numbers: terms, tests, and what makes a query worth testing.

Both engines work from a `Plan`. A *literal* is a term or filter with a number. A query is a list of tests in the
manner of a binary decision diagram: look whether a literal is there, go on at one place or another, until it is
accepted or rejected; so nothing is tested that no longer matters. Its *anchors* are literals of which one at least
must be there for the query to match: a query none of whose anchors occurs is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from resonanz.kernel.folding import fold
from resonanz.matching.query import And, Field, Filter, Near, Not, Or, Part, Partial, Query, Tag, Term, Words

ACCEPT, REJECT = -1, -2
_JOINED = (And, Or)

# A query with its leaves numbered: a literal, a NEAR as -1 - its number, or an operator over such.
_Bound: TypeAlias = "int | tuple[type[And | Or | Not], list[_Bound]]"


@dataclass(slots=True)
class Plan:
    """The literals, tests and anchors of some queries, in the order given."""

    # Of each literal its number: folded words (or one folded tag with its sign), parts of words, filters.
    phrases: dict[tuple[str, ...], int] = field(default_factory=dict)
    partials: dict[tuple[Part, str], int] = field(default_factory=dict)
    filters: dict[tuple[Field, str], int] = field(default_factory=dict)
    literals: int = 0
    # Distance, left and right literals.
    nears: list[tuple[int, list[int], list[int]]] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)  # a literal, or -1 - a NEAR's number
    if_there: list[int] = field(default_factory=list)  # how far back the next test is, or ACCEPT or REJECT
    if_not: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # of each query, its first test
    anchors: list[list[int]] = field(default_factory=list)  # of each query


def matches_everything(query: Query) -> bool:
    """Whether `query` can match a text without any of its terms; a language or network alone is no term."""
    return _without_terms(query, True)


def _without_terms(query: Query, outcome: bool) -> bool:
    """Whether `query` can come out so on a text without its terms, authors and links."""
    if isinstance(query, Words):  # by far the most
        return not outcome
    match query:
        case Filter(Field.LANGUAGE | Field.NETWORK, _):
            return True
        case Not(operand):
            return _without_terms(operand, not outcome)
        case And(operands) | Or(operands):
            every = isinstance(query, And) == outcome  # must all operands come out so, or one?
            for operand in operands:
                if _without_terms(operand, outcome) != every:
                    return not every
            return every
        case _:
            return not outcome


def plan(queries: Iterable[Query]) -> Plan:
    """The plan for `queries`, none of which may match everything."""
    planner = _Planner()
    # All first: which anchors are best depends on what the other queries use.
    for query in [planner.bound(query) for query in queries]:
        planner.add(query)
    return planner.made


class _Planner:
    """A plan in the making."""

    def __init__(self) -> None:
        self.made = Plan()
        self._uses: list[int] = []  # of each literal
        self._spelled: dict[tuple[str, ...], int] = {}  # literals by their words as spelled: most come again
        self._free: set[int] = set()  # literals that a text may have without any word or link

    def bound(self, query: Query) -> _Bound:
        """`query` with its leaves numbered."""
        if isinstance(query, Words):  # by far the most
            number = self._spelled.get(query.words)
            if number is None:
                number = self._spelled[query.words] = self._literal(query)
            self._uses[number] += 1
            return number
        if isinstance(query, _JOINED):
            return type(query), [self.bound(operand) for operand in query.operands]
        if isinstance(query, Not):
            return Not, [self.bound(query.operand)]
        if isinstance(query, Near):
            sides = [[self._used(term) for term in side] for side in (query.left, query.right)]
            self.made.nears.append((query.distance, sides[0], sides[1]))
            return -len(self.made.nears)
        return self._used(query)

    def _used(self, term: Term | Filter) -> int:
        number = self._literal(term)
        self._uses[number] += 1
        return number

    def _literal(self, term: Term | Filter) -> int:
        """The number of a term or filter."""
        made, new = self.made, self.made.literals
        match term:
            case Words(spelled):
                number = made.phrases.setdefault(tuple(map(fold, spelled)), new)
            case Tag(sign, name, False):
                number = made.phrases.setdefault((sign + fold(name),), new)
            case Tag(sign, name, True):
                number = made.partials.setdefault((Part.START, sign + fold(name)), new)
            case Partial(part, letters):
                number = made.partials.setdefault((part, fold(letters)), new)
            case Filter(name, value):
                number = made.filters.setdefault((name, value), new)
                if name in (Field.LANGUAGE, Field.NETWORK):
                    self._free.add(number)
        if number == new:
            made.literals += 1
            self._uses.append(0)
        return number

    def add(self, query: _Bound) -> None:
        """Append anchors and tests of a query."""
        anchors = self._anchors(query, True)
        assert anchors is not None, "a query that matches everything was not refused"
        self.made.anchors.append(sorted(set(anchors)))
        self.made.starts.append(self._emit(query, ACCEPT, REJECT))

    def _anchors(self, query: _Bound, outcome: bool) -> list[int] | None:
        """Literals of which one must be there for `query` to come out so; None if it can without."""
        if isinstance(query, int):
            if not outcome or query in self._free:
                return None
            return [query] if query >= 0 else min(self.made.nears[-1 - query][1:], key=self._cost)
        operator, operands = query
        if operator is Not:
            return self._anchors(operands[0], not outcome)
        if (operator is And) == outcome:  # one operand's anchors are enough: those that least queries share
            choices = [self._anchors(operand, outcome) for operand in operands]
            return min((some for some in choices if some is not None), key=self._cost, default=None)
        anchors: list[int] = []
        for operand in operands:
            if outcome and isinstance(operand, int) and operand >= 0 and operand not in self._free:
                anchors.append(operand)  # by far the most, so without a call
            elif (some := self._anchors(operand, outcome)) is None:
                return None
            else:
                anchors += some
        return anchors

    def _cost(self, literals: list[int]) -> int:
        """How often these literals will be met, guessed: names are used by few queries, common words by many."""
        return sum([self._uses[literal] for literal in literals])

    def _emit(self, query: _Bound, if_there: int, if_not: int) -> int:
        """Append the tests for `query`, last first so that every target is known; returns where they begin."""
        if isinstance(query, int):
            made = self.made
            here = len(made.tests)
            made.tests.append(query)
            made.if_there.append(if_there if if_there < 0 else here - if_there)
            made.if_not.append(if_not if if_not < 0 else here - if_not)
            return here
        operator, operands = query
        if operator is Not:
            return self._emit(operands[0], if_not, if_there)
        for operand in reversed(operands):
            entry = self._emit(operand, if_there, if_not)
            if operator is And:
                if_there = entry
            else:
                if_not = entry
        return entry
