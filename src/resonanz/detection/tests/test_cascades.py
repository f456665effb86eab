"""Cascades whose reproduction number is known."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.detection.cascades import reacted, reproduction
from resonanz.detection.tests.posts import HOURS, cascade


def shared(r: float, seed: int, hours: float) -> np.ndarray:
    return cascade(r, np.random.default_rng([7, seed]), hours)


def test_reactions_begin_at_none_and_end_at_all() -> None:
    assert reacted(np.array([-5.0, 0.0])).tolist() == [0.0, 0.0]
    part = reacted(np.array([60.0, 300.0, 3600.0, 1e12]))
    assert np.all(np.diff(part) > 0)
    assert part[-1] == pytest.approx(1.0, abs=0.01)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Eighty of a hundred posts, those that are hardly shared and those that are; R as the prior thinks it."""
    numbers = np.exp(np.random.default_rng(7).uniform(np.log(0.4), np.log(2.0), 1500))
    held: dict[bool, list[bool]] = {False: [], True: []}
    for seed, r in enumerate(numbers):
        shares = shared(float(r), seed, 3)
        found = reproduction(0.0, shares, 3 * HOURS)
        held[len(shares) >= 5].append(found.low <= r <= found.high)
    assert len(held[True]) > 150
    for each in held.values():
        assert 0.74 < np.mean(each) < 0.86


def test_one_post_that_takes_off_is_seen_to_grow() -> None:
    shares = next(c for c in (shared(1.8, seed, 3) for seed in range(50)) if 60 < len(c) < 1000)
    found = reproduction(0.0, shares, 3 * HOURS)
    assert found.low < 1.8 < found.high
    assert found.low < found.value < found.high
    assert found.grows > 0.95
    assert found.shares == len(shares)


def test_one_post_that_fades_is_seen_to_fade() -> None:
    shares = np.linspace(10, 1800, 40)
    found = reproduction(0.0, shares, 24 * HOURS, window_seconds=23 * HOURS)
    assert found.shares == 0
    assert found.high < 1
    assert found.grows < 0.01


def test_shares_before_the_post_are_refused() -> None:
    with pytest.raises(ValueError, match="between"):
        reproduction(100.0, np.array([50.0]), 200.0)
