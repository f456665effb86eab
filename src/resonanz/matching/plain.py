"""The engine in plain Python, for where there is no compiler at run time: slower, the same answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from resonanz.kernel import folding
from resonanz.matching.engine import Pairs
from resonanz.matching.plan import ACCEPT, Plan
from resonanz.matching.properties import NOTHING_KNOWN, Properties, values
from resonanz.matching.query import COMPOUND_ENDINGS, MIN_MODIFIER, MIN_STEM, Field, Part

_Spans = dict[int, list[tuple[int, int]]]  # literal → (first word, last word) of each place where it stands


@dataclass(frozen=True, slots=True)
class PlainEngine:
    """Queries in dictionaries. Never changed once made; `extended` and `without` return another."""

    name = "python"

    first_words: dict[str, tuple[tuple[tuple[str, ...], int], ...]] = field(default_factory=dict)
    # By a stem's first letters.
    grams: dict[str, tuple[tuple[Part, str, int], ...]] = field(default_factory=dict)
    filters: dict[Field, dict[str, int]] = field(default_factory=dict)
    numbers: dict[object, int] = field(default_factory=dict)  # of every literal
    # Literal → queries that it is an anchor of.
    watchers: dict[int, tuple[int, ...]] = field(default_factory=dict)
    nears: tuple[tuple[int, list[int], list[int]], ...] = ()
    tests: tuple[tuple[int, int, int], ...] = ()  # literal, next if there, next if not
    starts: tuple[int, ...] = ()

    def extended(self, plan: Plan) -> PlainEngine:
        first_words, grams = dict(self.first_words), dict(self.grams)
        filters = {name: dict(wanted) for name, wanted in self.filters.items()}
        numbers, watchers = dict(self.numbers), dict(self.watchers)
        renumbered = [0] * plan.literals

        def is_new(key: object, planned: int) -> bool:
            renumbered[planned] = numbers.setdefault(key, len(numbers))
            return renumbered[planned] == len(numbers) - 1 and key not in self.numbers

        for words, planned in plan.phrases.items():
            if is_new(words, planned):
                first_words[words[0]] = (*first_words.get(words[0], ()), (words, renumbered[planned]))
        for (part, stem), planned in plan.partials.items():
            if is_new((part, stem), planned):
                gram = stem[:MIN_STEM]
                grams[gram] = (*grams.get(gram, ()), (part, stem, renumbered[planned]))
        for key, planned in plan.filters.items():
            is_new(key, planned)
            filters.setdefault(key[0], {})[key[1]] = renumbered[planned]

        added = defaultdict(list)
        for query, anchors in enumerate(plan.anchors, len(self.starts)):
            for literal in anchors:
                added[renumbered[literal]].append(query)
        for literal, queries in added.items():
            watchers[literal] = (*watchers.get(literal, ()), *queries)

        shift, near_shift = len(self.tests), len(self.nears)
        tests = zip(
            (renumbered[test] if test >= 0 else test - near_shift for test in plan.tests),
            plan.if_there,
            plan.if_not,
            strict=True,
        )
        nears = ((n, [renumbered[x] for x in a], [renumbered[x] for x in b]) for n, a, b in plan.nears)
        return PlainEngine(
            first_words,
            grams,
            filters,
            numbers,
            watchers,
            (*self.nears, *nears),
            (*self.tests, *tests),
            (*self.starts, *(start + shift for start in plan.starts)),
        )

    def without(self, query: int) -> PlainEngine:
        watchers = {
            literal: tuple(q for q in queries if q != query) for literal, queries in self.watchers.items()
        }
        return replace(self, watchers=watchers)

    def match(self, texts: Sequence[str], properties: Sequence[Properties] | None = None) -> Pairs:
        found: list[tuple[int, int]] = []
        for number, text in enumerate(texts):
            spans = self._spans(text)
            if self.filters:
                known = properties[number] if properties else NOTHING_KNOWN
                for name, wanted in self.filters.items():
                    spans.update(
                        (wanted[value], []) for value in values(name, text, known) if value in wanted
                    )
            if spans:
                found += ((number, query) for query in self.accepted(spans))
        pairs = np.array(found, dtype=np.int32).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def _spans(self, text: str) -> _Spans:
        """Where the literals stand in `text`; those that don't are left out."""
        spans: _Spans = defaultdict(list)
        words = folding.words(text)
        known = self.first_words.keys() & set(words)
        if known:
            for i, word in enumerate(words):
                if word in known:
                    for phrase, literal in self.first_words[word]:
                        if len(phrase) == 1 or tuple(words[i : i + len(phrase)]) == phrase:
                            spans[literal].append((i, i + len(phrase) - 1))
        if self.grams:
            for i, word in enumerate(words):
                for literal in self._partials(word):
                    spans[literal].append((i, i))
        for i, tag in folding.tags(text):
            for _words, literal in self.first_words.get(tag, ()):
                spans[literal].append((i, i))
            for part, stem, literal in self.grams.get(tag[:MIN_STEM], ()):
                if part is Part.START and tag.startswith(stem):
                    spans[literal].append((i, i))
        return spans

    def _partials(self, word: str) -> Iterator[int]:
        for at in range(len(word) - MIN_STEM + 1):
            for part, stem, literal in self.grams.get(word[at : at + MIN_STEM], ()):
                if word.startswith(stem, at) and fits(part, at, word[at + len(stem) :]):
                    yield literal

    def accepted(self, spans: _Spans) -> list[int]:
        """The queries that match a text with these literals, in order."""
        candidates = {query for literal in spans for query in self.watchers.get(literal, ())}
        return sorted(query for query in candidates if self._accepts(self.starts[query], spans))

    def _accepts(self, at: int, spans: _Spans) -> bool:
        while True:
            literal, if_there, if_not = self.tests[at]
            there = literal in spans if literal >= 0 else is_near(*self.nears[-1 - literal], spans)
            step = if_there if there else if_not
            if step < 0:
                return step == ACCEPT
            at -= step


def fits(part: Part, before: int, after: str) -> bool:
    """Whether a stem with `before` characters before it and `after` behind it is in the right place."""
    match part:
        case Part.START:
            return before == 0
        case Part.END:
            return not after
        case Part.INSIDE:
            return True
        case Part.COMPOUND:
            return (before == 0 or before >= MIN_MODIFIER) and after in COMPOUND_ENDINGS


def is_near(distance: int, left: Iterable[int], right: Iterable[int], spans: _Spans) -> bool:
    """Whether one side begins 1 to `distance` words after the other ends."""
    starts = {first for literal in left for first, _last in spans.get(literal, ())}
    ends = {last for literal in left for _first, last in spans.get(literal, ())}
    return any(
        not starts.isdisjoint(range(last + 1, last + distance + 1))
        or not ends.isdisjoint(range(first - distance, first))
        for literal in right
        for first, last in spans.get(literal, ())
    )
