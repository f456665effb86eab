"""Coordination and cascades against truth: campaigns mixed into organic storms, and posts whose R is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.storms_lab.campaigns import campaign, organic
from resonanz.detection.cascades import LEVEL_SECONDS, POWER, reproduction
from resonanz.detection.coordination import rings, rule

_HOUR = 3600.0


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


def cascade(r: float, rng: np.random.Generator, hours: float, most: int = 3000) -> np.ndarray:
    """Moments in seconds of the shares of a post at 0, drawn generation by generation, at most about `most`."""
    found: list[float] = []
    parents = [0.0]
    while parents and len(found) < most:
        begun = parents.pop()
        u = rng.random(rng.poisson(r)) * (1 + 1 / POWER)
        late = LEVEL_SECONDS * np.maximum(1e-9, 1 - (u - 1) * POWER) ** (-1 / POWER)
        moments = begun + np.where(u < 1, u * LEVEL_SECONDS, late)
        moments = moments[moments < hours * _HOUR]
        found += moments.tolist()
        parents += moments.tolist()
    return np.sort(found)


def reproduction_held(r: float, seed: int, index: int, hours: float = 3.0, fewest: int = 10) -> Any:
    """Whether the 80 % interval held a post's true R, and whether R > 1 was thought likely; None if hardly shared.

    Posts come from all there are and are kept from `fewest` shares on, as a person would look at them.
    """
    shares = cascade(r, np.random.default_rng([seed, round(100 * r), index]), hours)
    if not fewest <= len(shares) < 3000:
        return None
    seen = reproduction(0.0, shares, hours * _HOUR)
    return [bool(seen.low <= r <= seen.high), seen.grows > 0.8]
