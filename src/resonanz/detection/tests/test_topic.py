"""The cast: a small, a medium and a large topic, three weeks of chatter each, and what breaks over them."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.detection import Kind, LateData, Topic, Track, Watch

DAY, WEEK = 1440, 7 * 1440
MONDAY = 1_767_567_600 // 60  # Monday 2026-01-05 00:00 in Berlin
SEED = 20260105


def chatter(hourly: float, days: int, seed: int = SEED, share: float = 0.23) -> tuple[np.ndarray, np.ndarray]:
    """Counts and negatives a minute with a daily rhythm."""
    rng = np.random.default_rng(seed)
    rhythm = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(days * DAY) / DAY - 0.35))
    count = rng.poisson(hourly / 60 * rhythm).astype(float)
    return count, rng.binomial(count.astype(int), share).astype(float)


def add(
    count: np.ndarray,
    negative: np.ndarray,
    at: int,
    start: float,
    doubling: float,
    minutes: int,
    share: float,
    peak: float,
) -> None:
    """Mix in something that grows from `start` an hour, doubling, up to `peak` an hour."""
    rng = np.random.default_rng([SEED, at])
    rate = np.minimum(start / 60 * 2 ** (np.arange(minutes) / doubling), peak / 60)
    extra = rng.poisson(rate)
    count[at : at + minutes] += extra
    negative[at : at + minutes] += rng.binomial(extra, share)


def watched(count: np.ndarray, negative: np.ndarray | None, watch: Watch | None = None) -> Track:
    start = MONDAY + np.arange(len(count))
    return Topic(watch).observe_series(start, np.ones(len(count), np.int64), count, negative)


@pytest.mark.parametrize(
    ("hourly", "start", "peak", "within"),
    [(0.2, 1.2, 25.0, 180), (20.0, 2.0, 150.0, 240), (1000.0, 60.0, 6000.0, 150)],
)
def test_a_storm_is_reported_once_and_soon(hourly: float, start: float, peak: float, within: int) -> None:
    count, negative = chatter(hourly, 30)
    onset = 25 * DAY + 14 * 60
    add(count, negative, onset, start, 15, 10 * 60, 0.555, peak)
    (alarm,) = watched(count, negative).alarms
    assert alarm.kind is Kind.SHITSTORM
    assert 0 < alarm.at - MONDAY - onset <= within
    assert alarm.onset_range[0] <= alarm.onset <= alarm.onset_range[1] <= alarm.at
    assert alarm.level >= 2


@pytest.mark.parametrize("hourly", [0.2, 20.0, 1000.0])
def test_a_push_of_usual_tone_is_no_storm(hourly: float) -> None:
    count, negative = chatter(hourly, 30)
    for day in (20, 23, 27):
        add(count, negative, day * DAY + 600, hourly, 10, 240, 0.23, hourly * 4)
    assert watched(count, negative).alarms == ()


def test_a_turn_of_mood_at_constant_volume_is_a_storm() -> None:
    count, negative = chatter(200.0, 30)
    rng = np.random.default_rng(SEED)
    at = 26 * DAY + 700
    negative[at : at + 300] = rng.binomial(count[at : at + 300].astype(int), 0.5)
    (alarm,) = watched(count, negative).alarms
    assert alarm.kind is Kind.SHITSTORM
    assert alarm.at - MONDAY - at < 60


def test_praise_in_masses_is_a_candystorm() -> None:
    count, negative = chatter(60.0, 30)
    add(count, negative, 26 * DAY + 700, 6, 15, 400, 0.02, 600)
    (alarm,) = watched(count, negative).alarms
    assert alarm.kind is Kind.CANDYSTORM


def test_without_negatives_a_surge_is_attention() -> None:
    count, negative = chatter(60.0, 30)
    add(count, negative, 26 * DAY + 700, 6, 15, 400, 0.23, 600)
    (alarm,) = watched(count, None, Watch(moods=False)).alarms
    assert alarm.kind is Kind.ATTENTION


def test_an_outage_and_the_flood_after_it_alarm_nobody() -> None:
    count, negative = chatter(600.0, 30)
    at, length = 26 * DAY + 600, 180
    late, late_negative = count[at : at + length].sum(), negative[at : at + length].sum()
    count[at : at + length] = negative[at : at + length] = 0
    count[at + length] += late
    negative[at + length] += late_negative
    track = watched(count, negative)
    assert track.alarms == ()
    after = track.rows[at + length + 60, 3]
    assert after == pytest.approx(track.rows[at - 1, 3], rel=0.5)


def test_one_author_is_no_storm() -> None:
    count, negative = chatter(1.0, 30)
    authors = count.copy()
    at = 26 * DAY + 600
    count[at] += 30
    negative[at] += 30
    authors[at] += 1
    start = MONDAY + np.arange(len(count))
    ones = np.ones(len(count), np.int64)
    assert Topic().observe_series(start, ones, count, negative, authors).alarms == ()
    assert Topic().observe_series(start, ones, count, negative).alarms != ()


def test_a_storm_is_not_learned_as_usual() -> None:
    count, negative = chatter(20.0, 30)
    onset = 25 * DAY + 600
    add(count, negative, onset, 2, 15, 24 * 60, 0.555, 200)
    usual = watched(count, negative).rows[:, 3]
    assert usual[onset + DAY] < 1.2 * usual[onset - 6 * DAY]


def test_replaying_gives_the_same_alarms_whatever_the_portions() -> None:
    count, negative = chatter(20.0, 28)
    add(count, negative, 25 * DAY + 600, 2, 15, 600, 0.555, 200)
    whole = watched(count, negative)
    start, ones = MONDAY + np.arange(len(count)), np.ones(len(count), np.int64)
    cut = 25 * DAY + 650
    first = Topic()
    alarms = list(first.observe_series(start[:cut], ones[:cut], count[:cut], negative[:cut]).alarms)
    memory = first.memory()
    assert len(memory) <= 16 * 1024
    for _ in range(2):  # once, and once more from the same memory
        again = Topic.resume(memory)
        rest = [again.observe(int(start[i]), count[i], negative[i]) for i in range(cut, cut + 120)]
        found = alarms + [a for a in rest if a]
        assert found == [a for a in whole.alarms if a.at <= start[cut + 119] + 1]
        assert len(found) == 1


def test_gaps_are_survived() -> None:
    count, negative = chatter(20.0, 30)
    add(count, negative, 27 * DAY + 600, 2, 15, 600, 0.555, 200)
    keep = np.ones(len(count), bool)
    keep[20 * DAY : 22 * DAY] = keep[27 * DAY : 27 * DAY + 300] = False
    start = MONDAY + np.flatnonzero(keep)
    (alarm,) = (
        Topic().observe_series(start, np.ones(len(start), np.int64), count[keep], negative[keep]).alarms
    )
    assert alarm.at - MONDAY > 27 * DAY + 600


def test_late_data_teach_and_do_not_alarm() -> None:
    count, negative = chatter(20.0, 10)
    topic = Topic()
    topic.observe_series(MONDAY + np.arange(len(count)), np.ones(len(count), np.int64), count, negative)
    with pytest.raises(LateData):
        topic.observe(MONDAY + 5, 3, 1)
    before = topic.state.scalars[0]
    topic.amend(MONDAY + 5, 3, 1)
    assert topic.state.scalars[0] == before + 3


def test_memory_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        Topic.resume(b"\0" * 80)


@pytest.mark.parametrize("minutes", [5, 60])
def test_coarse_steps_work_too(minutes: int) -> None:
    count, negative = chatter(60.0, 30)
    onset = 27 * DAY + 600
    add(count, negative, onset, 6, 30, 800, 0.555, 900)
    start = MONDAY + np.arange(0, len(count), minutes)
    track = Topic().observe_series(
        start,
        np.full(len(start), minutes),
        count.reshape(-1, minutes).sum(1),
        negative.reshape(-1, minutes).sum(1),
    )
    (alarm,) = track.alarms
    assert 0 < alarm.at - MONDAY - onset < 300
    assert np.flatnonzero(track.score >= 0.5).tolist() == np.flatnonzero(track.alarm).tolist()
    assert track.score.min() >= 0
    assert track.score.max() <= 1
