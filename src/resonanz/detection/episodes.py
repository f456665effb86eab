"""From odds to alarms: one report for each episode, and a score in 0–1 for each step that uses only the past."""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from resonanz.detection import state as s
from resonanz.detection.compiled import compiled
from resonanz.detection.engine import CANDY_ODDS, STORM_ODDS
from resonanz.detection.state import Floats, State

#: An episode is over when the odds have stayed below the threshold, by the relief, for so long.
COOL_DOWN_MINUTES = 360.0


class Manner(NamedTuple):
    """How alarms are given, in nats."""

    relief: float
    first_caution: float  # asked for on top while the rhythm of the week is still new


#: Where moods are known, a surge that is not yet understood must not be called a storm; where only volume is known,
#: something that stands out in the first week is what is asked for.
TONED, PLAIN = Manner(3.0, 4.0), Manner(1.5, 1.0)
_CAUTION_HALF_LIFE_DAYS = 5.0

# Tail of the daily peaks, and bounds on what it may do: a topic is never more touchy than the common threshold.
_TAIL_QUANTILE = 0.8
_FEWEST_DAYS = 21
_NO_CHATTER = 1e9  # marks a day with an episode
_TOLERANCE, _MOST_RAISED = 1.0, 3.0

NOTHING, STORM, CANDY = 0, 1, 2

# Log-odds at which one false alarm a year is raised, by messages an hour, and how many nats divide that number by e.
# Measured on simulated development years; between the anchors linear in the logarithm.
_ANCHORS = np.log10([0.2, 20.0, 1000.0])
_ONE_A_YEAR = np.array([1.0, 1.0, 4.5])
_NATS = np.array([0.85, 0.95, 1.4])
_ONE_A_YEAR_WITHOUT_MOODS = np.array([0.7, 3.7, 9.2])
_NATS_WITHOUT_MOODS = np.array([0.85, 1.8, 0.6])
#: Below this the odds lie most of the time: a lower threshold would open one episode and never close it.
_LOWEST_WITHOUT_MOODS = -1.0


def thresholds(per_hour: Floats, false_alarms_per_year: float, moods: bool) -> Floats:
    """Log-odds to alarm at, for topics with `per_hour` messages an hour, so that false alarms keep to the stated rate.

    Raises ValueError where the rate is not positive.
    """
    if not false_alarms_per_year > 0:
        raise ValueError("the number of false alarms per year must be positive")
    at = np.log10(np.maximum(per_hour, 1e-3))
    one = np.interp(at, _ANCHORS, _ONE_A_YEAR if moods else _ONE_A_YEAR_WITHOUT_MOODS)
    nats = np.interp(at, _ANCHORS, _NATS if moods else _NATS_WITHOUT_MOODS)
    result: Floats = one - nats * np.log(false_alarms_per_year)
    return result if moods else np.maximum(_LOWEST_WITHOUT_MOODS, result)


@compiled
def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-min(50.0, max(-50.0, x))))


@compiled
def caution(scalars: Floats, manner: Manner) -> float:
    """What is asked for on top of the threshold, in nats, of a topic that is still new."""
    return float(manner.first_caution * 2.0 ** (-scalars[s.DAYS] / _CAUTION_HALF_LIFE_DAYS))


@compiled
def reached(peaks: Floats, days: int, false_alarms_per_year: float) -> float:
    """What the topic's daily peaks reach at the stated rate, by an exponential tail above their 80 % quantile."""
    ordered = np.sort(peaks[:days])
    first = int(_TAIL_QUANTILE * days)
    excess = ordered[first:].mean() - ordered[first]
    expected_days = (1.0 - _TAIL_QUANTILE) * 365.0 / false_alarms_per_year
    return float(ordered[first] + excess * log(max(1.0, expected_days)))


@compiled
def _end_of_day(state: State, threshold: float, false_alarms_per_year: float) -> None:
    """Keep the day's peak, and raise the topic's threshold where its own past asks for more than the common one."""
    scalars = state.scalars
    peak = scalars[s.DAY_PEAK]
    scalars[s.DAY_MINUTES], scalars[s.DAY_PEAK] = 0.0, -99.0
    if peak >= threshold + scalars[s.RAISED]:
        return  # an alarm is no chatter
    state.peaks[int(scalars[s.DAYS]) % len(state.peaks)] = peak
    scalars[s.DAYS] += 1
    days = min(int(scalars[s.DAYS]), len(state.peaks))
    if days >= _FEWEST_DAYS:
        own = reached(state.peaks, days, false_alarms_per_year)
        scalars[s.RAISED] = min(_MOST_RAISED, max(0.0, own - threshold - _TOLERANCE))


@compiled
def tell(scalars: Floats, strength: float, kind: int, minutes: float, relief: float) -> tuple[int, float]:
    """Whether a step of `minutes` reports an episode of `kind` (else NOTHING), and its score.

    One is reported when `strength` reaches 0 and none goes on; it ends in calm.
    """
    score = _logistic(strength / 2.0)
    if scalars[s.EPISODE] == NOTHING:
        if strength < 0:
            return NOTHING, score
        scalars[s.EPISODE], scalars[s.CALM_MINUTES] = kind, 0.0
        return kind, score
    scalars[s.CALM_MINUTES] = scalars[s.CALM_MINUTES] + minutes if strength < -relief else 0.0
    if scalars[s.CALM_MINUTES] > COOL_DOWN_MINUTES:
        scalars[s.EPISODE] = NOTHING
    return NOTHING, min(score, 0.49)


@compiled
def follow(
    state: State,
    false_alarms_per_year: float,
    manner: Manner,
    odds: Floats,
    minutes: Floats,
    thresholds: Floats,
    alarm: NDArray[np.int64],
    episode: NDArray[np.int64],
    score: Floats,
) -> None:
    """Fill, for every step, `alarm` (kind reported in it, else 0), `episode` (kind going on) and `score`.

    `score` reaches 0.5 in the steps that report an alarm and in no other: it says how strongly something *new* shows.
    """
    scalars = state.scalars
    for t in range(len(odds)):
        odds_now = max(odds[t, STORM_ODDS], odds[t, CANDY_ODDS])
        scalars[s.DAY_MINUTES] += minutes[t]
        scalars[s.DAY_PEAK] = max(scalars[s.DAY_PEAK], odds_now)
        if scalars[s.DAY_MINUTES] >= 1440.0:
            _end_of_day(state, thresholds[t], false_alarms_per_year)
        thresholds[t] += scalars[s.RAISED] + caution(scalars, manner)
        if scalars[s.EPISODE] != NOTHING:
            scalars[s.DAY_PEAK] = _NO_CHATTER
        kind = STORM if odds[t, STORM_ODDS] >= odds[t, CANDY_ODDS] else CANDY
        alarm[t], score[t] = tell(scalars, odds_now - thresholds[t], kind, minutes[t], manner.relief)
        episode[t] = int(scalars[s.EPISODE])
