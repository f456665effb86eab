"""Advice for somebody who writes a query: which terms carry its hits, what looks like noise, what it just misses.

Everything comes from the query and a sample of texts, and every proposal names the texts that speak for it. Noise
can't be known from texts alone; the guess is: a text in which two different terms stand is meant, and a word that comes
with single terms again and again, but never with two, points to another meaning. A person's marks replace the guess.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from resonanz.kernel.folding import fold, words
from resonanz.matching.query import (
    COMPOUND_ENDINGS,
    MIN_MODIFIER,
    MIN_STEM,
    And,
    Near,
    Not,
    Or,
    Part,
    Partial,
    Query,
    Term,
    Words,
)
from resonanz.matching.queryset import QuerySet

MIN_TEXTS = 2  # that must speak for a proposal
MIN_WORD = 5  # letters of a word of which misspellings are looked for
MOST = 5  # proposals of a kind


class Miss(StrEnum):
    """How a word of an unmatched text is related to one of the query."""

    INFLECTION = "inflection"
    COMPOUND = "compound"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A term, the hits it stands in, and those that would be lost without it (texts by number)."""

    term: Term
    hits: tuple[int, ...]
    alone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Noise:
    """A word to exclude, and the hits that would go."""

    term: Words
    hits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A term to add with OR, how its words are related to `like`, and the texts that it would bring."""

    term: Term
    like: Words
    kind: Miss
    texts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """Best first."""

    hits: tuple[int, ...]
    carriers: tuple[Carrier, ...]
    noise: tuple[Noise, ...]
    near_misses: tuple[NearMiss, ...]


def advise(query: Query, texts: Sequence[str], noise: frozenset[int] | None = None) -> Advice:
    """Advice on `query` from a sample. `noise`: numbers of hits that a person has marked as not meant."""
    terms = list(dict.fromkeys(wanted_terms(query)))
    parts = {str(number): term for number, term in enumerate(terms)}
    found = QuerySet.compile({**parts, "query": query}, "python").match(texts).by_text()
    hits = tuple(number for number, names in found.items() if "query" in names)
    standing = {number: {name for name in found[number] if name != "query"} for number in hits}
    carriers = (
        Carrier(
            term,
            tuple(number for number in hits if name in standing[number]),
            tuple(number for number in hits if standing[number] == {name}),
        )
        for name, term in parts.items()
    )
    doubted = _doubted(standing) if noise is None else set(noise)
    return Advice(
        hits,
        tuple(sorted(carriers, key=lambda carrier: -len(carrier.hits))),
        tuple(_noise(texts, hits, doubted, terms)),
        tuple(_near_misses(texts, set(hits), [term for term in terms if isinstance(term, Words)])),
    )


def _doubted(standing: dict[int, set[str]]) -> set[int]:
    """The hits of a single term; none where every hit is such: nothing tells them from those that are meant."""
    single = {number for number, names in standing.items() if len(names) == 1}
    return single if len(single) < len(standing) else set()


def wanted_terms(query: Query, wanted: bool = True) -> Iterator[Term]:
    """The terms of a query that speak for a match, not against it."""
    match query:
        case Not(operand):
            yield from wanted_terms(operand, not wanted)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from wanted_terms(operand, wanted)
        case Near(_, left, right) if wanted:
            yield from (*left, *right)
        case Words() | Partial() if wanted:
            yield query


def _noise(texts: Sequence[str], hits: tuple[int, ...], doubted: set[int], terms: list[Term]) -> list[Noise]:
    """Words of doubted hits that no other hit has, those with most texts first."""
    own = {word for term in terms if isinstance(term, Words) for word in map(fold, term.words)}
    trusted = {word for number in hits if number not in doubted for word in words(texts[number])}
    where: defaultdict[str, list[int]] = defaultdict(list)
    for number in sorted(doubted):
        for word in dict.fromkeys(words(texts[number])):
            if word not in own and word not in trusted and len(word) > MIN_STEM:
                where[word].append(number)
    # A word that texts without a hit have as often is no sign of another meaning, but common.
    elsewhere = Counter(word for n, text in enumerate(texts) if n not in hits for word in set(words(text)))
    likely = [
        (word, found)
        for word, found in where.items()
        if len(found) >= MIN_TEXTS and elsewhere[word] < len(found)
    ]
    likely.sort(key=lambda entry: (elsewhere[entry[0]] - len(entry[1]), entry[0]))
    return [Noise(Words((word,)), tuple(found)) for word, found in likely[:MOST]]


def _near_misses(texts: Sequence[str], hits: set[int], terms: list[Words]) -> list[NearMiss]:
    """Relatives of the query's single words in texts that it doesn't find, those with most texts first."""
    where: defaultdict[tuple[Term, Words, Miss], list[int]] = defaultdict(list)
    own = {word for term in terms for word in map(fold, term.words)}
    for number, text in enumerate(texts):
        if number in hits:
            continue
        for word in dict.fromkeys(words(text)):
            for term in terms:
                if len(term.words) == 1 and word not in own and (kind := related(word, fold(term.words[0]))):
                    proposal = (
                        Partial(Part.COMPOUND, term.words[0]) if kind is Miss.COMPOUND else Words((word,))
                    )
                    where[proposal, term, kind].append(number)
    best = sorted(where.items(), key=lambda entry: (-len(entry[1]), str(entry[0])))
    return [NearMiss(*proposal, tuple(dict.fromkeys(found))) for proposal, found in best[:MOST]]


def related(word: str, like: str) -> Miss | None:
    """How a folded word is related to another, if at all."""
    if len(like) < MIN_STEM:
        return None
    if any(word == like + ending or like == word + ending for ending in COMPOUND_ENDINGS if ending):
        return Miss.INFLECTION
    if any(word.endswith(like + e) and len(word) - len(like + e) >= MIN_MODIFIER for e in COMPOUND_ENDINGS):
        return Miss.COMPOUND
    if len(like) >= MIN_WORD and word[0] == like[0] and _one_slip(word, like):
        return Miss.SPELLING
    return None


def _one_slip(word: str, like: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped (Damerau's four slips)."""
    if word == like or abs(len(word) - len(like)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(word, like, strict=False)) if a != b), min(len(word), len(like))
    )
    if len(word) == len(like):
        swapped = word[at : at + 2] == like[at : at + 2][::-1] and word[at + 2 :] == like[at + 2 :]
        return word[at + 1 :] == like[at + 1 :] or swapped
    longer, shorter = (word, like) if len(word) > len(like) else (like, word)
    return longer[at + 1 :] == shorter[at:]
