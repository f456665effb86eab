"""The meaning of a query, written as plainly as possible: slow, obvious, the measure of every engine.

Folding is done on the whole text by Python's own functions; every query is looked at for every text, every term at
every word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from resonanz.kernel.folding import _PLAIN, Kind, _dropped, kind
from resonanz.matching.properties import NOTHING_KNOWN, Properties, keys
from resonanz.matching.query import (
    COMPOUND_ENDINGS,
    MIN_MODIFIER,
    And,
    Field,
    Filter,
    Near,
    Not,
    Or,
    Part,
    Partial,
    Query,
    Tag,
    Term,
    Words,
)


@dataclass(frozen=True)
class _Read:
    words: list[str]
    tags: list[tuple[int, str]]


def matches(query: Query, text: str, known: Properties = NOTHING_KNOWN) -> bool:
    """Whether `query` matches."""
    return _holds(query, _read(text), set(keys(text, known)))


def _holds(query: Query, read: _Read, properties: set[tuple[Field, str]]) -> bool:
    match query:
        case And(operands):
            return all(_holds(operand, read, properties) for operand in operands)
        case Or(operands):
            return any(_holds(operand, read, properties) for operand in operands)
        case Not(operand):
            return not _holds(operand, read, properties)
        case Filter(field, value):
            return (field, value) in properties
        case Near(distance, left, right):
            others = list(_spans(right, read))
            return any(_near(span, other, distance) for span in _spans(left, read) for other in others)
        case _:
            return any(True for _ in _spans((query,), read))


def _near(a: tuple[int, int], b: tuple[int, int], distance: int) -> bool:
    """Whether one span begins 1 to `distance` words after the other ends."""
    return 1 <= b[0] - a[1] <= distance or 1 <= a[0] - b[1] <= distance


def _spans(terms: tuple[Term, ...], read: _Read) -> Iterator[tuple[int, int]]:
    """(first, last word) wherever one of `terms` stands."""
    for term in terms:
        match term:
            case Words(spelled):
                wanted = [fold(word) for word in spelled]
                for i in range(len(read.words) - len(wanted) + 1):
                    if read.words[i : i + len(wanted)] == wanted:
                        yield i, i + len(wanted) - 1
            case Tag(sign, name, starred):
                full = sign + fold(name)
                yield from (
                    (i, i) for i, tag in read.tags if tag == full or (starred and tag.startswith(full))
                )
            case Partial(part, letters):
                stem = fold(letters)
                yield from ((i, i) for i, word in enumerate(read.words) if _PARTS[part](word, stem))


def _is_compound(word: str, head: str) -> bool:
    """Whether `word` is `head` or a compound that ends in it, with or without an ending."""
    return any(
        word == head + ending
        or (word.endswith(head + ending) and len(word) - len(head + ending) >= MIN_MODIFIER)
        for ending in COMPOUND_ENDINGS
    )


_PARTS: dict[Part, Callable[[str, str], bool]] = {
    Part.START: str.startswith,
    Part.END: str.endswith,
    Part.INSIDE: str.__contains__,
    Part.COMPOUND: _is_compound,
}


def fold(text: str) -> str:
    """The same as `folding.fold`, but step by step on the whole text."""
    text = text.replace("™", " ").replace("℠", " ")
    text = _undotted(unicodedata.normalize("NFKD", text))
    text = _undotted(unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN)))
    folded: list[str] = []
    for char in text:
        if char != "\u0308":
            folded.append(char)
        elif folded and folded[-1] in ("a", "o", "u"):
            folded.append("e")
    return "".join(folded)


def _undotted(text: str) -> str:
    return "".join(char for char in text if char == "\u0308" or not _dropped(char))


@lru_cache(maxsize=8)
def _read(text: str) -> _Read:
    """The words and tags of a text, character by character."""
    folded = fold(text)
    words: list[list[str]] = []  # each as its characters
    tags: list[tuple[int, str]] = []
    before = " "
    for i, char in enumerate(folded):
        if kind(char) == Kind.SOLO:
            words.append([char])
        elif kind(char) == Kind.WORD and kind(before) == Kind.WORD:
            words[-1].append(char)
        elif kind(char) == Kind.WORD:
            words.append([char])
        elif char in "#@" and kind(before) == Kind.SEPARATOR:
            tags += [(len(words), tag) for tag in _tag_forms(folded, i)]
        before = char
    return _Read(["".join(word) for word in words], tags)


def _tag_forms(folded: str, start: int) -> list[str]:
    """The hashtag or mention that begins at `start`; for a mention also each shorter name it may have."""

    def belongs(i: int) -> bool:
        return i < len(folded) and (folded[i] == "_" or kind(folded[i]) != Kind.SEPARATOR)

    end, forms = start + 1, []
    while belongs(end) or (
        end > start + 1
        and folded[start] == "@"
        and folded[end : end + 1] in tuple(".-@")
        and belongs(end + 1)
    ):
        if folded[end] in ".@":
            forms.append(folded[start:end])
        end += 1
    return [*forms, folded[start:end]] if end > start + 1 else []
