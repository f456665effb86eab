"""What others do, written from the papers named at each: a statistic a minute, thresholds set by one scorer.

All work on bins of five minutes and use only the past. Where a method has no season of its own it is given the hourly
profile of the last four weeks, so that none loses merely for want of a calendar. What they learn from is the chatter
without earlier storms: a favour, since our storm years are denser than life and would spoil their means.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log

import numpy as np
from numba import njit

from .world import DAY, BrandYear

BIN = 5
PER_DAY = DAY // BIN
HOUR = 60 // BIN


def _bins(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, BIN).sum(1).astype(float)


def _minutes(statistic: np.ndarray) -> np.ndarray:
    """A statistic known at the end of each bin, for every minute: it holds from then on until the next."""
    held = np.repeat(statistic.astype(np.float32), BIN)
    return np.concatenate([np.full(BIN - 1, held[0], np.float32), held[: -(BIN - 1)]])


@njit(cache=True)
def _sliding(values, width):
    out = np.zeros(len(values))
    total = 0.0
    for i in range(len(values)):
        total += values[i]
        if i >= width:
            total -= values[i - width]
        out[i] = total
    return out


@njit(cache=True)
def _rolling_z(values, past, memory):
    """(value − mean) / deviation of the `memory` values of `past` that ended an hour before."""
    out = np.zeros(len(values))
    total = square = 0.0
    for i in range(len(values)):
        if i >= memory + HOUR:
            mean = total / memory
            out[i] = (values[i] - mean) / np.sqrt(max(square / memory - mean * mean, 0.25))
        enters = i - HOUR
        if enters >= 0:
            total += past[enters]
            square += past[enters] ** 2
        if enters - memory >= 0:
            total -= past[enters - memory]
            square -= past[enters - memory] ** 2
    return out


def _hourly(values: np.ndarray) -> np.ndarray:
    return _sliding(_bins(values), HOUR)


def rolling_mean(year: BrandYear) -> np.ndarray:
    """The market's alarm: messages of the last hour against mean and deviation of the trailing week."""
    return _minutes(_rolling_z(_hourly(year.count), _hourly(year.calm_count), 7 * PER_DAY))


def product_of_z(year: BrandYear) -> np.ndarray:
    """√(volume z × negative-share z) of the last hour, both against the trailing week."""
    count, negative = _hourly(year.count), _hourly(year.negative)
    volume = _rolling_z(count, _hourly(year.calm_count), 7 * PER_DAY)
    week = 7 * PER_DAY
    usual = _sliding(_bins(year.calm_negative), week) / np.maximum(_sliding(_bins(year.calm_count), week), 1)
    usual = np.clip(np.concatenate([np.full(HOUR, 0.2), usual[:-HOUR]]), 0.05, 0.9)
    share = (negative - count * usual) / np.sqrt(np.maximum(count * usual * (1 - usual), 0.05))
    return _minutes(np.sqrt(np.maximum(volume, 0) * np.maximum(share, 0)))


def _profile(hourly: np.ndarray) -> np.ndarray:
    """Mean of that hour of the week in the four weeks before, drawn to those weeks' mean where messages are few."""
    week = 7 * PER_DAY
    past = sum(
        np.concatenate([np.full(k * week, hourly[:week].mean()), hourly[: -k * week]]) for k in range(1, 5)
    )
    mean = np.maximum(_sliding(hourly, 4 * week) / np.minimum(np.arange(len(hourly)) + 1, 4 * week), 1e-3)
    return (past + 3.0) / (4 + 3.0 / mean)


def seasonal_hybrid_esd(year: BrandYear) -> np.ndarray:
    """Seasonal hybrid ESD (Hochenbaum, Vallis, Kejariwal 2017), online: season removed, then the extreme studentised
    deviate with median and MAD of the trailing two weeks; the statistic is that of the newest sum of an hour.
    """
    profile = _profile(_hourly(year.calm_count))
    rest, past = _hourly(year.count) - profile, _hourly(year.calm_count) - profile
    return _minutes(_robust_deviate(rest, past, 14 * PER_DAY))


@njit(cache=True)
def _robust_deviate(rest, past, memory):
    out = np.zeros(len(rest))
    middle, scale = 0.0, 1.0
    for i in range(memory, len(rest)):
        if i % HOUR == 0:
            part = past[i - memory : i]
            middle = np.median(part)
            scale = max(1.4826 * np.median(np.abs(part - middle)), 0.5)
        out[i] = (rest[i] - middle) / scale
    return out


def online_change_point(year: BrandYear) -> np.ndarray:
    """Bayesian online change-point detection (Adams & MacKay 2007) on negatives, gamma–Poisson with the season as
    exposure: log-odds that the newest change is at most three hours old and has raised the rate.
    """
    values = _bins(year.negative)
    season = _profile(_hourly(year.calm_negative)) / HOUR
    return _minutes(_change_point(values, season))


@njit(cache=True)
def _change_point(values, season):
    runs, hazard, recent = 288, 1 / 2000.0, 36
    weight, shape, rate = np.zeros(runs), np.ones(runs), np.ones(runs)
    weight[0] = 1.0
    out = np.zeros(len(values))
    for t in range(len(values)):
        x, e = values[t], season[t]
        total = 0.0
        for r in range(runs):
            if weight[r] < 1e-12:
                weight[r] = 0.0
                continue
            a, b = shape[r], rate[r]
            gain = (
                lgamma(a + x)
                - lgamma(a)
                - lgamma(x + 1)
                + a * log(b / (b + e))
                + (x * log(e / (b + e)) if x > 0 else 0.0)
            )
            weight[r] *= exp(gain)
            total += weight[r]
        change = total * hazard
        last = weight[runs - 1]
        for r in range(runs - 1, 0, -1):
            weight[r] = weight[r - 1] * (1 - hazard)
            shape[r], rate[r] = shape[r - 1] + x, rate[r - 1] + e
        weight[runs - 1] += last * (1 - hazard)
        weight[0], shape[0], rate[0] = change, 1.0, 1.0
        norm = raised = 0.0
        for r in range(runs):
            norm += weight[r]
            if 0 < r < recent and shape[r] > rate[r]:
                raised += weight[r]
        for r in range(runs):
            weight[r] /= norm
        raised /= norm
        out[t] = log(max(raised, 1e-12)) - log(max(1 - raised, 1e-12))
    return out


def kleinberg(year: BrandYear) -> np.ndarray:
    """Kleinberg's bursts (2003) on negatives: by how much the bursting state (three times the season) is cheaper."""
    values = _bins(year.negative)
    season = _profile(_hourly(year.calm_negative)) / HOUR
    return _minutes(_bursts(values, season, 3.0))


@njit(cache=True)
def _bursts(values, season, times):
    out = np.zeros(len(values))
    lead = 0.0
    for t in range(len(values)):
        lead = max(0.0, lead + values[t] * log(times) - (times - 1) * season[t])
        out[t] = lead
    return out


def _half_hours(year: BrandYear) -> tuple[np.ndarray, np.ndarray]:
    """Roots of the messages and of the negatives of the last hour, every half hour: what the libraries are given."""
    step = HOUR // 2
    return tuple(  # type: ignore[return-value]
        np.sqrt(_sliding(_bins(values), HOUR))[step - 1 :: step] for values in (year.count, year.negative)
    )


def _from_half_hours(scores: np.ndarray) -> np.ndarray:
    return _minutes(
        np.concatenate([np.zeros(HOUR // 2 - 1), np.repeat(scores, HOUR // 2)])[: len(scores) * HOUR // 2]
    )


def half_space_trees(year: BrandYear) -> np.ndarray:
    """Half-space trees (Tan, Ting, Liu 2011) of the maintained library `river`, on messages and negatives of an hour.

    Needs `pip install river`; raises ImportError without.
    """
    from river.anomaly import HalfSpaceTrees

    count, negative = _half_hours(year)
    limits = {"count": (0.0, float(count.max()) + 1), "negative": (0.0, float(negative.max()) + 1)}
    trees = HalfSpaceTrees(n_trees=15, height=6, window_size=7 * 48, limits=limits, seed=1)
    scores = np.zeros(len(count))
    for t in range(len(count)):
        x = {"count": float(count[t]), "negative": float(negative[t])}
        scores[t] = trees.score_one(x)
        trees.learn_one(x)
    return _from_half_hours(scores)


def isolation_forest(year: BrandYear) -> np.ndarray:
    """Isolation forest (Liu, Ting, Zhou 2008) of the maintained library `scikit-learn`, on messages and negatives of an
    hour and the hour of the week; learned anew each week from the four weeks before.

    Needs `pip install scikit-learn`; raises ImportError without.
    """
    from sklearn.ensemble import IsolationForest

    count, negative = _half_hours(year)
    clock = np.arange(len(count)) % (7 * 48) / (7 * 48) * 2 * np.pi
    features = np.column_stack([count, negative, np.sin(7 * clock), np.cos(7 * clock), np.sin(clock)])
    week = 7 * 48
    scores = np.zeros(len(count))
    for t in range(week, len(count), week):
        forest = IsolationForest(100, random_state=1).fit(features[max(0, t - 4 * week) : t])
        scores[t : t + week] = -forest.score_samples(features[t : t + week])
    return _from_half_hours(scores)


RIVALS: dict[str, Callable[[BrandYear], np.ndarray]] = {
    "√(volume z × negative-share z)": product_of_z,
    "Kleinberg bursts on negatives": kleinberg,
    "Bayesian online change point on negatives": online_change_point,
    "seasonal hybrid ESD on volume": seasonal_hybrid_esd,
    "volume against a rolling mean": rolling_mean,
    "half-space trees (river)": half_space_trees,
    "isolation forest (scikit-learn)": isolation_forest,
}
