"""What is stored of a reading says what the model said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.inbound.enrichment import marks
from resonanz.understanding import OUTPUTS, UNSURE
from resonanz.understanding.labels import Labels

# What databases out there hold. Add at the end; never change what stands here.
STORED = (
    "de en other negative neutral positive toxic offensive engaging fact_claiming question complaint praise "
    "suggestion price service quality delivery staff app_website opening_hours advertising employer offer safety"
)


def test_the_stored_order_never_changes_and_knows_every_output():
    assert marks.ORDER[: len(STORED.split())] == tuple(STORED.split())
    assert set(marks.ORDER) >= set(OUTPUTS)
    assert marks.BIT[marks.ORDER[-1]] < marks.BIT[marks.OWN[-1]], "the two must not meet"
    assert max(marks.BIT.values()) < 2**63, "more fit into no column"
    assert len(set(marks.BIT.values())) == len(marks.BIT)
    assert (marks.OWN[0], marks.BIT[marks.OWN[0]]) == ("own0", 2**62)
    assert set(marks.VALUES) == {"language", "sentiment", *marks.KINDS, *marks.ASPECTS}


@given(st.integers(0, 2**32 - 1))
def test_marks_and_bytes_say_what_the_labels_say(seed):
    chance = np.random.default_rng(seed)
    p = chance.random((5, len(OUTPUTS)), np.float32)
    labels = Labels(p, "m", chance.random(len(OUTPUTS), np.float32))
    for reading, (bits, stored) in zip(labels.readings(), marks.packed(labels), strict=True):
        assert marks.value(bits, "language") == reading.language
        assert marks.value(bits, "sentiment") == reading.sentiment
        found = {name for name in marks.names(bits) if name not in marks.LANGUAGES}
        assert found == set(reading.given)
        likely = marks.probabilities(stored)
        for name, value in {**reading.kinds, **reading.aspects, **reading.sentiments}.items():
            assert likely[name] == pytest.approx(value, abs=0.5 / 255 + 1e-4)


def test_what_was_stored_before_an_output_was_known_lacks_it():
    assert list(marks.probabilities(bytes([255, 0]))) == ["de", "en"]


ANY = st.integers(0, 2 ** len(marks.ORDER) - 1)
CORRECTION = st.sampled_from([(output, value) for output, values in marks.VALUES.items() for value in values])


@given(ANY, CORRECTION)
def test_a_correction_says_one_thing_and_leaves_the_rest(bits, correction):
    output, value = correction
    after = marks.corrected(bits, {output: value})
    assert marks.value(after, output) == value
    for other in marks.VALUES.keys() - {output}:
        if other not in marks.GROUPS:
            assert marks.value(after, other) == marks.value(bits, other)


def test_nobody_being_sure_is_an_answer():
    bits = marks.mask(["negative", "complaint"])
    assert marks.value(marks.corrected(bits, {"sentiment": UNSURE}), "sentiment") == UNSURE
    assert marks.UNSURE == UNSURE
