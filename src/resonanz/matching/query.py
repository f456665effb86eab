"""What a query is: a small tree of terms and operators, and its canonical printed form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Part(StrEnum):
    """Where in a word the given letters must stand."""

    START = "start"  # Sparkass*
    END = "end"  # *kasse
    INSIDE = "inside"  # *kass*
    COMPOUND = "compound"  # ~kasse: the word itself or the last part of a compound


MIN_STEM = 3  # characters of a partial word: fewer would match half the language
MIN_MODIFIER = 3  # characters that stand before the last part of a compound
COMPOUND_ENDINGS = ("", "e", "en", "n", "s", "es")  # that the last part of a compound may carry


class Field(StrEnum):
    """What of a message, other than its text, a query can ask for."""

    AUTHOR = "from"
    LANGUAGE = "lang"
    NETWORK = "network"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several in this order with at most punctuation between them; as spelled, not folded."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """A word of which only a part is given."""

    part: Part
    letters: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag (``#``) or a mention (``@``); `open`: any that begins so."""

    sign: str
    name: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A property of the message; the value is already in its comparable form."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Near:
    """Something of `left` and something of `right`, at most `distance` words apart, in either order."""

    distance: int
    left: tuple[Term, ...]
    right: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Query


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Query, ...]


Term: TypeAlias = Words | Partial | Tag
Query: TypeAlias = Term | Filter | Near | Not | And | Or

KEYWORDS = frozenset(("AND", "UND", "OR", "ODER", "NOT", "NICHT", "NEAR", "NAHE"))
_STARS = {Part.START: "{}*", Part.END: "*{}", Part.INSIDE: "*{}*", Part.COMPOUND: "~{}"}


def canonical(query: Query) -> str:
    """The one printed form of `query`: `parse(canonical(q)) == q` for every q that `parse` returned."""
    match query:
        case Words((word,)) if word not in KEYWORDS:
            return word
        case Words(words):
            return f'"{" ".join(words)}"'
        case Partial(part, letters):
            return _STARS[part].format(letters)
        case Tag(sign, name, starred):
            return f"{sign}{name}{'*' if starred else ''}"
        case Filter(field, value):
            return f"{field}:{value}"
        case Near(distance, left, right):
            return f"{_either(left)} NEAR/{distance} {_either(right)}"
        case Not(operand):
            return f"NOT {_inner(operand)}"
        case And(operands):
            return " AND ".join(map(_inner, operands))
        case Or(operands):
            return " OR ".join(map(_inner, operands))


def _inner(query: Query) -> str:
    """An AND or OR inside another operator stands in parentheses: nobody must know which binds tighter."""
    return f"({canonical(query)})" if isinstance(query, And | Or) else canonical(query)


def _either(terms: tuple[Term, ...]) -> str:
    return canonical(terms[0]) if len(terms) == 1 else f"({canonical(Or(terms))})"
