"""Coordination and cascades against truth: campaigns mixed into organic storms, and posts whose R is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.storms_lab.campaigns import campaign, organic
from resonanz.detection.cascades import reproduction
from resonanz.detection.coordination import rings, rule
from resonanz.detection.tests.posts import HOURS, cascade


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


def reproduction_held(r: float, seed: int, index: int, hours: float = 3.0, fewest: int = 10) -> Any:
    """Whether the 80 % interval held a post's true R, and whether R > 1 was thought likely; None if hardly shared.

    Posts come from all there are and are kept from `fewest` shares on, as a person would look at them.
    """
    shares = cascade(r, np.random.default_rng([seed, round(100 * r), index]), hours)
    if not fewest <= len(shares) < 3000:
        return None
    seen = reproduction(0.0, shares, hours * HOURS)
    return [bool(seen.low <= r <= seen.high), seen.grows > 0.8]
