"""One topic under watch: hand it counts, get alarms back, store its few kilobytes, go on where it stopped."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from resonanz.detection import engine as e
from resonanz.detection import episodes, standouts
from resonanz.detection import state as s
from resonanz.detection.alarms import Alarm, describe
from resonanz.detection.baseline import amend
from resonanz.detection.calendar import week_minutes
from resonanz.detection.ladder import Law
from resonanz.detection.state import Floats, State, from_bytes, new_state, to_bytes

Integers = NDArray[np.int64]

#: False alarms a year that are stated where nothing else is asked for.
DEFAULT_SENSITIVITY = 1.0
#: The same where only volume is known: attention is news, not danger, and one false hint a week does no harm.
PLAIN_SENSITIVITY = 52.0
#: Where nobody asks for anger that grows, one loud step may be all there is to see; and the ladder reaches higher.
_PLAIN_LAW = Law(most_per_step=24.0, lowest_ratio=0.15)
#: Messages of one author within one step that count; a single voice, however loud, is no storm.
_MOST_PER_AUTHOR = 3.0


@dataclass(frozen=True)
class Watch:
    """How a topic is watched. `moods`: its negative messages are known."""

    moods: bool = True
    false_alarms_per_year: float = DEFAULT_SENSITIVITY
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))
    holidays: Collection[date] = frozenset()
    law: Law | None = None  # the one that fits `moods`

    def chain(self) -> Law:
        """The law that is followed."""
        return self.law or (Law() if self.moods else _PLAIN_LAW)


@dataclass(frozen=True)
class Track:
    """What was found in a series of steps; all arrays have one entry a step."""

    alarms: tuple[Alarm, ...]
    rows: Floats  # (steps, engine.COLUMNS)
    thresholds: Floats  # log-odds
    alarm: Integers  # kind of the episode reported in this step, else 0
    episode: Integers  # kind of the episode going on, else 0
    score: Floats  # 0–1; 0.5 and more exactly where an alarm is reported


class LateData(ValueError):
    """A step lies before what has been processed; `Topic.amend` takes it."""


class Topic:
    """A detector with its memory. Not safe for use by two threads at once."""

    def __init__(self, watch: Watch | None = None, state: State | None = None) -> None:
        self.watch = watch or Watch()
        self.state = state or new_state()

    @classmethod
    def resume(cls, data: bytes, watch: Watch | None = None) -> Topic:
        """The topic that `memory` described. Raises ValueError where `data` is no memory."""
        return cls(watch, from_bytes(data))

    def memory(self) -> bytes:
        """All that must be stored to go on later."""
        return to_bytes(self.state)

    @property
    def next_minute(self) -> int | None:
        """The first minute (since 1970, UTC) that has not been processed; None before the first."""
        value = int(self.state.scalars[s.NEXT_MINUTE])
        return None if value < 0 else value

    def observe(
        self,
        start: int,
        count: float,
        negative: float | None = None,
        authors: float | None = None,
        *,
        minutes: int = 1,
    ) -> Alarm | None:
        """Process one step of `minutes` beginning at `start` (minutes since 1970, UTC); the alarm it raises, if any."""
        track = self.observe_series(
            np.array([start]),
            np.array([minutes]),
            np.array([count], float),
            None if negative is None else np.array([negative], float),
            None if authors is None else np.array([authors], float),
        )
        return track.alarms[0] if track.alarms else None

    def observe_series(
        self,
        start: Integers,
        minutes: Integers,
        count: Floats,
        negative: Floats | None = None,
        authors: Floats | None = None,
    ) -> Track:
        """Process steps in order of time; all arrays have one entry a step.

        `start` in minutes since 1970 (UTC), `minutes` how long each step lasts, `count` its messages, `negative` how
        many of them are, `authors` how many people wrote them. nan in `count`: not observed; in the others: unknown.
        What lies between steps was not observed either. Raises LateData where a step begins before the end of the one
        before it, or of what was processed earlier.
        """
        known = self.next_minute
        ends = start + minutes
        if np.any(start[1:] < ends[:-1]) or (known is not None and len(start) and start[0] < known):
            raise LateData("a step begins before the end of the step before it")
        count, negative = _limited(count, negative, authors)
        begins, lengths, counts, negatives, real = _with_gaps(start, minutes, count, negative, known)
        week = week_minutes(begins, self.watch.zone, self.watch.holidays)
        rows = np.zeros((len(begins), e.COLUMNS))
        watch, law = self.watch, self.watch.chain()
        e.walk(self.state, law, week, lengths.astype(float), counts, negatives, watch.moods, rows)
        if len(ends):
            self.state.scalars[s.NEXT_MINUTE] = ends[-1]
        return self._judge(ends, lengths, rows, real)

    def amend(self, start: int, count: float, negative: float | None = None) -> None:
        """Take messages into account that came after their minute was judged: they teach, and alarm nobody."""
        week = int(week_minutes(np.array([start]), self.watch.zone, self.watch.holidays)[0])
        amend(
            self.state.rhythm,
            self.state.scalars,
            week,
            float(count),
            -1.0 if negative is None else float(negative),
        )

    def _judge(self, ends: Integers, lengths: Integers, rows: Floats, real: NDArray[np.bool_]) -> Track:
        limits, alarm, episode, score = _followed(self.state, self.watch, rows, lengths.astype(float))
        rows, limits, score = rows[real], limits[real], score[real]
        alarm, episode = alarm[real], episode[real]
        alarms = tuple(
            describe(int(ends[i]), int(alarm[i]), rows[i], float(limits[i]), self.watch.moods)
            for i in np.flatnonzero(alarm)
        )
        return Track(alarms, rows, limits, alarm, episode, score)


def _followed(
    state: State, watch: Watch, rows: Floats, minutes: Floats
) -> tuple[Floats, Integers, Integers, Floats]:
    """Thresholds, alarms, episodes and scores of all steps."""
    rate = watch.false_alarms_per_year
    limits = episodes.thresholds(rows[:, e.LEVEL] * 60, rate, watch.moods)
    alarm, episode, score = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), np.zeros(len(rows))
    if watch.moods:
        episodes.follow(state, rate, episodes.TONED, rows, minutes, limits, alarm, episode, score)
    else:
        standouts.follow(state, rate, rows, minutes, limits, alarm, episode, score)
    return limits, alarm, episode, score


def _limited(count: Floats, negative: Floats | None, authors: Floats | None) -> tuple[Floats, Floats]:
    """Counts with a bound on what one author adds; missing values as -1."""
    count = np.where(np.isnan(count), -1.0, count)
    negative = np.full(len(count), -1.0) if negative is None else np.where(np.isnan(negative), -1.0, negative)
    if authors is not None:
        most = np.where(np.isnan(authors), np.inf, np.maximum(authors, 1) * _MOST_PER_AUTHOR)
        keep = np.where(count > most, most / np.maximum(count, 1), 1.0)
        count, negative = (
            np.where(count > 0, count * keep, count),
            np.where(negative > 0, negative * keep, negative),
        )
    return count, negative


def _with_gaps(
    start: Integers, minutes: Integers, count: Floats, negative: Floats, known: int | None
) -> tuple[Integers, Integers, Floats, Floats, NDArray[np.bool_]]:
    """The steps, with the gaps between them as unobserved steps; the last array marks the real ones."""
    before = (
        np.concatenate([[known if known is not None else start[0]], (start + minutes)[:-1]])
        if len(start)
        else start
    )
    gap = start - before
    where = np.flatnonzero(gap > 0)
    real = np.insert(np.ones(len(start), bool), where, False)
    return (
        np.insert(start, where, before[where]),
        np.insert(minutes, where, gap[where]),
        np.insert(count, where, -1.0),
        np.insert(negative, where, -1.0),
        real,
    )
