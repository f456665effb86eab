"""Simulated series of company mentions without moods, with windows around what a person would mark, and their scorer.

Written before any real labelled series was looked at: rows of five minutes for eight weeks, a rhythm of day and week,
chatter that scatters far more than Poisson, bursts of a single row, and a few events worth marking. The score follows
A. Lavin and S. Ahmad, *Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark* (ICMLA 2015):
the first alarm within a window counts, the earlier the more; each alarm outside costs; a window without one costs most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np

from resonanz.detection import Topic, Watch
from resonanz.detection.topic import PLAIN_SENSITIVITY

ROW_MINUTES = 5
PER_DAY = 1440 // ROW_MINUTES
DAYS = 55
ROWS = DAYS * PER_DAY
#: Rows at the beginning that are not scored, and the part of a series that its windows cover together.
PROBATION, COVERED = 750, 0.1
#: Weights of an early find, a false alarm and a missed window.
PROFILES = {
    "standard": (1.0, 0.11, 1.0),
    "few false alarms": (1.0, 0.22, 1.0),
    "few missed": (1.0, 0.11, 2.0),
}
START = 27_000_000


@dataclass(frozen=True)
class Mentions:
    count: np.ndarray  # (ROWS,) messages in five minutes
    windows: list[tuple[int, int]]  # first and last row of each


#: Rows in which something is reported.
Detector = Callable[[Mentions], np.ndarray]


def mentions(seed: int) -> Mentions:
    """One company's series. Rates from 0.3 to 100 a row; each kind of trouble is drawn anew."""
    rng = np.random.default_rng([31, seed])
    at = np.arange(ROWS)
    day, hour = at // PER_DAY, at % PER_DAY / PER_DAY * 24
    rate = np.exp(rng.uniform(np.log(0.3), np.log(100)))
    depth, peak = rng.uniform(0.3, 0.9), rng.uniform(13, 20)
    rhythm = 1 + depth * np.cos((hour - peak) / 24 * 2 * np.pi)
    weekend = np.where(day % 7 >= 5, rng.uniform(0.4, 0.9), 1.0)
    level = np.exp(wander(rng, rng.uniform(0.1, 0.3), 4 * PER_DAY) + wander(rng, rng.uniform(0.1, 0.3), 12))
    usual = rate * rhythm * weekend * level
    extra, centres = _events(rng, usual)
    scale = rng.uniform(0.5, 0.1 + 0.15 * rate + 1.0)
    count = rng.poisson(rng.gamma(np.maximum(usual + extra + _bursts(rng, usual), 1e-9) / scale, scale))
    return Mentions(count.astype(float), windows(centres))


def wander(rng: np.random.Generator, deviation: float, memory_rows: float) -> np.ndarray:
    keep = np.exp(-1 / memory_rows)
    noise, out = rng.normal(0, deviation * np.sqrt(1 - keep**2), ROWS), np.zeros(ROWS)
    for i in range(1, ROWS):
        out[i] = keep * out[i - 1] + noise[i]
    return out


def _bursts(rng: np.random.Generator, usual: np.ndarray) -> np.ndarray:
    """Rows in which somebody's robot repeats itself: no event, and nobody marks them."""
    out = np.zeros(ROWS)
    for row in rng.integers(ROWS, size=rng.poisson(DAYS * rng.uniform(0.3, 3))):
        out[row] = (usual[row] + 0.3) * min(rng.pareto(2.0), 15.0)
    return out


def _events(rng: np.random.Generator, usual: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Messages that events bring, and the rows at which they begin: sharp peaks, news that fade, days off level."""
    extra, centres = np.zeros(ROWS), []
    count = int(rng.integers(2, 5))
    for begin in np.sort(rng.choice(np.arange(PROBATION + 150, ROWS - 600, 600), count, replace=False)):
        begin = int(begin + rng.integers(300))
        kind, base = rng.random(), float(usual[begin - PER_DAY : begin].mean()) + 0.3
        if kind < 0.4:
            length, height = int(rng.integers(1, 7)), base * rng.uniform(4, 20)
            shape = np.ones(length)
        elif kind < 0.8:
            length, height = int(rng.integers(24, 200)), base * rng.uniform(1.5, 8)
            shape = np.exp(-np.arange(length) / (length / 3)) * np.minimum(1, np.arange(1, length + 1) / 4)
        else:
            length, height = int(rng.integers(150, 400)), base * rng.uniform(0.7, 2)
            shape = np.sin(np.linspace(0, np.pi, length)) ** 2
        stop = min(ROWS, begin + length)
        extra[begin:stop] += height * shape[: stop - begin]
        centres.append(begin + length // 4)
    return extra, centres


def windows(centres: Sequence[int]) -> list[tuple[int, int]]:
    """Windows of equal length around the events; together a tenth of the series; those that touch are one."""
    half = int(COVERED * ROWS / len(centres)) // 2
    found: list[tuple[int, int]] = []
    for centre in centres:
        first, last = max(PROBATION, centre - half), min(ROWS - 1, centre + half)
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _worth(position: np.ndarray | float) -> np.ndarray | float:
    """From 1 well before a window's end (position −1 is its beginning) to −1 well after it."""
    return 2 / (1 + np.exp(5 * np.minimum(position, 3.0))) - 1


def points(alarms: np.ndarray, series: Mentions, profile: str) -> tuple[float, float]:
    """Points of one series, and how many a perfect detector would have above one that says nothing."""
    found, wrong, missed = PROFILES[profile]
    total = 0.0
    alarms = alarms[alarms >= PROBATION]
    inside = np.zeros(len(alarms), bool)
    for first, last in series.windows:
        within = (alarms >= first) & (alarms <= last)
        inside |= within
        width = last - first + 1
        if within.any():
            total += found * float(_worth(-(last - alarms[within][0] + 1) / width) / _worth(-1.0))
        else:
            total -= missed
    for row in alarms[~inside]:
        before = [(first, last) for first, last in series.windows if last < row]
        if before:
            first, last = before[-1]
            total += wrong * float(_worth((row - last) / max(1, last - first)))
        else:
            total -= wrong
    return total + missed * len(series.windows), (found + missed) * len(series.windows)


def marks(detector: Detector, series: Mentions) -> dict[str, tuple[float, float]]:
    """`points` of a detector by profile."""
    alarms = detector(series)
    return {profile: points(alarms, series, profile) for profile in PROFILES}


def our_alarms(series: Mentions, watch: Watch | None = None) -> np.ndarray:
    """Rows in which our detector reports an alarm, without moods and with what it ships with."""
    start = START + ROW_MINUTES * np.arange(len(series.count))
    topic = Topic(watch or Watch(moods=False, zone=UTC, false_alarms_per_year=PLAIN_SENSITIVITY))
    track = topic.observe_series(start, np.full(len(start), ROW_MINUTES), series.count)
    return np.flatnonzero(track.alarm)


def deviations(series: Mentions) -> np.ndarray:
    """Robust z of the root of each count against the trailing week: the ten lines that everybody can write."""
    return _robust(np.sqrt(series.count), PER_DAY, 7 * PER_DAY, 0.25)


def _robust(values: np.ndarray, first: int, memory_rows: int, least_scale: float) -> np.ndarray:
    """Deviation from the median of the trailing rows over their MAD, both looked up once an hour."""
    z = np.zeros(len(values))
    for i in range(first, len(values)):
        if i % 12 == 0 or i == first:
            past = values[max(0, i - memory_rows) : i]
            middle = np.median(past)
            scale = max(1.4826 * float(np.median(np.abs(past - middle))), least_scale)
        z[i] = (values[i] - middle) / scale
    return z


def robust_z(series: Mentions, threshold: float, cool_down_rows: int = 72) -> np.ndarray:
    """Rows at which `deviations` reach a threshold after having stayed below for `cool_down_rows`."""
    above = np.flatnonzero(deviations(series) >= threshold)
    return above[np.diff(above, prepend=-(10**9)) > cool_down_rows]


def hybrid_esd(series: Mentions, threshold: float) -> np.ndarray:
    """Every row that seasonal hybrid ESD (Hochenbaum, Vallis, Kejariwal 2017) would call odd, online.

    The season is the median of that time of day, a row before and after it, on the days of the last two weeks.
    """
    count, days = series.count, 14
    rest = np.zeros(len(count))
    for i in range(PER_DAY, len(count) - 1):
        same = i - PER_DAY * np.arange(1, min(days, i // PER_DAY) + 1)
        rest[i] = count[i] - np.median(count[np.maximum(0, [same - 1, same, same + 1])])
    return np.flatnonzero(_robust(rest, 2 * PER_DAY, days * PER_DAY, 0.5) >= threshold)
