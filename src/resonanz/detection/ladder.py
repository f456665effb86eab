"""Weigh the hypotheses: calm, a surge, a candystorm, a storm of each doubling time at each rung, a turn of mood.

A hidden Markov chain whose storm states form ladders: from rung to rung a storm's rate grows by half an octave, at a
pace set by its doubling time. One forward step a minute gives the exact likelihood mixture over all onsets, starting
rates, doubling times and irregular climbs: Shiryaev's posterior odds for self-exciting growth.
"""

from __future__ import annotations

from math import exp, lgamma, log
from typing import NamedTuple

import numpy as np

from resonanz.detection.compiled import compiled
from resonanz.detection.state import DOUBLINGS, RUNGS, SHARE_DOUBLINGS, SHARES, Floats, State

_DOUBLINGS, _SHARE_DOUBLINGS = np.array(DOUBLINGS), np.array(SHARE_DOUBLINGS)
_SHARES = np.array(SHARES)
_RATIOS = 2.0 ** (np.arange(RUNGS) / 2.0)
#: Where a storm is when it is first seen: the lower, the likelier.
_ENTRY = 2.0 ** (-np.arange(RUNGS) / 3.0)
_ENTRY = _ENTRY / _ENTRY.sum()
#: The same where only volume is known: no surge stands beside it to explain a jump, so it may be seen at any height.
_JUMP = np.full(RUNGS, 1.0 / RUNGS)
_SHARE_ENTRY = 2.0 ** (-np.arange(len(SHARES)) / 2.0)
_SHARE_ENTRY = _SHARE_ENTRY / _SHARE_ENTRY.sum()


class Law(NamedTuple):
    """The chain's rates per minute, and how a storm speaks. Chosen on simulated development years only."""

    storm_entry: float = 2e-5
    turn_entry: float = 2e-6
    surge_entry: float = (
        3e-4  # for topics of `surge_visible_per_hour` messages and more; fewer messages show fewer surges
    )
    surge_visible_per_hour: float = 5.0
    candy_entry: float = 1e-6
    storm_exit: float = 1 / 600
    surge_exit: float = 1 / 240
    surge_move: float = 0.08  # up or down a rung
    storm_fall: float = 1 / 90  # down a rung
    mood: float = (
        1.43  # log odds by which a storm's messages are more often called negative than the usual ones
    )
    lowest_per_minute: float = 0.008  # bottom rung for small topics …
    lowest_ratio: float = 0.05  # … and, as a part of the usual rate, for the others
    most_per_step: float = 12.0  # nats that one step's volume may say: one odd minute proves nothing


class Seen(NamedTuple):
    """What the baseline says of one step."""

    usual: float  # messages a minute
    level: float  # the same without rhythm and drift
    share: float  # of negatives
    spread: float  # variance over mean
    volume_trust: float  # 0–1: part of the volume's evidence that counts
    share_trust: float


@compiled
def shifted(share: float, log_odds: float) -> float:
    """`share` moved by `log_odds` on the logistic scale."""
    return 1.0 / (1.0 + exp(-log(share / (1.0 - share)) - log_odds))


@compiled
def _climb(row: Floats, up: float, down: float, leave: float) -> float:
    """Move one ladder's mass by one minute in place; what leaves it is returned."""
    last = len(row) - 1
    up, down = up * (1.0 - leave), down * (1.0 - leave)
    left, below = 0.0, 0.0
    row[last] += up * row[last]  # nowhere to rise to
    row[0] += down * row[0]  # nowhere to fall to
    stay = 1.0 - leave - up - down
    for i in range(last):
        here = row[i]
        left += here
        row[i] = here * stay + below * up + row[i + 1] * down
        below = here
    here = row[last]
    row[last] = here * stay + below * up
    return float((left + here) * leave)


@compiled
def _climb_all(ladders: Floats, doublings: Floats, law: Law) -> float:
    """One minute for every ladder of a family and for the ages on it; the probability that left is returned."""
    back = 0.0
    for k in range(len(doublings)):
        up = min(0.6, 2.0 / doublings[k])
        back += _climb(ladders[0, k], up, law.storm_fall, law.storm_exit)
        _climb(ladders[1, k], up, law.storm_fall, law.storm_exit)
        for i in range(ladders.shape[2]):
            ladders[1, k, i] += ladders[0, k, i]
    return back


@compiled
def predict(state: State, law: Law, level: float, moods: bool) -> None:
    """One minute passes in a topic of `level` messages a minute: storms begin, grow, fade and end.

    Without `moods` (negatives unknown) only volume can storm.
    """
    calm, surge = state.calm[0], state.surge.sum()
    back = _climb_all(state.storm, _DOUBLINGS, law)
    entry = calm * law.storm_entry / len(_DOUBLINGS)
    first = _ENTRY if moods else _JUMP
    for k in range(len(_DOUBLINGS)):
        for i in range(RUNGS):
            state.storm[0, k, i] += entry * first[i]
    gone = law.storm_entry
    if moods:
        surge_entry = law.surge_entry * min(1.0, level * 60.0 / law.surge_visible_per_hour)
        back += _climb_all(state.turn, _SHARE_DOUBLINGS, law)
        back += _climb(state.surge, law.surge_move, law.surge_move, law.surge_exit)
        back += _climb(state.candy, law.surge_move, law.surge_move, law.surge_exit)
        for i in range(RUNGS):
            state.surge[i] += calm * surge_entry / RUNGS - state.surge[i] * law.turn_entry
            state.candy[i] += calm * law.candy_entry * _ENTRY[i]
        entry = (calm + surge) * law.turn_entry / len(_SHARE_DOUBLINGS)
        for k in range(len(_SHARE_DOUBLINGS)):
            for i in range(len(_SHARES)):
                state.turn[0, k, i] += entry * _SHARE_ENTRY[i]
        gone += surge_entry + law.candy_entry + law.turn_entry
    state.calm[0] = calm * (1.0 - gone) + back


@compiled
def lowest_rung(law: Law, level: float) -> float:
    """Rate a minute of the ladder's bottom, for a topic of `level` messages a minute."""
    return max(law.lowest_per_minute, law.lowest_ratio * level)


@compiled
def _mixture_gain(n: float, k: float, share: float, towards: float, part: float) -> float:
    """Log-likelihood ratio of `k` negatives among `n`, when `part` of the messages has the share `towards`."""
    mixed = share + part * (towards - share)
    return k * log(mixed / share) + (n - k) * log((1.0 - mixed) / (1.0 - share))


@compiled
def _gains(law: Law, n: float, k: float, minutes: float, seen: Seen, gains: Floats) -> float:
    """Log-likelihood ratios of surge, storm and candystorm against calm into `gains` (3, RUNGS); their highest."""
    expected, scale = seen.usual * minutes, seen.spread - 1.0
    lowest, silence = lowest_rung(law, seen.level) * minutes, log(seen.spread) / scale
    base = lgamma(n + expected / scale) - lgamma(expected / scale) if n > 0 else 0.0
    angry, kind = shifted(seen.share, law.mood), shifted(seen.share, -law.mood)
    top = 0.0
    for i in range(RUNGS):
        extra = lowest * _RATIOS[i]
        gain = -extra * silence
        if n > 0:
            size = (expected + extra) / scale
            gain += lgamma(n + size) - lgamma(size) - base
        gain = min(law.most_per_step, seen.volume_trust * gain)
        gains[0, i] = gains[1, i] = gains[2, i] = gain
        if k >= 0 and n > 0:
            part = extra / (expected + extra)
            gains[1, i] += seen.share_trust * _mixture_gain(n, k, seen.share, angry, part)
            gains[2, i] += seen.share_trust * _mixture_gain(n, k, seen.share, kind, part)
        top = max(top, gains[0, i], gains[1, i], gains[2, i])
    return top


@compiled
def weigh(state: State, law: Law, n: float, k: float, minutes: float, seen: Seen) -> None:
    """Bayes' rule for one step: `n` messages in `minutes`, `k` of them negative (< 0: unknown)."""
    gains = np.empty((3, RUNGS))
    top = _gains(law, n, k, minutes, seen, gains)
    here = state.calm[0] + state.surge.sum()
    state.calm[0] *= exp(-top)
    toned = k >= 0 and n > 0
    for i in range(RUNGS):
        factor = exp(gains[0, i] - top)
        state.surge[i] *= factor
        state.candy[i] *= exp(gains[2, i] - top) if toned else factor
        factor = exp(gains[1, i] - top) if toned else factor
        for d in range(len(_DOUBLINGS)):
            state.storm[0, d, i] *= factor
            state.storm[1, d, i] *= factor
    # What a turn of mood predicts for the volume is what calm and surge together predict.
    plain = (state.calm[0] + state.surge.sum()) / here if here > 0 else exp(-top)
    angry = shifted(seen.share, law.mood)
    for i in range(len(_SHARES)):
        factor = plain
        if toned:
            factor *= exp(min(50.0, seen.share_trust * _mixture_gain(n, k, seen.share, angry, _SHARES[i])))
        for d in range(len(_SHARE_DOUBLINGS)):
            state.turn[0, d, i] *= factor
            state.turn[1, d, i] *= factor
    _normalise(state)


@compiled
def _normalise(state: State) -> None:
    total = state.calm[0] + state.surge.sum() + state.candy.sum() + state.storm[0].sum() + state.turn[0].sum()
    # A trace of calm always remains, so that one absurd step cannot make return impossible.
    state.calm[0] = state.calm[0] / total + 1e-15
    scale = 1.0 / total
    for i in range(RUNGS):
        state.surge[i] *= scale
        state.candy[i] *= scale
    for m in range(2):
        for d in range(len(_DOUBLINGS)):
            for i in range(RUNGS):
                state.storm[m, d, i] *= scale
        for d in range(len(_SHARE_DOUBLINGS)):
            for i in range(len(_SHARES)):
                state.turn[m, d, i] *= scale
