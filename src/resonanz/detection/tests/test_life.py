"""What a topic lives through: it grows, rests on holidays, plays football, and has a storm after a storm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from resonanz.detection import Topic, Watch
from resonanz.detection import engine as e
from resonanz.detection.calendar import week_minutes
from resonanz.detection.tests.test_topic import DAY, MONDAY, SEED, WEEK, add, chatter, watched

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("hourly", [2.0, 60.0, 600.0])
def test_slow_growth_alarms_nobody_and_is_followed(hourly: float) -> None:
    rng = np.random.default_rng([SEED, round(hourly)])
    rate = hourly / 60 * 2 ** (np.arange(70 * DAY) / (35 * DAY))  # fourfold in ten weeks
    count = rng.poisson(rate).astype(float)
    track = watched(count, rng.binomial(count.astype(int), 0.23).astype(float))
    assert track.alarms == ()
    assert track.rows[-DAY:, e.USUAL].mean() == pytest.approx(rate[-DAY:].mean(), rel=0.25)


@pytest.mark.parametrize("hourly", [20.0, 600.0])
def test_football_every_saturday_alarms_nobody(hourly: float) -> None:
    count, negative = chatter(hourly, 56)
    rng = np.random.default_rng(SEED)
    for week in range(8):
        at = week * WEEK + 5 * DAY + 15 * 60 + 15
        extra = rng.poisson(3 * hourly / 60 * np.sin(np.linspace(0, np.pi, 180)) ** 2)
        count[at : at + 180] += extra
        negative[at : at + 180] += rng.binomial(extra, 0.25)
    assert watched(count, negative).alarms == ()


@pytest.mark.parametrize("hourly", [0.2, 20.0, 1000.0])
def test_a_year_of_news_alarms_once_at_most(hourly: float) -> None:
    """Twelve days in the news: three times the usual within two hours, gone after half a day, the tone hardly worse."""
    count, negative = chatter(hourly, 60)
    rng = np.random.default_rng([SEED, round(hourly)])
    at = np.arange(12 * 60)
    for day in range(22, 58, 3):
        rate = 3 * hourly / 60 * np.minimum(1, at / rng.uniform(30, 120)) * np.exp(-at / 360)
        extra = rng.poisson(rate)
        begin = day * DAY + int(rng.uniform(6, 12) * 60)
        count[begin : begin + len(at)] += extra
        negative[begin : begin + len(at)] += rng.binomial(extra, 0.25)
    track = watched(count, negative)
    assert len(track.alarms) <= 1  # the stated rate: one false alarm a year
    if hourly >= 20:
        assert track.rows[:, e.SURGE].max() > 0.9  # they were seen, and known for what they are


def test_nothing_goes_on_through_weeks_of_which_nothing_is_known() -> None:
    count, negative = chatter(60.0, 50)
    add(count, negative, 28 * DAY, 6, 30, DAY, 0.555, 600)
    keep = np.ones(len(count), bool)
    keep[29 * DAY : 45 * DAY] = False
    start = MONDAY + np.flatnonzero(keep)
    track = Topic().observe_series(start, np.ones(len(start), np.int64), count[keep], negative[keep])
    assert len(track.alarms) == 1
    assert track.episode[29 * DAY - 1] > 0
    assert not track.episode[29 * DAY :].any()
    assert track.rows[29 * DAY + 5, e.COUNT_NOW] < 3.0  # a minute; it was 11 when the gap began


def test_a_holiday_is_expected_to_be_like_a_sunday() -> None:
    rng = np.random.default_rng(SEED)
    day = np.arange(6 * WEEK) // DAY
    count = rng.poisson(np.where((day % 7 == 6) | (day == 38), 0.2, 1.0)).astype(float)
    thursday = date(2026, 1, 5) + timedelta(days=38)
    start, ones = MONDAY + np.arange(len(count)), np.ones(len(count), np.int64)
    unknown, known = (
        Topic(Watch(zone=BERLIN, holidays=days)).observe_series(start, ones, count, count * 0).rows
        for days in (frozenset[date](), frozenset({thursday}))
    )
    early = slice(38 * DAY, 38 * DAY + 360)
    assert unknown[early, e.USUAL].mean() > 0.5
    assert known[early, e.USUAL].mean() == pytest.approx(0.2, rel=0.5)


def test_rhythm_follows_the_clock_on_the_wall_through_the_change_of_time() -> None:
    noons = [datetime(2026, 3, day, 12, tzinfo=BERLIN).astimezone(UTC) for day in (23, 30)]
    minutes = np.array([int(noon.timestamp()) // 60 for noon in noons])
    assert np.diff(minutes).tolist() == [WEEK - 60]
    assert week_minutes(minutes, BERLIN).tolist() == [12 * 60, 12 * 60]


def test_the_storm_after_a_storm_is_reported_as_soon_as_the_first() -> None:
    count, negative = chatter(60.0, 40)
    onsets = [28 * DAY + 600, 32 * DAY + 600]
    for onset in onsets:
        add(count, negative, onset, 6, 15, 600, 0.555, 600)
    first, second = watched(count, negative).alarms
    delays = [alarm.at - MONDAY - onset for alarm, onset in zip((first, second), onsets, strict=True)]
    assert all(0 < delay < 150 for delay in delays)
    assert abs(delays[1] - delays[0]) < 40


def test_a_storm_that_stays_for_days_is_reported_once() -> None:
    count, negative = chatter(60.0, 36)
    add(count, negative, 28 * DAY, 6, 30, 5 * DAY, 0.555, 400)
    assert len(watched(count, negative).alarms) == 1


def test_a_backfill_delivered_in_one_minute_is_no_storm() -> None:
    count, negative = chatter(20.0, 30)
    gap = slice(26 * DAY, 26 * DAY + 720)
    at = gap.stop
    late, late_negative = count[gap].sum(), negative[gap].sum()
    keep = np.ones(len(count), bool)
    keep[gap] = False
    count[at] += late
    negative[at] += late_negative
    start = MONDAY + np.flatnonzero(keep)
    ones = np.ones(len(start), np.int64)
    assert Topic().observe_series(start, ones, count[keep], negative[keep]).alarms == ()
