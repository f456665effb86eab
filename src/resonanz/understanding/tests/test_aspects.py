"""Aspects by example: found again in texts that were not among the examples."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.understanding import heads
from resonanz.understanding.aspects import Aspect, average_precision, given, learn
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


def test_what_it_marks_was_tried_out_on_texts_that_it_had_not_seen() -> None:
    lifts = learn("lift", LIFTS, OTHERS)
    assert (lifts.found, lifts.wrong, lifts.helps) == (5, 0, True)
    drawn = np.random.default_rng(2).permutation(OTHERS).tolist()
    assert not learn("?", drawn[:20], drawn[20:]).helps
    texts = ["Der Aufzug am Rathaus ist kaputt", "Heute war Tag 3 in Ort 7, das Essen war gut", ""]
    assert given([lifts, lifts], texts).tolist() == [[True, True], [False, False], [False, False]]
    assert given([lifts], []).shape == (0, 1)
    assert given([], texts).shape == (3, 0)


def test_what_somebody_said_is_not_about_it_counts_more_than_what_was_drawn() -> None:
    music = [f"Der Aufzug {place} spielt schöne Musik" for place in PLACES]
    without, told = learn("lift", LIFTS, OTHERS), learn("lift", LIFTS, OTHERS, music)
    new = ["Der Aufzug im Rathaus spielt schöne Musik"]
    assert told.scores(new)[0] < without.scores(new)[0]
    assert told.others == len(OTHERS) + len(music)
    assert told.scores(["Der Aufzug im Rathaus ist schon wieder kaputt"])[0] > told.scores(new)[0]


def test_the_words_that_speak_for_it_are_named() -> None:
    text = "Also, der Aufzug am Rathaus: kaputt!"
    found = learn("lift", LIFTS, OTHERS).evidence(text)
    assert "Aufzug" in [text[one.start : one.end] for one in found]
    assert {one.label for one in found} == {"lift"}
    assert learn("lift", LIFTS, OTHERS).evidence("…") == []
    for hostile in HOSTILE:
        learn("lift", LIFTS, OTHERS).evidence(hostile)


def test_what_was_learnt_for_other_features_is_refused() -> None:
    data = learn("lift", LIFTS, OTHERS).to_bytes()
    facts, arrays = heads.unpacked(data)
    with pytest.raises(ValueError, match="scheme"):
        Aspect.from_bytes(heads.packed(facts | {"scheme": 99}, arrays))
