"""From statistics to alarms, from alarms to delays: one scorer for every detector, so that none can flatter itself.

An alarm is the *beginning* of an episode. A detector that is always on therefore finds nothing: an episode already
open when a storm begins counts as that storm missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from .world import DAY, YEAR, Storm

COOL_DOWN_MINUTES = 360
FOUND_WITHIN_MINUTES = DAY


@njit(cache=True)
def alarm_minutes(statistic, threshold, cool_down=COOL_DOWN_MINUTES):
    """First minutes of episodes with `statistic` at `threshold` or above; one ends after `cool_down` minutes below."""
    found = []
    below = cool_down + 1
    for t in range(len(statistic)):
        if statistic[t] >= threshold:
            if below > cool_down:
                found.append(t)
            below = 0
        else:
            below += 1
    return np.array(found, dtype=np.int64)


def threshold_for(calm: Sequence[np.ndarray], alarms_per_year: float, warm_up: int) -> float:
    """The lowest threshold that gives at most `alarms_per_year` alarms on storm-free statistics, by bisection."""
    years = sum(len(s) - warm_up for s in calm) / YEAR
    low, high = (
        float(min(s[warm_up:].min() for s in calm)),
        float(max(s[warm_up:].max() for s in calm)) + 1e-3,
    )
    for _ in range(24):
        middle = (low + high) / 2
        if sum(len(alarm_minutes(s[warm_up:], middle)) for s in calm) > alarms_per_year * years:
            low = middle
        else:
            high = middle
    return high


def delays(alarms: np.ndarray, storms: Sequence[Storm]) -> np.ndarray:
    """Minutes from each storm's onset to the first alarm within it and within a day; infinite where there is none."""
    out = np.full(len(storms), np.inf)
    for i, storm in enumerate(storms):
        at = np.searchsorted(alarms, storm.onset)
        if at < len(alarms) and alarms[at] < min(storm.end, storm.onset + FOUND_WITHIN_MINUTES):
            out[i] = alarms[at] - storm.onset
    return out


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval; both take the same format."""

    value: float
    low: float
    high: float

    def __format__(self, how: str) -> str:
        return f"{self.value:{how}} ({self.low:{how}}–{self.high:{how}})"


def rate_with_interval(events: int, years: float) -> Figure:
    """Events a year with the exact (Garwood) 95 % interval, found by bisection of the Poisson distribution."""
    from math import exp, lgamma, log

    def at_most(n: int, mean: float) -> float:
        return sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(n + 1)) if mean > 0 else 1.0

    def solve(n: int, level: float) -> float:
        low, high = 0.0, 10.0 * (events + 10)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_most(n, middle) > level else (low, middle)
        return low

    lower = solve(events - 1, 0.975) if events else 0.0
    return Figure(events / years, lower / years, solve(events, 0.025) / years)
