"""Series as companies' mentions are often kept: rows of five minutes without moods, heavy tails, gaps at night."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.detection import Topic, Track, Watch
from resonanz.detection.tests.test_topic import MONDAY
from resonanz.detection.topic import PLAIN_SENSITIVITY

ROW, PER_DAY, ROWS = 5, 288, 55 * 288
#: Rows in which something begins that a person would mark: the first one in the third day.
EVENTS = {"one row": 800, "two hours": 6000, "a day": 11_000}


def mentions(a_row: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which rows there are, and the messages in them."""
    rng = np.random.default_rng([515, seed])
    at = np.arange(ROWS)
    rhythm = 1 + 0.6 * np.sin(2 * np.pi * (at / PER_DAY - 0.35))
    count = rng.poisson(rng.gamma(a_row * rhythm, 1.0)).astype(float)
    bursts = rng.integers(ROWS, size=40)
    count[bursts] += rng.poisson(a_row * np.minimum(rng.pareto(2.5, 40), 4.0))
    begin = EVENTS["one row"]
    count[begin] += 25 * a_row
    begin = EVENTS["two hours"]
    count[begin : begin + 24] += rng.poisson(6 * a_row, 24)
    begin = EVENTS["a day"]
    count[begin : begin + PER_DAY] += rng.poisson(2 * a_row, PER_DAY)
    there = (at % PER_DAY < 280) | (rng.random(ROWS) < 0.3)
    there[list(EVENTS.values())] = True
    return np.flatnonzero(there), count


def watched(a_row: float, seed: int) -> tuple[np.ndarray, Track]:
    rows, count = mentions(a_row, seed)
    watch = Watch(moods=False, false_alarms_per_year=PLAIN_SENSITIVITY)
    minutes = np.full(len(rows), ROW)
    return rows, Topic(watch).observe_series(MONDAY + ROW * rows, minutes, count[rows])


# In its first days a topic of two messages a row is not yet known well enough to make much of one loud row.
@pytest.mark.parametrize(("a_row", "part"), [(2.0, 2 / 3), (10.0, 0.9), (60.0, 0.9)])
def test_what_stands_out_is_reported_early_and_once(a_row: float, part: float) -> None:
    seeds = range(4)
    found, alarms = [], 0
    for seed in seeds:
        rows, track = watched(a_row, seed)
        at = rows[np.flatnonzero(track.alarm)]
        found += [np.count_nonzero((at >= begin) & (at < begin + 36)) for begin in EVENTS.values()]
        alarms += len(at)
    assert max(found) == 1
    assert np.mean(found) >= part
    assert (alarms - sum(found)) / len(seeds) <= 4  # in eight weeks


def test_the_score_is_high_in_the_row_of_the_alarm_alone() -> None:
    _rows, track = watched(10.0, 0)
    assert np.flatnonzero(track.score >= 0.5).tolist() == np.flatnonzero(track.alarm).tolist()
    assert len(track.alarms) >= 3


def test_an_episode_ends_so_that_the_next_one_is_reported() -> None:
    rows, track = watched(10.0, 1)
    going_on = np.bincount(track.episode > 0, minlength=2) / len(rows)
    assert going_on[1] < 0.25
