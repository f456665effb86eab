"""Learning from corrections: what helps is kept, what does not is dropped, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest

from resonanz.understanding import compiled, hashed, heads
from resonanz.understanding.adaptation import FEWEST, Adaptation, Correction, Gain, adapt
from resonanz.understanding.fast import Fast
from resonanz.understanding.labels import OUTPUTS
from resonanz.understanding.tests.cast import HOSTILE, model

TIER = Fast(model(3), use_compiled=False)
SEEN = [f"Heute war Tag {n} und das Wetter in Ort {n % 13} ganz normal" for n in range(120)]
LATE = [f"Die Linie {n} kam {w} schon wieder zu spät an" for n in range(15) for w in ("gestern", "heute")]


def corrections(output: str = "praise", value: str | None = None) -> list[Correction]:
    """Of all late trains: the opposite of what the model says, or `value`."""
    given = TIER.label(LATE).given()[:, OUTPUTS.index("praise")]
    opposite = ["no" if g else "yes" for g in given]
    return [Correction(text, output, value or said) for text, said in zip(LATE, opposite, strict=True)]


def consistent() -> list[Correction]:
    """All late trains are of the class that the model names least often."""
    often = TIER.label(LATE).of("praise").mean() > 0.5
    return corrections(value="no" if often else "yes")


def test_what_is_corrected_alike_is_learnt() -> None:
    made = adapt(TIER, consistent(), SEEN)
    gain = made.gains["praise"]
    assert made.helps
    assert gain.corrections == len(LATE)
    assert gain.seen == len(SEEN)
    assert gain.after > gain.before
    later = ["Die Linie 99 kam morgens schon wieder zu spät an"]
    labels = TIER.label(later)
    moved = made.apply(labels, later)
    wanted = consistent()[0].value == "yes"
    assert (moved.of("praise")[0] > labels.of("praise")[0]) == wanted
    others = [c for c, name in enumerate(OUTPUTS) if name != "praise"]
    assert (moved.p[:, others] == labels.p[:, others]).all()


def test_what_is_left_as_it_was_mostly_stays() -> None:
    made = adapt(TIER, consistent(), SEEN)
    labels = TIER.label(SEEN)
    same = made.apply(labels, SEEN).given() == labels.given()
    assert same[:, OUTPUTS.index("praise")].mean() > 0.8


def test_corrections_without_sense_are_not_switched_on() -> None:
    rng = np.random.default_rng(5)
    tossed = [Correction(text, "praise", str(rng.choice(["no", "yes"]))) for text in SEEN]
    made = adapt(TIER, tossed, LATE)
    assert set(made.gains) == {"praise"}
    assert not made.helps
    labels = TIER.label(LATE)
    assert made.apply(labels, LATE) is labels
    assert made.version == TIER.version


def test_a_few_corrections_teach_nothing_yet() -> None:
    assert adapt(TIER, consistent()[: FEWEST - 1], SEEN) == Adaptation(TIER.version, {}, {})


def test_sentiment_is_corrected_as_one() -> None:
    wanted = [Correction(text, "sentiment", "neutral") for text in LATE]
    labels = TIER.label(LATE)
    moved = adapt(TIER, wanted, SEEN).apply(labels, LATE)
    assert (moved.of("neutral") >= labels.of("neutral")).mean() > 0.8
    assert moved.p[:, 3:6].sum(1) == pytest.approx(np.ones(len(LATE)), abs=1e-5)


def test_the_last_correction_of_a_text_holds_and_unsure_takes_it_back() -> None:
    first = corrections()
    assert adapt(TIER, [*first, *consistent()], SEEN).to_bytes() == adapt(TIER, consistent(), SEEN).to_bytes()
    undone = [Correction(text, "praise", "unsure") for text in LATE]
    assert adapt(TIER, [*first, *undone], SEEN).gains == {}


def test_an_adaptation_comes_back_as_it_was() -> None:
    made = adapt(TIER, consistent(), SEEN)
    data = made.to_bytes()
    found = Adaptation.from_bytes(data)
    assert found.to_bytes() == data
    assert (found.base, found.gains, found.version) == (made.base, made.gains, made.version)
    assert len(data) < 20_000
    for broken in (b"", b"x" * 100, data[:-40]):
        with pytest.raises(ValueError, match="not"):
            Adaptation.from_bytes(broken)


def test_labels_of_another_model_are_refused() -> None:
    made = adapt(TIER, consistent(), SEEN)
    other = Fast(model(4), use_compiled=False)
    with pytest.raises(ValueError, match="made on"):
        made.apply(other.label(LATE), LATE)
    with pytest.raises(ValueError, match="for 1 texts"):
        made.apply(TIER.label(LATE), LATE[:1])


@pytest.mark.parametrize(("output", "value"), [("praise", "positive"), ("sentiment", "yes"), ("mood", "yes")])
def test_unknown_names_are_refused(output: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        adapt(TIER, [Correction("x", output, value)])


def test_hostile_texts_are_adapted_too() -> None:
    made = adapt(TIER, consistent(), SEEN)
    p = made.apply(TIER.label(HOSTILE), HOSTILE).p
    assert np.isfinite(p).all()
    assert (p[0] == TIER.label(HOSTILE).p[0]).all()


def test_a_gain_counts() -> None:
    gain = Gain(corrections=30, seen=70, fixed=20, broken=5, right=60)
    assert (gain.before, gain.after, gain.helps) == (0.6, 0.75, True)
    assert not Gain(30, 70, 5, 5, 60).helps
    assert not Gain(30, 70, 20, 5, 60, evenly=-0.01).helps, "more are right, but rare values are lost"


@pytest.mark.skipif(not compiled.AVAILABLE, reason="numba is not installed")
def test_rows_are_the_same_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "FEW", 0)
    fast = hashed.rows(HOSTILE)
    monkeypatch.setattr(compiled, "AVAILABLE", False)
    assert (hashed.rows(HOSTILE) == fast).all()


def test_the_mean_f1_falls_where_a_rare_value_is_given_up() -> None:
    right = np.array([0] * 8 + [1] * 2)
    some, none = np.array([0] * 6 + [1] * 4), np.zeros(10, int)
    assert (some == right).sum() == (none == right).sum()
    assert heads.mean_f1(right, some) > heads.mean_f1(right, none) + 0.2
    assert heads.mean_f1(right, right) == 1
