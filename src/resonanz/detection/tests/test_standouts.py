"""Where only volume is known: a series that bursts by itself, one that hardly speaks, and what is news in each."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.detection import Topic, Track, Watch
from resonanz.detection.topic import PLAIN_SENSITIVITY

ROW, A_DAY = 5, 288  # minutes a row; rows a day
MONDAY = 1_767_567_600 // 60
SEED = 20261128
PLAIN = Watch(moods=False, false_alarms_per_year=PLAIN_SENSITIVITY)


def bursting(days: int, a_day: float, height: float, rate: float = 6.0) -> np.ndarray:
    """Counts of five minutes: over-dispersed chatter with bursts of about one height, some a day."""
    rng = np.random.default_rng(SEED)
    count = rng.poisson(rng.gamma(rate / 2, 2, days * A_DAY)).astype(float)
    for begin in rng.integers(0, len(count) - 6, rng.poisson(a_day * days)):
        count[begin : begin + 3] += rng.poisson(height * np.array([1.0, 0.6, 0.3]))
    return count


def followed(count: np.ndarray, topic: Topic | None = None, first: int = 0) -> Track:
    start = MONDAY + ROW * (first + np.arange(len(count)))
    return (topic or Topic(PLAIN)).observe_series(start, np.full(len(count), ROW), count)


def rows_of(track: Track) -> np.ndarray:
    return np.flatnonzero(track.alarm)


def test_bursts_that_come_every_day_stop_being_news_and_a_record_is_news() -> None:
    count = bursting(40, 2.0, 60.0)
    at = 35 * A_DAY + 100
    count[at : at + 4] += (400, 500, 300, 150)
    alarms = rows_of(followed(count))
    assert len(alarms[(alarms > 14 * A_DAY) & (alarms < at)]) <= 10  # forty-two bursts came in that time
    assert any(at <= row <= at + 4 for row in alarms)


def test_a_topic_that_hardly_speaks_is_not_surprised_by_each_message() -> None:
    count = np.random.default_rng(SEED).poisson(1 / A_DAY, 60 * A_DAY).astype(float)
    assert len(rows_of(followed(count))) <= 8  # the stated rate allows one a week


def test_the_score_reaches_one_half_exactly_where_an_alarm_is_reported() -> None:
    track = followed(bursting(30, 2.0, 90.0))
    assert track.alarm.any()
    np.testing.assert_array_equal(track.score >= 0.5, track.alarm > 0)
    assert ((track.score >= 0) & (track.score <= 1)).all()


@pytest.mark.parametrize("cut", [1, 10 * A_DAY + 17])
def test_a_day_replayed_from_memory_gives_the_same(cut: int) -> None:
    count = bursting(20, 2.0, 90.0)
    topic = Topic(PLAIN)
    before = followed(count[:cut], topic)
    after = followed(count[cut:], Topic.resume(topic.memory(), PLAIN), cut)
    whole = followed(count)
    np.testing.assert_array_equal(np.concatenate([before.alarm, after.alarm]), whole.alarm)
    np.testing.assert_array_equal(np.concatenate([before.score, after.score]), whole.score)


def test_only_the_past_counts() -> None:
    count = bursting(20, 2.0, 90.0)
    cut = 15 * A_DAY
    louder = count.copy()
    louder[cut:] *= 20
    np.testing.assert_array_equal(followed(louder).score[:cut], followed(count).score[:cut])
