"""The oracle: a likelihood-ratio CUSUM that knows the chatter, its surges and scatter, and how fast storms double.

It follows one hypothesis for each recent onset. Under a hypothesis the storm's rate is not the realised one, which
nobody could know, but what the self-exciting law predicts from the messages since, each weighted by its probability
of belonging to the storm.
"""

from __future__ import annotations

from math import exp, lgamma, log

import numpy as np
from numba import njit

from .world import SIZES, STORM_SHARE, BrandYear, seen


@njit(cache=True)
def _score(count, negative, calm, share, dispersion, doubling, start, storm_share, out):
    growth = log(2.0) / doubling
    feedback = growth / 2
    scale = dispersion - 1.0
    quiet = log(dispersion) / scale
    every = max(1, int(doubling / 4))
    slots = 48
    rate = np.zeros(slots)
    evidence = np.full(slots, -99.0)
    for t in range(len(count)):
        if t % every == 0:
            slot = (t // every) % slots
            rate[slot], evidence[slot] = start, 0.0
        n, k, b, p = count[t], negative[t], calm[t], share[t]
        best = 0.0
        size = b / scale
        usual = lgamma(n + size) - lgamma(size) if n > 0 else 0.0
        for i in range(slots):
            if evidence[i] < -4.0:
                continue
            s = rate[i]
            gain = -s * quiet
            mine = 0.0
            if n > 0:
                more = (b + s) / scale
                gain += lgamma(n + more) - lgamma(more) - usual
                mixed = (b * p + s * storm_share) / (b + s)
                gain += k * log(mixed / p) + (n - k) * log((1 - mixed) / (1 - p))
                mine = k * s * storm_share / (b * p + s * storm_share)
                mine += (n - k) * s * (1 - storm_share) / (b * (1 - p) + s * (1 - storm_share))
            evidence[i] += gain
            rate[i] = min(((1 - feedback) * s + feedback * mine) * exp(growth), 300 * start)
            best = max(best, evidence[i])
        out[t] = best


def oracle(year: BrandYear, size: str, doubling_minutes: float) -> np.ndarray:
    """The oracle's statistic for every minute, float32."""
    out = np.zeros(len(year.count), np.float32)
    start = max(1.2, 0.06 * SIZES[size]) / 60
    _score(
        year.count, year.negative, year.calm_rate, year.calm_share, year.dispersion,
        doubling_minutes, start, float(seen(STORM_SHARE)), out,
    )  # fmt: skip
    return out
