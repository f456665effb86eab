"""Accounts that act in concert: the same things, within seconds of one another, again and again.

The published rule (Giglietto et al. 2020, "It takes a village to manipulate the media", Information, Communication &
Society 23): two accounts that share the same object within ten seconds, repeatedly. In a storm thousands share the same
link, and chance fulfils that rule. So the coincidences of two accounts are held against what chance would bring, given
how densely each object was shared around the moments of their shares.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import lgamma, log
from typing import Final

import numpy as np

WINDOW_SECONDS: Final = 10.0
#: Seconds on either side over which "how densely was it shared just then" is measured.
_AROUND_SECONDS = 300.0
#: More accounts than this within the window around one share: chance, and too many pairs to list.
_CROWD = 40
_FEWEST_TIMES, _FEWEST_TIES = 2, 3
_HASHTAG = re.compile(r"(?<!\w)#\w+")


@dataclass(frozen=True, slots=True)
class Action:
    """One account used one object: a link, an image's hash, a text's hash, or a sequence of hashtags."""

    author: str
    seconds: float
    thing: Hashable


@dataclass(frozen=True, slots=True)
class Ring:
    """Accounts connected by coincidences that chance does not explain, and what ties them."""

    authors: frozenset[str]
    coincidences: int  # of pairs on things


Pair = tuple[str, str]


def rule(actions: Iterable[Action], times: int = _FEWEST_TIMES) -> set[Pair]:
    """The published rule: pairs that used the same thing within ten seconds, for `times` different things or more."""
    counts: Counter[Pair] = Counter()
    for shares in _by_thing(actions).values():
        counts.update(_coincidences(shares, crowd=len(shares)))
    return {pair for pair, n in counts.items() if n >= times}


def rings(actions: Sequence[Action]) -> tuple[Ring, ...]:
    """Groups of four and more accounts that act in concert, largest first."""
    things = _by_thing(actions)
    seen: Counter[Pair] = Counter()
    habits: defaultdict[str, dict[Hashable, tuple[int, float]]] = defaultdict(dict)
    for thing, shares in things.items():
        seen.update(_coincidences(shares, _CROWD))
        for author, habit in _habits(shares).items():
            habits[author][thing] = habit
    examined = sum(1 for used in habits.values() if len(used) >= _FEWEST_TIMES)
    # Chance may tie every second account to some other once; it does not tie each of a group to three others of it.
    limit = -log(2.0 * max(1, examined))
    tied = {
        pair: n
        for pair, n in seen.items()
        if n >= _FEWEST_TIMES and _log_chance(n, _by_chance(habits[pair[0]], habits[pair[1]])) < limit
    }
    groups = _connected(_core(set(tied)))
    found = (Ring(g, sum(n for pair, n in tied.items() if set(pair) <= g)) for g in groups)
    return tuple(sorted(found, key=lambda ring: -len(ring.authors)))


def _by_thing(actions: Iterable[Action]) -> dict[Hashable, list[tuple[float, str]]]:
    """Moments and authors for each thing that was used twice or more, in order of time."""
    found: defaultdict[Hashable, list[tuple[float, str]]] = defaultdict(list)
    for action in actions:
        found[action.thing].append((action.seconds, action.author))
    return {thing: sorted(shares) for thing, shares in found.items() if len(shares) > 1}


def _coincidences(shares: list[tuple[float, str]], crowd: int) -> set[Pair]:
    """Pairs of accounts that used one thing within the window; not where a `crowd` did."""
    moments = np.array([at for at, _author in shares])
    ends = np.searchsorted(moments, moments + WINDOW_SECONDS, side="right")
    return {
        (min(author, other), max(author, other))
        for i, (_at, author) in enumerate(shares)
        if ends[i] - i <= crowd
        for _other_at, other in shares[i + 1 : ends[i]]
        if other != author
    }


def _habits(shares: list[tuple[float, str]]) -> dict[str, tuple[int, float]]:
    """For each account, how often it used the thing, and how likely another use fell into its windows by chance."""
    moments = np.array([at for at, _author in shares])
    around = np.searchsorted(moments, moments + _AROUND_SECONDS) - np.searchsorted(
        moments, moments - _AROUND_SECONDS
    )
    # Its own use is no evidence of density; one imagined use keeps the estimate above zero.
    near = np.maximum(around - 1, 1) / len(shares) * WINDOW_SECONDS / _AROUND_SECONDS
    habits: dict[str, tuple[int, float]] = {}
    for (_at, author), chance in zip(shares, near, strict=True):
        times, sum_ = habits.get(author, (0, 0.0))
        habits[author] = times + 1, sum_ + float(chance)
    return habits


def _by_chance(one: dict[Hashable, tuple[int, float]], other: dict[Hashable, tuple[int, float]]) -> float:
    """Things on which two accounts are expected to coincide if neither knows of the other."""
    both = one.keys() & other.keys()
    return sum(min(1.0, (one[t][1] * other[t][0] + other[t][1] * one[t][0]) / 2) for t in both)


def _core(pairs: set[Pair]) -> set[Pair]:
    """The pairs among accounts that are each tied to three others of them (the 3-core of the graph)."""
    while True:
        degree = Counter(name for pair in pairs for name in pair)
        kept = {(a, b) for a, b in pairs if degree[a] >= _FEWEST_TIES and degree[b] >= _FEWEST_TIES}
        if kept == pairs:
            return kept
        pairs = kept


def _log_chance(times: int, expected: float) -> float:
    """Logarithm of the chance of `times` coincidences where `expected` come by chance (Poisson, from above)."""
    if times <= expected:
        return 0.0
    first = times * log(expected) - expected - lgamma(times + 1)
    return first - log(1 - expected / (times + 1))


def _connected(pairs: Iterable[Pair]) -> list[frozenset[str]]:
    """Connected groups of accounts."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in pairs:
        parent[root(one)] = root(other)
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for name in list(parent):
        groups[root(name)].add(name)
    return [frozenset(g) for g in groups.values()]


def hashtag_sequence(text: str) -> tuple[str, ...] | None:
    """The hashtags of a message in order, lower case, as a thing to compare; None with fewer than two."""
    tags = _HASHTAG.findall(text.lower())
    return tuple(tags) if len(tags) >= 2 else None
