"""Coordination and cascades against truth: campaigns mixed into organic storms, and posts whose R is known."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from benchmarks.storms_lab.campaigns import campaign, organic
from resonanz.detection.cascades import reproduction
from resonanz.detection.coordination import rings, rule
from resonanz.detection.tests.posts import HOURS, cascade

#: Between which R of posts lies.
REACH: Final = (0.4, 2.0)


def organic_called_bought(seed: int, index: int) -> bool:
    """Whether coordination is seen in a storm that has none."""
    return bool(rings(organic(np.random.default_rng([seed, index]))))


def campaign_found(seed: int, index: int) -> dict[str, list[int]]:
    """For `rings` and the published `rule`: accounts rightly named, named, and bought, in one storm with a campaign."""
    rng = np.random.default_rng([seed + 1, index])
    actions = organic(rng)
    bought = campaign(rng, actions)
    named = {
        "rings": {name for ring in rings(actions) for name in ring.authors},
        "rule": {name for pair in rule(actions) for name in pair},
    }
    return {title: [len(names & bought), len(names), len(bought)] for title, names in named.items()}


class Post(NamedTuple):
    """A post whose R is known: whether the 80 % interval held it, and whether R > 1 was thought likely."""

    r: float
    shares: int
    held: bool
    called_growing: bool


def post(r: float, seed: int, index: int, hours: float = 3.0) -> Post:
    """One post of reproduction number `r`, looked at `hours` after it was sent."""
    shares = cascade(r, np.random.default_rng([seed, round(100 * r), index]), hours)
    seen = reproduction(0.0, shares, hours * HOURS)
    return Post(r, len(shares), seen.low <= r <= seen.high, seen.grows > 0.8)


def some_post(seed: int, index: int) -> Post:
    """One post of those there are: R drawn evenly, in the logarithm, from REACH."""
    return post(float(np.exp(np.random.default_rng([seed, index]).uniform(*np.log(REACH)))), seed, index)
