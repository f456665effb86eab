"""The compiled loop, the plain one, and what they agree on."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given, settings

from resonanz.understanding import compiled, loops, plain
from resonanz.understanding.fast import Fast
from resonanz.understanding.labels import LANGUAGES, OUTPUTS, SENTIMENTS
from resonanz.understanding.signs import CODE_MASK, SHIFT, Kind
from resonanz.understanding.tests.cast import HOSTILE, model, texts

needs_numba = pytest.mark.skipif(not compiled.AVAILABLE, reason="numba is not installed")
MODEL = model()
PLAIN = Fast(MODEL, use_compiled=False)
COMPILED = Fast(MODEL, use_compiled=compiled.AVAILABLE)


def cut(text: str) -> list[str]:
    return ["".join(chr(cell & CODE_MASK) for cell in chunk.cells) for chunk in plain.chunks(text)]


def spellings(*texts: str) -> set[str]:
    return {" ".join(cut(text)) for text in texts}


@needs_numba
@settings(max_examples=400, deadline=None)
@given(texts())
def test_both_ways_find_the_same_to_the_last_bit(text: str) -> None:
    assert (COMPILED.label([text]).p == PLAIN.label([text]).p).all()


@needs_numba
def test_both_ways_agree_on_a_batch_in_any_order() -> None:
    batch = [f"{text} {n}" for n in range(120) for text in HOSTILE]
    expected = PLAIN.label(batch).p
    assert (COMPILED.label(batch).p == expected).all()
    assert (COMPILED.label(batch[::-1]).p == expected[::-1]).all()


def test_spellings_of_one_word_are_read_alike() -> None:
    assert len(spellings("MÜLLER", "Mueller", "mu\u0308ller", "müller")) == 1
    assert len(spellings("Straße", "STRASSE", "strasse")) == 1
    assert len(spellings("𝕳𝖆𝖑𝖑𝖔", "Hallo", "ＨＡＬＬＯ", "h\u00adallo")) == 1
    assert len(spellings("soooo", "sooooooooooo")) == 1
    assert len(spellings("um 7:30", "um 9:15")) == 1


def test_names_and_links_are_not_read() -> None:
    assert cut("@Anna_B: http://t.co/x www.b.example/" + "ä" * 99) == ["@", "\x01", "\x01"]
    assert cut("a@b http x@ @") == ["a@b", "http", "x@", "@"]


def test_each_emoji_stands_alone_and_skin_tones_go() -> None:
    assert cut("super👍🏽👍!") == ["super", "👍", "👍", "!"]


def test_spans_are_places_in_the_text() -> None:
    text = "  Grüße😀 @Anna_B " + "ß" * 50
    for chunk in plain.chunks(text):
        part = text[chunk.start : chunk.end]
        assert part.strip() == part
        assert chunk.cells
    assert [text[c.start : c.end] for c in plain.chunks(text)][:3] == ["Grüße", "😀", "@Anna_B"]


def test_a_chunk_is_never_longer_than_its_sum_can_hold() -> None:
    most = max(len(plain.grams([Kind.WORD << SHIFT | 97 + n % 26 for n in range(k)])) for k in range(1, 41))
    assert most == loops.MOST_GRAMS
    assert most * 127 <= np.iinfo(np.int16).max


@given(texts())
@settings(max_examples=200, deadline=None)
def test_probabilities_are_probabilities(text: str) -> None:
    p = COMPILED.label([text]).p[0]
    assert np.isfinite(p).all()
    assert ((p >= 0) & (p <= 1)).all()
    assert p[: len(LANGUAGES)].sum() == pytest.approx(1, abs=1e-5)
    assert p[len(LANGUAGES) : len(LANGUAGES) + len(SENTIMENTS)].sum() == pytest.approx(1, abs=1e-5)


def test_no_texts_have_no_labels() -> None:
    assert COMPILED.label([]).p.shape == (0, len(OUTPUTS))
    assert COMPILED.label([]).readings() == []


def test_threads_may_share_a_model() -> None:
    batch = [f"Text {n} über {n % 7} Dinge" for n in range(3000)]
    expected, found = COMPILED.label(batch).p, []
    threads = [threading.Thread(target=lambda: found.append(COMPILED.label(batch).p)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all((p == expected).all() for p in found)


@needs_numba
def test_few_texts_are_read_without_loading_a_compiler() -> None:
    code = """
import sys
from resonanz.understanding import compiled, load
load().label(["Guten Tag, wann macht ihr auf?"])
assert "numba" not in sys.modules
assert compiled.pays(compiled.FEW + 1) and not compiled.pays(compiled.FEW)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_evidence_points_into_the_text_and_is_strongest_first() -> None:
    text = "Der Zug kam nicht, toll 😡 @DB_Bahn"
    found = PLAIN.evidence(text, ["negative", "complaint"])
    assert found
    for label in ("negative", "complaint"):
        weights = [e.weight for e in found if e.label == label]
        assert weights == sorted(weights, reverse=True)
        assert all(weight > 0 for weight in weights)
        assert len(weights) <= 3
    assert all(text[e.start : e.end].strip() for e in found)


def test_evidence_adds_up_to_the_decision() -> None:
    """All chunks' weights together are what the text's sums, without bias and looks, say."""
    text = "Endlich fährt der Bus wieder pünktlich, danke!"
    spans, by_chars, by_words, counts = PLAIN._parts(text)
    whole = np.zeros((1, loops.COLUMNS), np.int32)
    words, number = np.zeros_like(whole), np.zeros((1, 2), np.int32)
    plain.score(
        [text], plain.Memory(MODEL.weights), whole, words, number, np.zeros((1, loops.SURFACES), np.int32)
    )
    assert (by_chars.sum(0) == whole[0]).all()
    assert (by_words.sum(0) == words[0]).all()
    assert (counts == number[0]).all()
    assert len(spans) == 7
