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

# A query with its literals numbered: a literal, a NEAR as (number,), or an operator over such.
_Bound: TypeAlias = "int | tuple[int] | tuple[str, list[_Bound]]"


@dataclass(slots=True)
class Plan:
    """The literals, tests and anchors of some queries, in the order given."""

    phrases: dict[tuple[str, ...], int] = field(
        default_factory=dict
    )  # folded words, or one folded tag with its sign
    partials: dict[tuple[Part, str], int] = field(default_factory=dict)
    filters: dict[tuple[Field, str], int] = field(default_factory=dict)
    literals: int = 0
    nears: list[tuple[int, list[int], list[int]]] = field(
        default_factory=list
    )  # distance, left and right literals
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
    made = Plan()
    uses: list[int] = []
    bound = [_bind(query, made, uses) for query in queries]
    free = {made.filters[key] for key in made.filters if key[0] in (Field.LANGUAGE, Field.NETWORK)}
    for query in bound:
        anchors = _anchors(query, True, made, uses, free)
        assert anchors is not None, "a query that matches everything was not refused"
        made.anchors.append(sorted(set(anchors)))
        made.starts.append(_emit(query, ACCEPT, REJECT, made))
    return made


def _bind(query: Query, made: Plan, uses: list[int]) -> _Bound:
    if isinstance(query, Words):  # by far the most
        return _literal(query, made, uses)
    match query:
        case Not(operand):
            return "not", [_bind(operand, made, uses)]
        case And(operands):
            return "and", [_bind(operand, made, uses) for operand in operands]
        case Or(operands):
            return "or", [_bind(operand, made, uses) for operand in operands]
        case Near(distance, left, right):
            sides = [[_literal(term, made, uses) for term in side] for side in (left, right)]
            made.nears.append((distance, sides[0], sides[1]))
            return (len(made.nears) - 1,)
        case _:
            return _literal(query, made, uses)


def _literal(term: Term | Filter, made: Plan, uses: list[int]) -> int:
    new = made.literals
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
    if number == new:
        made.literals += 1
        uses.append(0)
    uses[number] += 1
    return number


def _anchors(query: _Bound, outcome: bool, made: Plan, uses: list[int], free: set[int]) -> list[int] | None:
    """Literals of which one must be there for `query` to come out so; None if it can without."""
    if isinstance(query, int):
        return [query] if outcome and query not in free else None
    if len(query) == 1:
        return min(made.nears[query[0]][1:], key=lambda side: _cost(side, uses)) if outcome else None
    operator, operands = query
    if operator == "not":
        return _anchors(operands[0], not outcome, made, uses, free)
    choices = [_anchors(operand, outcome, made, uses, free) for operand in operands]
    if (operator == "and") == outcome:  # one operand's anchors are enough: those that least queries share
        return min((c for c in choices if c is not None), key=lambda c: _cost(c, uses), default=None)
    return None if None in choices else [literal for c in choices if c is not None for literal in c]


def _cost(literals: list[int], uses: list[int]) -> int:
    """How often these literals will be met, guessed: names are used by few queries, common words by many."""
    return sum(uses[literal] for literal in literals)


def _emit(query: _Bound, if_there: int, if_not: int, made: Plan) -> int:
    """Append the tests for `query`, last first so that every target is known; returns where they begin."""
    if isinstance(query, int) or len(query) == 1:
        here = len(made.tests)
        made.tests.append(query if isinstance(query, int) else -1 - query[0])
        made.if_there.append(if_there if if_there < 0 else here - if_there)
        made.if_not.append(if_not if if_not < 0 else here - if_not)
        return here
    operator, operands = query
    if operator == "not":
        return _emit(operands[0], if_not, if_there, made)
    for operand in reversed(operands):
        entry = _emit(operand, if_there, if_not, made)
        if operator == "and":
            if_there = entry
        else:
            if_not = entry
    return entry
