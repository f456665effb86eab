"""Aspects by example: found again in texts that were not among the examples."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.understanding.aspects import Aspect, average_precision, learn
from resonanz.understanding.tests.cast import HOSTILE

OTHERS = [f"Heute war Tag {n} in Ort {n % 13}, das Essen war {w}" for n in range(40) for w in ("gut", "kalt")]
PLACES = ("am Bahnhof", "in der Filiale", "im Kaufhaus", "am Markt", "in Köln")
LIFTS = [f"Der Aufzug {place} ist schon wieder kaputt" for place in PLACES]


def test_an_aspect_finds_what_its_examples_are_about() -> None:
    lifts = learn("lift", LIFTS, OTHERS)
    found = lifts.scores(["Aufzüge stehen still, der Aufzug am Rathaus auch", "Das Essen in Ort 3 war gut"])
    assert found[0] > 0.5 > found[1]
    assert lifts.precision > 0.9
    assert (lifts.examples, lifts.others) == (5, 80)
    assert lifts.chance == pytest.approx(5 / 85)


def test_what_has_no_sense_is_no_better_than_chance() -> None:
    drawn = np.random.default_rng(2).permutation(OTHERS).tolist()
    assert learn("?", drawn[:20], drawn[20:]).precision < 0.5


def test_an_aspect_comes_back_as_it_was() -> None:
    lifts = learn("lift", LIFTS, OTHERS)
    found = Aspect.from_bytes(lifts.to_bytes())
    assert found.to_bytes() == lifts.to_bytes()
    assert (found.scores(LIFTS) == lifts.scores(LIFTS)).all()
    with pytest.raises(ValueError, match="nothing"):
        Aspect.from_bytes(b"no")


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="needed"):
        learn("lift", [LIFTS[0]] * 9, OTHERS)


def test_hostile_texts_have_scores() -> None:
    assert np.isfinite(learn("lift", LIFTS, [*OTHERS, *HOSTILE]).scores(HOSTILE)).all()


def test_average_precision() -> None:
    assert average_precision(
        np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    ) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([False]), np.array([1.0])) == 0
