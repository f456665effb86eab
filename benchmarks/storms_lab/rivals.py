"""What others do, written from the papers named at each: a statistic a minute, thresholds set by one scorer.

All speak every five minutes and use only the past. Where a method has no season of its own it is given the hourly
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


def _season(negative: np.ndarray) -> np.ndarray:
    """Negatives to expect in each bin: the profile of the hour around it, in the weeks before."""
    trailing = _profile(_hourly(negative)) / HOUR
    return np.concatenate([trailing[HOUR // 2 :], trailing[-HOUR // 2 :]])


def online_change_point(year: BrandYear) -> np.ndarray:
    """Bayesian online change-point detection (Adams & MacKay 2007) on negatives, gamma–Poisson with the season as
    exposure: log-odds that the newest change is at most six hours old and has raised the rate.

    Its Poisson law is stretched to the scatter of the last two weeks; else chatter itself would change all the time.
    """
    values, calm, season = _bins(year.negative), _bins(year.calm_negative), _season(year.calm_negative)
    fortnight = 14 * PER_DAY
    squares = _sliding((calm - season) ** 2, fortnight) / np.maximum(_sliding(season, fortnight), 1e-3)
    spread = np.maximum(1.0, np.concatenate([np.ones(HOUR), squares[:-HOUR]]))
    return _minutes(_change_point(values / spread, season / spread))


@njit(cache=True)
def _change_point(values, season, recent=72):
    runs, hazard = 288, 1 / 2000.0
    weight, shape, rate = np.zeros(runs), np.ones(runs), np.ones(runs)
    weight[0] = 1.0
    out = np.zeros(len(values))
    for t in range(len(values)):
        x, e = values[t], season[t]
        total = raised = other = 0.0
        for r in range(runs):
            if weight[r] < 1e-250:
                weight[r] = 0.0
                continue
            a, b = shape[r], rate[r]
            gain = a * log(b / (b + e))
            if x > 0:
                gain += lgamma(a + x) - lgamma(a) + x * log(e / (b + e))
            weight[r] *= exp(gain)
            total += weight[r]
        last = weight[runs - 1]
        for r in range(runs - 1, 0, -1):
            weight[r] = weight[r - 1] / total * (1 - hazard)
            shape[r], rate[r] = shape[r - 1] + x, rate[r - 1] + e
        weight[runs - 1] += last / total * (1 - hazard)
        weight[0], shape[0], rate[0] = hazard, 1.0, 1.0
        # A change in this very bin has seen nothing yet and speaks for neither side.
        for r in range(1, runs):
            if r < recent and shape[r] > rate[r]:
                raised += weight[r]
            else:
                other += weight[r]
        out[t] = log(max(raised, 1e-250)) - log(max(other, 1e-250))
    return out


def kleinberg(year: BrandYear) -> np.ndarray:
    """Kleinberg's bursts (2003) on negatives: by how much a burst (three times the season) that began within the last
    day is cheaper than none.
    """
    return _minutes(_bursts(_bins(year.negative), _season(year.calm_negative), 3.0))


@njit(cache=True)
def _bursts(values, season, times):
    gains = values * log(times) - (times - 1) * season
    out = np.zeros(len(values))
    for t in range(len(values)):
        lead = best = 0.0
        for back in range(min(t + 1, PER_DAY)):
            lead += gains[t - back]
            best = max(best, lead)
        out[t] = best
    return out


#: The libraries are asked every ten minutes (they are slow) and learn every half hour.
ASKED, TAUGHT = 10 // BIN, 30 // BIN
_ASKED_PER_WEEK = 7 * PER_DAY // ASKED


def _roots(count: np.ndarray, negative: np.ndarray, year: BrandYear) -> np.ndarray:
    """What the libraries are given of every bin in which they are asked (n, 2): roots of all messages and of the
    negatives of the last hour, above those of the profile.
    """
    columns = [
        np.sqrt(_hourly(values)) - np.sqrt(_profile(_hourly(calm)))
        for values, calm in ((count, year.calm_count), (negative, year.calm_negative))
    ]
    return np.column_stack(columns)[ASKED - 1 :: ASKED]


def _raised(scores: np.ndarray, now: np.ndarray) -> np.ndarray:
    """The libraries call odd what is odd in any direction; only more negatives than usual can be a storm."""
    held = np.repeat(np.where(now[:, 1] > 0, scores, 0.0), ASKED)
    return _minutes(np.concatenate([np.zeros(ASKED - 1), held])[: len(held)])


def half_space_trees(year: BrandYear) -> np.ndarray:
    """Half-space trees (Tan, Ting, Liu 2011) of the maintained library `river`, learning every half hour.

    Needs `pip install river`; raises ImportError without.
    """
    from river.anomaly import HalfSpaceTrees

    now = _roots(year.count, year.negative, year)
    past = _roots(year.calm_count, year.calm_negative, year)
    names = ("count", "negative")
    # Its boxes need bounds: generous ones, from the first four weeks.
    reach = 4 * np.abs(past[: 4 * _ASKED_PER_WEEK]).max(0)
    limits = {name: (-float(r), float(r)) for name, r in zip(names, reach, strict=True)}
    trees = HalfSpaceTrees(n_trees=15, height=6, window_size=7 * PER_DAY // TAUGHT, limits=limits, seed=1)
    scores = np.zeros(len(now))
    for t, values in enumerate(np.clip(now, -reach, reach)):
        scores[t] = trees.score_one(dict(zip(names, map(float, values), strict=True)))
        if t % (TAUGHT // ASKED) == 0:
            trees.learn_one(dict(zip(names, map(float, past[t]), strict=True)))
    return _raised(scores, now)


def isolation_forest(year: BrandYear) -> np.ndarray:
    """Isolation forest (Liu, Ting, Zhou 2008) of the maintained library `scikit-learn`, learned anew every four weeks
    from those before.

    Needs `pip install scikit-learn`; raises ImportError without.
    """
    from sklearn.ensemble import IsolationForest

    now = _roots(year.count, year.negative, year)
    past = _roots(year.calm_count, year.calm_negative, year)
    month = 4 * _ASKED_PER_WEEK
    scores = np.zeros(len(now))
    for t in range(month, len(now), month):
        forest = IsolationForest(n_estimators=100, random_state=1).fit(past[t - month : t : TAUGHT // ASKED])
        scores[t : t + month] = -forest.score_samples(now[t : t + month])
    return _raised(scores, now)


RIVALS: dict[str, Callable[[BrandYear], np.ndarray]] = {
    "√(volume z × negative-share z)": product_of_z,
    "Kleinberg bursts on negatives": kleinberg,
    "Bayesian online change point on negatives": online_change_point,
    "seasonal hybrid ESD on volume": seasonal_hybrid_esd,
    "volume against a rolling mean": rolling_mean,
    "half-space trees (river)": half_space_trees,
    "isolation forest (scikit-learn)": isolation_forest,
}
