"""Walk through a topic's steps: what was usual, how the hypotheses stand, what may be learned."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import NDArray

from resonanz.detection import baseline
from resonanz.detection import state as s
from resonanz.detection.compiled import compiled
from resonanz.detection.ladder import Law, Seen, lowest_rung, predict, weigh
from resonanz.detection.state import DOUBLINGS, RUNGS, SHARE_DOUBLINGS, SHARES, Floats, State

DOUBLING_LOGS, SHARE_DOUBLING_LOGS = np.log(np.array(DOUBLINGS)), np.log(np.array(SHARE_DOUBLINGS))

#: Columns of what `walk` writes for each step.
STORM_ODDS, CANDY_ODDS, SURGE, USUAL, SHARE, LEVEL, COUNT_NOW, NEGATIVE_NOW = 0, 1, 2, 3, 4, 5, 6, 7
# The storm's own figures, where its odds are above `_WORTH_A_LOOK`; else 0: messages a minute, age in minutes, mean
# and deviation of the logarithm of the doubling time in minutes.
EXCESS, AGE, DOUBLING, DOUBLING_SPREAD = 8, 9, 10, 11
COLUMNS = 12
_WORTH_A_LOOK = -4.0
NOW_HALF_LIFE_MINUTES = 20.0

#: Nothing is judged before the topic has been heard for so long.
WARM_UP_MINUTES = 2 * 1440.0
#: Messages that did not come in a silence, above which it is an outage and no news (chance below 1e-6).
_OUTAGE_MESSAGES = 14.0
#: Minutes without news after which nothing is left of what went on before; longer gaps bring nothing more.
_LONGEST_PREDICTION = 3 * 1440


@compiled
def _silent(scalars: Floats, count: float, expected: float, minutes: float, spread: float) -> float:
    """Minutes that this step's count stands for: more than `minutes` when it ends an outage, 0 when it is one."""
    if count == 0:
        scalars[s.SILENCE_USUAL] += expected
        scalars[s.SILENCE_MINUTES] += minutes
        return 0.0 if scalars[s.SILENCE_USUAL] > _OUTAGE_MESSAGES * spread else minutes
    waited = scalars[s.SILENCE_MINUTES] if scalars[s.SILENCE_USUAL] > _OUTAGE_MESSAGES * spread else 0.0
    scalars[s.SILENCE_USUAL] = scalars[s.SILENCE_MINUTES] = 0.0
    return minutes + waited


@compiled
def _portrait(state: State, law: Law, seen: Seen, out: Floats) -> None:
    """What the storm looks like, if it is one: averages over the storm hypotheses, weighted by their probabilities."""
    mass = excess = age = first = second = 0.0
    lowest = lowest_rung(law, seen.level)
    for d in range(len(DOUBLING_LOGS)):
        for i in range(RUNGS):
            m = state.storm[0, d, i]
            mass += m
            excess += m * lowest * 2.0 ** (i / 2.0)
            age += state.storm[1, d, i]
            first += m * DOUBLING_LOGS[d]
            second += m * DOUBLING_LOGS[d] ** 2
    for d in range(len(SHARE_DOUBLING_LOGS)):
        for i in range(len(SHARES)):
            m = state.turn[0, d, i]
            mass += m
            excess += m * SHARES[i] * seen.usual
            age += state.turn[1, d, i]
            first += m * SHARE_DOUBLING_LOGS[d]
            second += m * SHARE_DOUBLING_LOGS[d] ** 2
    out[EXCESS], out[AGE], out[DOUBLING] = excess / mass, age / mass, first / mass
    out[DOUBLING_SPREAD] = max(0.0, second / mass - (first / mass) ** 2) ** 0.5


@compiled
def _remember_now(scalars: Floats, minutes: float, observed: float, count: float, negative: float) -> None:
    """Rates of the last minutes, older ones fading with a half-life of 20; `observed` of these `minutes` were seen."""
    fade = 2.0 ** (-max(minutes, observed) / NOW_HALF_LIFE_MINUTES)
    scalars[s.NOW_MINUTES] = scalars[s.NOW_MINUTES] * fade + observed
    scalars[s.NOW_COUNT] = scalars[s.NOW_COUNT] * fade + max(0.0, count)
    scalars[s.NOW_NEGATIVE] = scalars[s.NOW_NEGATIVE] * fade + max(0.0, negative)


@compiled
def _odds(mine: float, others: float) -> float:
    return log(max(mine, 1e-30)) - log(max(others, 1e-30))


@compiled
def _expected(state: State, week_minute: int) -> Seen:
    """What the baseline says of the step that begins at `week_minute`."""
    scalars = state.scalars
    rate = baseline.level(scalars)
    usual = rate * baseline.drift(scalars) * baseline.rhythm_at(state.rhythm, scalars, week_minute)
    return Seen(
        usual, rate, baseline.usual_share(scalars), baseline.dispersion(scalars),
        1.0 / max(1.0, scalars[s.VOLUME_EXCESS_VARIANCE]), 1.0 / max(1.0, scalars[s.SHARE_EXCESS_VARIANCE]),
    )  # fmt: skip


@compiled
def _weigh_step(
    state: State, law: Law, seen: Seen, length: float, count: float, negative: float, moods: bool
) -> float:
    """Let time pass and weigh what came; the minutes that this step's count stands for (0: it says nothing)."""
    ready = state.scalars[s.LEARNED_MINUTES] >= WARM_UP_MINUTES
    if ready:
        for _ in range(min(_LONGEST_PREDICTION, max(1, int(length)))):
            predict(state, law, seen.level, moods)
    stands_for = 0.0
    if count >= 0:
        stands_for = _silent(state.scalars, count, seen.usual * length, length, seen.spread)
    if stands_for > 0 and ready:
        weigh(state, law, count, negative, stands_for, seen)
    return stands_for


@compiled
def _write(state: State, law: Law, seen: Seen, out: Floats) -> None:
    """How the hypotheses stand after a step, and what was usual and came in it."""
    scalars = state.scalars
    storm = state.storm[0].sum() + state.turn[0].sum()
    candy, surge = state.candy.sum(), state.surge.sum()
    out[STORM_ODDS] = _odds(storm, state.calm[0] + surge + candy)
    out[CANDY_ODDS] = _odds(candy, state.calm[0] + surge + storm)
    out[SURGE], out[USUAL], out[SHARE], out[LEVEL] = surge, seen.usual, seen.share, seen.level
    out[COUNT_NOW] = scalars[s.NOW_COUNT] / max(1.0, scalars[s.NOW_MINUTES])
    out[NEGATIVE_NOW] = scalars[s.NOW_NEGATIVE] / max(1.0, scalars[s.NOW_MINUTES])
    if out[STORM_ODDS] > _WORTH_A_LOOK:
        _portrait(state, law, seen, out)
    else:
        out[EXCESS:] = 0.0


@compiled
def walk(
    state: State,
    law: Law,
    week_minute: NDArray[np.int64],
    minutes: Floats,
    count: Floats,
    negative: Floats,
    moods: bool,
    out: Floats,
) -> None:
    """Process steps in order of time, changing `state` and filling `out` (steps, COLUMNS).

    `week_minute` is the local minute of the week at which a step begins (a holiday is a Sunday), `minutes` its length.
    `count` < 0 means not observed, `negative` < 0 unknown. `moods`: whether this topic's negatives are known at all.
    """
    scalars = state.scalars
    for t in range(len(count)):
        length, n, k = minutes[t], count[t], negative[t]
        seen = _expected(state, week_minute[t])
        stands_for = _weigh_step(state, law, seen, length, n, k, moods)
        if stands_for > 0:
            weight = max(0.01, state.calm[0] + 0.1 * state.surge.sum())
            baseline.learn(state.rhythm, scalars, week_minute[t], stands_for, n, k, seen.usual, weight)
            scalars[s.LEARNED_MINUTES] += length
        _remember_now(scalars, length, stands_for, n, k)
        _write(state, law, seen, out[t])
