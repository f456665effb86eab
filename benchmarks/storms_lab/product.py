"""Our own detector in the simulated world, through its public door and with the thresholds it ships with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from resonanz.detection import Alarm, Topic, Track, Watch
from resonanz.detection import engine as e

from .scoring import FOUND_WITHIN_MINUTES
from .world import DAY, HOLIDAYS, WARM_UP_DAYS, BrandYear, Storm

_MONDAY = datetime(2029, 1, 1, tzinfo=UTC)
START = int(_MONDAY.timestamp() // 60)
_DAYS_OFF = frozenset(_MONDAY.date() + timedelta(days=d) for d in HOLIDAYS)
HORIZONS = (60, 180, 720)


def watched(year: BrandYear, moods: bool = True) -> Track:
    """Everything the product says about a year, learned from nothing on its first day."""
    days_off: frozenset[date] = _DAYS_OFF
    topic = Topic(Watch(moods=moods, zone=UTC, holidays=days_off))
    ones = np.ones(len(year.count), np.int64)
    negative = year.negative.astype(float) if moods else None
    return topic.observe_series(START + year.minutes, ones, year.count.astype(float), negative)


def minutes_of(track: Track) -> np.ndarray:
    """Minutes of the year after which alarms were raised."""
    return np.array([alarm.at - 1 - START for alarm in track.alarms], dtype=np.int64)


def false_alarms(track: Track, year: BrandYear) -> int:
    """Alarms after the warm-up that lie within no storm."""
    return sum(
        1
        for m in minutes_of(track)
        if m >= WARM_UP_DAYS * DAY and not any(s.onset <= m <= s.end for s in year.storms)
    )


@dataclass(frozen=True)
class Found:
    """A storm that was reported, with what was said about it and what came."""

    storm: Storm
    minute: int  # of the year
    alarm: Alarm
    row: np.ndarray  # of the engine's output at the alarm
    came: tuple[int, ...]  # all messages within each of HORIZONS

    @property
    def age(self) -> int:
        return self.minute + 1 - self.storm.onset


def found_storms(track: Track, year: BrandYear) -> Iterator[Found]:
    at = minutes_of(track)
    for storm in year.storms:
        i = int(np.searchsorted(at, storm.onset))
        if i == len(at) or at[i] >= min(storm.end, storm.onset + FOUND_WITHIN_MINUTES):
            continue
        now = int(at[i]) + 1
        came = tuple(int(year.count[now : now + h].sum()) for h in HORIZONS)
        yield Found(storm, now - 1, track.alarms[i], track.rows[now - 1], came)


def doubling_of(found: Found) -> float:
    return float(np.exp(found.row[e.DOUBLING]))
