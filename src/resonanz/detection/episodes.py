"""From odds to alarms: one report for each episode, and a score in 0–1 for each step that uses only the past."""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from resonanz.detection import state as s
from resonanz.detection.compiled import compiled
from resonanz.detection.engine import CANDY_ODDS, STORM_ODDS
from resonanz.detection.state import Floats

#: An episode is over when the odds have stayed this far below the threshold for so long.
_RELIEF = 3.0
COOL_DOWN_MINUTES = 360.0

NOTHING, STORM, CANDY = 0, 1, 2

# Log-odds at which one false alarm a year is raised, by messages an hour, and how many nats divide that number by e.
# Measured on simulated development years (`python -m benchmarks.storms tune`); between the anchors linear in the logarithm.
_ANCHORS = np.log10([0.2, 20.0, 1000.0])
_ONE_A_YEAR = np.array([-0.7, 1.0, 6.0])
_NATS = np.array([0.6, 1.0, 1.5])
_ONE_A_YEAR_WITHOUT_MOODS = np.array([2.0, 4.0, 8.0])


def thresholds(per_hour: Floats, false_alarms_per_year: float, moods: bool) -> Floats:
    """Log-odds to alarm at, for topics with `per_hour` messages an hour, so that false alarms keep to the stated rate.

    Raises ValueError where the rate is not positive.
    """
    if not false_alarms_per_year > 0:
        raise ValueError("the number of false alarms per year must be positive")
    at = np.log10(np.maximum(per_hour, 1e-3))
    one = np.interp(at, _ANCHORS, _ONE_A_YEAR if moods else _ONE_A_YEAR_WITHOUT_MOODS)
    result: Floats = one - np.interp(at, _ANCHORS, _NATS) * np.log(false_alarms_per_year)
    return result


@compiled
def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-min(50.0, max(-50.0, x))))


@compiled
def follow(
    scalars: Floats, odds: Floats, minutes: Floats, thresholds: Floats, alarm: NDArray[np.int64], episode: NDArray[np.int64], score: Floats
) -> None:
    """Fill, for every step, `alarm` (kind reported in it, else 0), `episode` (kind going on) and `score`; keep the episode in `scalars`.

    `score` reaches 0.5 in the steps that report an alarm and in no other: it says how strongly something *new* shows.
    """
    for t in range(len(odds)):
        highest = max(odds[t, STORM_ODDS], odds[t, CANDY_ODDS]) - thresholds[t]
        score[t] = _logistic(highest / 2.0)
        alarm[t] = NOTHING
        if scalars[s.EPISODE] == NOTHING and highest >= 0:
            alarm[t] = STORM if odds[t, STORM_ODDS] >= odds[t, CANDY_ODDS] else CANDY
            scalars[s.EPISODE], scalars[s.CALM_MINUTES] = alarm[t], 0.0
        elif scalars[s.EPISODE] != NOTHING:
            score[t] = min(score[t], 0.49)
            scalars[s.CALM_MINUTES] = scalars[s.CALM_MINUTES] + minutes[t] if highest < -_RELIEF else 0.0
            if scalars[s.CALM_MINUTES] > COOL_DOWN_MINUTES:
                scalars[s.EPISODE] = NOTHING
        episode[t] = int(scalars[s.EPISODE])
