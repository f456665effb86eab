"""Where only volume is known: what stands out in this very series is reported, be it calm or full of bursts.

A fixed threshold reports too much of a series in which bursts abound, and too little of one whose chatter scatters so
much that no evidence counts for much. So a step is also held against the highest of each day before it.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from resonanz.detection import state as s
from resonanz.detection.compiled import compiled
from resonanz.detection.engine import COUNT_NOW, NOW_HALF_LIFE_MINUTES, STORM_ODDS, USUAL
from resonanz.detection.episodes import PLAIN, STORM, caution, reached, tell
from resonanz.detection.state import PEAK_DAYS, Floats, State

_DAYS_KEPT = PEAK_DAYS // 2
#: From so many days on a step is held against them.
_FEWEST_DAYS = 3
# How often a year the days alone would let something pass, as parts of the false alarms stated: with evidence, and
# without enough of it.
_OFTEN, _SELDOM = 1.5, 0.5
#: Evidence, in nats, above what the days before reach, that needs no height: what lasts, not what is loud.
_LASTING = 3.0
#: Log-odds below which not even a record is news.
_LOWEST_ODDS = -6.0
#: Messages above the usual in the half hour or so that "now" is, below which nothing is a record: small topics would be
#: surprised by each of theirs.
_FEWEST_MESSAGES = 4.0
_LOWEST_RECORD = 2.0 * log(_FEWEST_MESSAGES * log(2.0) / NOW_HALF_LIFE_MINUTES)
_LEAST_EXCESS = 1e-3


@compiled
def _height(row: Floats) -> float:
    """How far the last minutes rise above the usual: twice the logarithm of messages a minute."""
    return 2.0 * log(max(_LEAST_EXCESS, row[COUNT_NOW] - row[USUAL]))


@compiled
def _end_of_day(state: State, false_alarms_per_year: float) -> None:
    """Keep the day's highest evidence and height, and say what is to be expected of them."""
    scalars, odds, heights = state.scalars, state.peaks[:_DAYS_KEPT], state.peaks[_DAYS_KEPT:]
    today = int(scalars[s.DAYS]) % _DAYS_KEPT
    odds[today], heights[today] = scalars[s.DAY_PEAK], scalars[s.DAY_HEIGHT]
    scalars[s.DAYS] += 1
    scalars[s.DAY_MINUTES], scalars[s.DAY_PEAK], scalars[s.DAY_HEIGHT] = 0.0, -99.0, -99.0
    days = min(int(scalars[s.DAYS]), _DAYS_KEPT)
    scalars[s.USUAL_ODDS] = reached(odds, days, false_alarms_per_year)
    scalars[s.USUAL_HEIGHT] = reached(heights, days, _OFTEN * false_alarms_per_year)
    record = reached(heights, days, _SELDOM * false_alarms_per_year)
    scalars[s.RECORD_HEIGHT] = max(_LOWEST_RECORD, record)


@compiled
def _strength(scalars: Floats, odds: float, height: float, threshold: float) -> float:
    """How far a step lies above what must be reached, in nats; below 0 it is not reached."""
    if scalars[s.DAYS] < _FEWEST_DAYS:
        return odds - threshold
    new = max(height - scalars[s.USUAL_HEIGHT], odds - scalars[s.USUAL_ODDS] - _LASTING)
    record = min(height - scalars[s.RECORD_HEIGHT], odds - _LOWEST_ODDS)
    return float(max(min(odds - threshold, new), record))


@compiled
def follow(
    state: State,
    false_alarms_per_year: float,
    rows: Floats,
    minutes: Floats,
    thresholds: Floats,
    alarm: NDArray[np.int64],
    episode: NDArray[np.int64],
    score: Floats,
) -> None:
    """As `episodes.follow`; `thresholds` become the log-odds that would have sufficed in each step."""
    scalars = state.scalars
    for t in range(len(rows)):
        odds, height = rows[t, STORM_ODDS], _height(rows[t])
        scalars[s.DAY_MINUTES] += minutes[t]
        if scalars[s.DAY_MINUTES] >= 1440.0:
            _end_of_day(state, false_alarms_per_year)
        scalars[s.DAY_PEAK] = max(scalars[s.DAY_PEAK], odds)
        scalars[s.DAY_HEIGHT] = max(scalars[s.DAY_HEIGHT], height)
        strength = _strength(scalars, odds, height, thresholds[t] + caution(scalars, PLAIN))
        thresholds[t] = odds - strength
        alarm[t], score[t] = tell(scalars, strength, STORM, minutes[t], PLAIN.relief)
        episode[t] = int(scalars[s.EPISODE])
