"""What is usual: level × drift × rhythm of the week for the volume, a slow and a local share, and how both scatter.

All of it is learned by discounted conjugate updates (a gamma prior for rates, a beta prior for shares), each weighted
by the probability that nothing special is going on, so that a storm never becomes usual by lasting.
"""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np

from resonanz.detection import state as s
from resonanz.detection.compiled import compiled
from resonanz.detection.state import Floats

_LN2 = log(2.0)
_DAY = 1440.0
#: A day on the networks before anything is known: quiet nights, a broad day; mean 1.
_PRIOR_DAY = np.array(
    [
        *(0.5, 0.35, 0.3, 0.25, 0.3, 0.45, 0.7, 0.95, 1.15, 1.25, 1.3, 1.3),
        *(1.3, 1.3, 1.25, 1.25, 1.3, 1.35, 1.4, 1.45, 1.4, 1.25, 1.0, 0.75),
    ]
)
_PRIOR_DAY = _PRIOR_DAY / _PRIOR_DAY.mean()
# Strength of the priors, in messages.
_HOUR_PRIOR, _LIKE_PRIOR, _BIN_PRIOR = 10.0, 20.0, 40.0
_LOCAL_PRIOR, _SHARE_PRIOR, _LOCAL_SHARE_PRIOR = 300.0, 20.0, 300.0
_RHYTHM_HALF_LIFE_WEEKS = 8.0
# Half-lives of the local memories where messages are plenty. What wanders is best followed with a memory that shrinks
# with the root of the messages' rate (the gain of a steady Kalman filter); beyond `_MOST_SLACK` the priors rule.
_LOCAL_HALF_LIFE, _LOCAL_SHARE_HALF_LIFE = 90.0, 180.0
_PLENTY_PER_MINUTE, _MOST_SLACK = 1000 / 60, 4.0
_SHARE_HALF_LIFE = 14 * _DAY
_SPREAD_HALF_LIFE = 30 * _DAY
_BLOCK_MINUTES = 60.0
_BLOCK_HALF_LIFE_BLOCKS = 7 * 24.0


@compiled
def _bin(rhythm: Floats, hour: int) -> float:
    """Factor of an hour of the week, drawn to that hour on like days, that to any day's, that to the prior."""
    of_day, rest = hour % 24, hour >= 120
    count, expected = _HOUR_PRIOR * _PRIOR_DAY[of_day], _HOUR_PRIOR
    alike, alike_expected = 0.0, 0.0
    for day in range(7):
        here = day * 24 + of_day
        count += rhythm[0, here]
        expected += rhythm[1, here]
        if (day >= 5) == rest:
            alike += rhythm[0, here]
            alike_expected += rhythm[1, here]
    like = (alike + _LIKE_PRIOR * count / expected) / (alike_expected + _LIKE_PRIOR)
    return float((rhythm[0, hour] + _BIN_PRIOR * like) / (rhythm[1, hour] + _BIN_PRIOR))


@compiled
def rhythm_at(rhythm: Floats, scalars: Floats, week_minute: int) -> float:
    """The rhythm's factor at a local minute of the week, linear between the middles of the hours."""
    hour = week_minute // 60
    if scalars[s.RHYTHM_HOUR] != hour:
        fade = 2.0 ** (-1.0 / _RHYTHM_HALF_LIFE_WEEKS)
        rhythm[0, hour] *= fade
        rhythm[1, hour] *= fade
        scalars[s.RHYTHM_HOUR] = hour
        scalars[s.RHYTHM_BEFORE] = _bin(rhythm, (hour + 167) % 168)
        scalars[s.RHYTHM_HERE] = _bin(rhythm, hour)
        scalars[s.RHYTHM_AFTER] = _bin(rhythm, (hour + 1) % 168)
    x = (week_minute % 60 + 0.5) / 60.0 - 0.5
    here = scalars[s.RHYTHM_HERE]
    other = scalars[s.RHYTHM_AFTER] if x > 0 else scalars[s.RHYTHM_BEFORE]
    return float(here + abs(x) * (other - here))


@compiled
def level(scalars: Floats) -> float:
    """Messages a minute, rhythm and local drift aside."""
    return float((scalars[s.LEVEL_COUNT] + 0.02) / (scalars[s.LEVEL_EXPOSURE] + 20.0))


@compiled
def drift(scalars: Floats) -> float:
    """Factor of the last hours; near 1 for small topics, whose last hours say little."""
    return float((scalars[s.LOCAL_COUNT] + _LOCAL_PRIOR) / (scalars[s.LOCAL_EXPOSURE] + _LOCAL_PRIOR))


@compiled
def _slack(rate: float) -> float:
    """How much longer the local memories are in a topic of `rate` messages a minute than where they are plenty."""
    return min(_MOST_SLACK, max(1.0, sqrt(_PLENTY_PER_MINUTE / rate)))


@compiled
def usual_share(scalars: Floats) -> float:
    """Share of negatives that is usual now."""
    slow = (scalars[s.SHARE_NEGATIVE] + 0.2 * _SHARE_PRIOR) / (scalars[s.SHARE_COUNT] + _SHARE_PRIOR)
    local = (scalars[s.LOCAL_NEGATIVE] + slow * _LOCAL_SHARE_PRIOR) / (
        scalars[s.LOCAL_SHARE_COUNT] + _LOCAL_SHARE_PRIOR
    )
    return float(min(0.95, max(0.005, local)))


@compiled
def dispersion(scalars: Floats) -> float:
    """Variance over mean of the counts within one step; 1 is Poisson."""
    excess = (scalars[s.SPREAD_EXCESS] + 0.3 * 30.0) / (scalars[s.SPREAD_EXPOSURE] + 30.0)
    return float(1.0 + min(50.0, max(0.02, excess)))


@compiled
def _learn_blocks(scalars: Floats, minutes: float) -> None:
    """How far hourly sums scatter beyond what independent minutes would: the reason to trust long evidence less."""
    scalars[s.BLOCK_MINUTES] += minutes
    if scalars[s.BLOCK_MINUTES] < _BLOCK_MINUTES:
        return
    weight = scalars[s.BLOCK_WEIGHT] / scalars[s.BLOCK_MINUTES]
    gain = weight * (1.0 - exp(-_LN2 / _BLOCK_HALF_LIFE_BLOCKS))
    if scalars[s.BLOCK_VARIANCE] > 0:
        z2 = (scalars[s.BLOCK_COUNT] - scalars[s.BLOCK_USUAL]) ** 2 / scalars[s.BLOCK_VARIANCE]
        scalars[s.VOLUME_EXCESS_VARIANCE] += gain * (min(z2, 16.0) - scalars[s.VOLUME_EXCESS_VARIANCE])
    if scalars[s.BLOCK_NEGATIVE_VARIANCE] > 0:
        z2 = (scalars[s.BLOCK_NEGATIVE] - scalars[s.BLOCK_NEGATIVE_USUAL]) ** 2 / scalars[
            s.BLOCK_NEGATIVE_VARIANCE
        ]
        scalars[s.SHARE_EXCESS_VARIANCE] += gain * (min(z2, 16.0) - scalars[s.SHARE_EXCESS_VARIANCE])
    for slot in range(s.BLOCK_MINUTES, s.BLOCK_WEIGHT + 1):
        scalars[slot] = 0.0


@compiled
def learn(
    rhythm: Floats,
    scalars: Floats,
    week_minute: int,
    minutes: float,
    count: float,
    negative: float,
    usual: float,
    weight: float,
) -> None:
    """Take one step of `minutes` into account, as far as `weight` (0–1) calls it usual. `negative` < 0: unknown."""
    factor, rate, local = rhythm_at(rhythm, scalars, week_minute), level(scalars), drift(scalars)
    hour, per_day = week_minute // 60, rate * _DAY
    half_life = _DAY * min(21.0, max(1.0, 200.0 / per_day))
    fade = exp(-_LN2 * minutes * weight / half_life)
    scalars[s.LEVEL_COUNT] = scalars[s.LEVEL_COUNT] * fade + weight * count
    scalars[s.LEVEL_EXPOSURE] = scalars[s.LEVEL_EXPOSURE] * fade + weight * factor * minutes
    fade = exp(-_LN2 * minutes / (_LOCAL_HALF_LIFE * _slack(rate)))
    scalars[s.LOCAL_COUNT] = scalars[s.LOCAL_COUNT] * fade + weight * count
    scalars[s.LOCAL_EXPOSURE] = scalars[s.LOCAL_EXPOSURE] * fade + weight * rate * factor * minutes
    rhythm[0, hour] += weight * count
    rhythm[1, hour] += weight * rate * local * minutes
    fade = exp(-_LN2 * minutes / _SPREAD_HALF_LIFE)
    expected = usual * minutes
    square = min((count - expected) ** 2 - count, 30.0 * max(1.0, expected * dispersion(scalars)))
    scalars[s.SPREAD_EXCESS] = scalars[s.SPREAD_EXCESS] * fade + weight * square
    scalars[s.SPREAD_EXPOSURE] = scalars[s.SPREAD_EXPOSURE] * fade + weight * expected
    scalars[s.BLOCK_COUNT] += count
    scalars[s.BLOCK_USUAL] += expected
    scalars[s.BLOCK_VARIANCE] += expected * dispersion(scalars)
    scalars[s.BLOCK_WEIGHT] += weight * minutes
    if negative >= 0:
        share = usual_share(scalars)
        fade = exp(-_LN2 * minutes / _SHARE_HALF_LIFE)
        scalars[s.SHARE_NEGATIVE] = scalars[s.SHARE_NEGATIVE] * fade + weight * negative
        scalars[s.SHARE_COUNT] = scalars[s.SHARE_COUNT] * fade + weight * count
        fade = exp(-_LN2 * minutes / (_LOCAL_SHARE_HALF_LIFE * _slack(rate)))
        scalars[s.LOCAL_NEGATIVE] = scalars[s.LOCAL_NEGATIVE] * fade + weight * negative
        scalars[s.LOCAL_SHARE_COUNT] = scalars[s.LOCAL_SHARE_COUNT] * fade + weight * count
        scalars[s.BLOCK_NEGATIVE] += negative
        scalars[s.BLOCK_NEGATIVE_USUAL] += count * share
        scalars[s.BLOCK_NEGATIVE_VARIANCE] += count * share * (1.0 - share)
    _learn_blocks(scalars, minutes)


@compiled
def amend(rhythm: Floats, scalars: Floats, week_minute: int, count: float, negative: float) -> None:
    """Messages that came too late to be judged: they teach what is usual, without further exposure."""
    scalars[s.LEVEL_COUNT] += count
    rhythm[0, week_minute // 60] += count
    if negative >= 0:
        scalars[s.SHARE_NEGATIVE] += negative
        scalars[s.SHARE_COUNT] += count
