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


@pytest.mark.parametrize("r", [0.6, 1.0, 1.5])
def test_the_interval_holds_the_truth_as_often_as_it_says(r: float) -> None:
    inside = []
    for seed in range(300):
        posts = [shared(r, seed * 20 + i, 3) for i in range(8)]
        # Eight posts of one kind, one after the other, count as one long observation.
        shifted = [(i * 1e9, i * 1e9 + p) for i, p in enumerate(posts)]
        seen = sum(len(p) for p in posts)
        possible = sum(
            float(np.sum(reacted(start + 3 * HOURS - np.append(p, start)))) for start, p in shifted
        )
        inside.append(abs(seen / possible - r) < 1.2816 * np.sqrt(seen) / possible)
    assert 0.7 < np.mean(inside) < 0.9


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
