"""A simulated brand: seasonal over-dispersed chatter, harmless surges, and storms that feed on themselves.

Every quantity is per minute. Counts are negative binomial with variance `dispersion × mean`; sums of such counts with
one dispersion are of the same kind, so the oracle's likelihood of chatter plus storm is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

DAY = 1440
WEEK = 7 * DAY
YEAR = 365 * DAY

#: Messages an hour of the three kinds of brand that thresholds and forecasts are learned from, and of those between.
LEARNED = {"small": 0.2, "medium": 20.0, "large": 1000.0}
SIZES = LEARNED | {"1": 1.0, "5": 5.0, "100": 100.0, "300": 300.0}
DOUBLING_MINUTES = (5, 15, 30, 60)

SENSITIVITY, SPECIFICITY = 0.75, 0.9
CALM_SHARE, STORM_SHARE = 0.2, 0.7

PUSHES, NEWS_DAYS, FOOTBALL_WEEKENDS = 24, 12, 34
#: Days at the start of a year in which detectors learn and nothing is scored.
WARM_UP_DAYS = 56
#: Days of the year (0 = a Monday, 1 January) that behave like Sundays; the German public holidays of a common year.
HOLIDAYS = (0, 87, 90, 120, 128, 139, 275, 303, 358, 359)


def seen(share: float | np.ndarray) -> float | np.ndarray:
    """Share of messages called negative by a classifier that is imperfect, when `share` of them are."""
    return share * SENSITIVITY + (1 - share) * (1 - SPECIFICITY)


class Storm(NamedTuple):
    onset: int
    end: int
    doubling_minutes: float


@dataclass(frozen=True)
class BrandYear:
    """One year of one brand: what is counted, and the truth behind it."""

    count: np.ndarray  # (minutes,) int64, all messages
    negative: np.ndarray  # (minutes,) int64, those called negative
    calm_count: np.ndarray  # as `count` and `negative`, without the storms' messages
    calm_negative: np.ndarray
    calm_rate: np.ndarray  # (minutes,) float64, expected messages without any storm, surges included
    calm_share: np.ndarray  # (minutes,) float64, expected share called negative without any storm
    storm_rate: np.ndarray  # (minutes,) float64
    dispersion: float
    storms: list[Storm]
    surges: list[tuple[str, int, int]]  # kind, start, end
    holidays: np.ndarray  # days of the year

    @property
    def minutes(self) -> np.ndarray:
        return np.arange(len(self.count), dtype=np.int64)


def _rhythm(rng: np.random.Generator, days: int) -> np.ndarray:
    """Daily and weekly rhythm with mean about 1: two peaks a day, quiet nights, another weekend."""
    hour = np.arange(DAY) / 60
    noon, evening = rng.uniform(9, 13), rng.uniform(18, 21.5)

    def bump(centre: float, width: float) -> np.ndarray:
        away = np.abs(hour - centre)
        return np.exp(-0.5 * (np.minimum(away, 24 - away) / width) ** 2)

    workday = 0.12 + rng.uniform(0.6, 1.4) * bump(noon, 3) + rng.uniform(0.6, 1.4) * bump(evening, 2)
    restday = 0.15 + 0.8 * bump(noon + 2, 3.5) + rng.uniform(0.6, 1.2) * bump(evening, 2.5)
    workday, restday = workday / workday.mean(), restday / restday.mean() * rng.uniform(0.5, 1.1)
    weekday = rng.uniform(0.85, 1.15, 7)
    rest = np.isin(np.arange(days) % 7, (5, 6)) | np.isin(np.arange(days), HOLIDAYS)
    return np.concatenate([(restday if rest[d] else workday) * weekday[d % 7] for d in range(days)])


def _wander(rng: np.random.Generator, minutes: int, deviation: float, memory_minutes: float) -> np.ndarray:
    """A slowly wandering value with mean 0: an autoregression on a grid of ten minutes, interpolated."""
    steps = minutes // 10 + 2
    keep = np.exp(-10 / memory_minutes)
    noise = rng.normal(0, deviation * np.sqrt(1 - keep**2), steps)
    noise[0] = rng.normal(0, deviation)
    return np.interp(np.arange(minutes), np.arange(steps) * 10, _autoregression(noise, keep))


@njit(cache=True)
def _autoregression(noise, keep):
    out = np.empty_like(noise)
    out[0] = noise[0]
    for i in range(1, len(noise)):
        out[i] = keep * out[i - 1] + noise[i]
    return out


def _surges(
    rng: np.random.Generator, days: int, rate: float, floor: float
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, int, int]]]:
    """Extra messages a minute and the negative ones among them, from pushes, news and football.

    A surge is a multiple of what is usual; `floor` × 1–4 messages an hour is the least it brings.
    """
    extra, negatives = np.zeros(days * DAY), np.zeros(days * DAY)
    found: list[tuple[str, int, int]] = []
    hourly = rate * 60

    def add(kind: str, start: int, shape: np.ndarray, height: float, share: float) -> None:
        stop = min(len(extra), start + len(shape))
        part = height * shape[: stop - start]
        extra[start:stop] += part
        negatives[start:stop] += part * share
        found.append((kind, start, stop))

    def height(low: float, high: float) -> float:
        return max(hourly * rng.uniform(low, high), floor * rng.uniform(1, 4)) / 60

    for day in rng.choice(days, round(PUSHES * days / 365), replace=False):
        decay = rng.uniform(40, 150)
        shape = np.exp(-np.arange(8 * 60) / decay) * np.minimum(
            1, (np.arange(8 * 60) + 1) / rng.uniform(3, 15)
        )
        add("push", int(day) * DAY + int(rng.uniform(8, 20) * 60), shape, height(1, 5), CALM_SHARE)
    for day in rng.choice(days, round(NEWS_DAYS * days / 365), replace=False):
        length = int(rng.uniform(7, 14) * 60)
        at = np.arange(length)
        shape = np.minimum(1, at / rng.uniform(30, 120)) * np.exp(-at / (length / 2))
        add(
            "news",
            int(day) * DAY + int(rng.uniform(6, 18) * 60),
            shape,
            height(1, 3.5),
            CALM_SHARE + rng.uniform(0, 0.03),
        )
    saturdays = np.arange(5, days, 7)
    games = rng.choice(saturdays, min(len(saturdays), round(FOOTBALL_WEEKENDS * days / 365)), replace=False)
    for day in games:
        shape = np.sin(np.linspace(0, np.pi, 180)) ** 2
        add(
            "football",
            int(day) * DAY + 15 * 60 + 15,
            shape,
            height(0.7, 2.5),
            CALM_SHARE + rng.uniform(0, 0.03),
        )
    return extra, negatives, found


@njit(cache=True)
def _fill(
    seed,
    calm,
    share,
    dispersion,
    onsets,
    doublings,
    starts,
    peaks,
    holds,
    halves,
    storm,
    count,
    negative,
    calm_count,
    calm_negative,
    ends,
    storm_share,
):
    """Draw the counts minute by minute; a storm's rate grows with its own messages and with the world's attention."""
    np.random.seed(seed)
    scale = dispersion - 1.0
    current, active, rate, phase, held = 0, False, 0.0, 0, 0
    growth = feedback = 0.0
    for t in range(len(calm)):
        if not active and current < len(onsets) and t == onsets[current]:
            active, rate, phase, held = True, starts[current], 0, 0
            growth = np.log(2.0) / doublings[current]
            feedback = growth / 2
        extra = 0
        if active:
            storm[t] = rate
            extra = np.random.poisson(np.random.gamma(rate / scale, scale)) if rate > 1e-12 else 0
            peak = peaks[current]
            if phase == 0:
                base = (1 - feedback) * rate + feedback * extra
                rate = base * np.exp(growth * max(0.0, 1 - rate / peak))
                if rate > 0.9 * peak:
                    phase = 1
            elif phase == 1:
                held += 1
                if held > holds[current]:
                    phase = 2
            else:
                rate *= np.exp(-np.log(2.0) / halves[current])
                if rate < 0.05 * peak:
                    active = False
                    ends[current] = t
                    current += 1
        usual = np.random.poisson(np.random.gamma(calm[t] / scale, scale)) if calm[t] > 1e-12 else 0
        count[t] = usual + extra
        calm_count[t] = usual
        calm_negative[t] = np.random.binomial(usual, share[t])
        negative[t] = calm_negative[t] + np.random.binomial(extra, storm_share)


def brand_year(
    size: str, seed: int, *, storms: bool, surge_floor: float = 0.0, surges: bool = True
) -> BrandYear:
    """Simulate one brand. With `storms`, one begins every 5 to 7 days after the warm-up, doubling times in turn."""
    rng = np.random.default_rng([seed, list(SIZES).index(size), storms])
    days, rate, minutes = 365, SIZES[size] / 60, YEAR
    growth = np.exp(rng.uniform(-0.2, 0.5) * np.arange(minutes) / YEAR)
    usual = rate * growth * _rhythm(rng, days) * np.exp(_wander(rng, minutes, 0.10, 12 * 60))
    odds = np.exp(_wander(rng, minutes, 0.10, 12 * 60)) * CALM_SHARE / (1 - CALM_SHARE)
    extra, extra_negative, found_surges = _surges(rng, days, rate, surge_floor)
    if not surges:
        extra, extra_negative, found_surges = np.zeros(minutes), np.zeros(minutes), []
    calm = usual + extra
    share = np.asarray(seen((usual * odds / (1 + odds) + extra_negative) / calm))

    onsets: list[int] = []
    at = WARM_UP_DAYS * DAY + int(rng.integers(2 * DAY))
    while storms and at < minutes - 3 * DAY:
        onsets.append(at)
        at += int(rng.uniform(5, 7) * DAY)
    n = len(onsets)
    doublings = np.array([DOUBLING_MINUTES[(i + seed) % 4] for i in range(n)], dtype=float)
    hourly = SIZES[size]
    starts = max(1.2, 0.06 * hourly) / 60 * np.exp(rng.normal(0, 0.3, n))
    peaks = max(25.0, 6 * hourly) / 60 * np.exp(rng.normal(0, 0.4, n))
    count, negative, calm_count, calm_negative = np.zeros((4, minutes), np.int64)
    storm_rate, ends = np.zeros(minutes), np.full(n, minutes, np.int64)
    dispersion = rng.uniform(1.15, 1.6)
    _fill(
        int(rng.integers(2**31)), calm, share, dispersion, np.array(onsets, np.int64), doublings, starts, peaks,
        rng.uniform(30, 180, n), rng.uniform(120, 480, n), storm_rate, count, negative, calm_count, calm_negative,
        ends, float(seen(STORM_SHARE)),
    )  # fmt: skip
    found = [Storm(o, int(e), float(d)) for o, e, d in zip(onsets, ends, doublings, strict=True)]
    return BrandYear(
        count,
        negative,
        calm_count,
        calm_negative,
        calm,
        share,
        storm_rate,
        dispersion,
        found,
        found_surges,
        np.array(HOLIDAYS),
    )
