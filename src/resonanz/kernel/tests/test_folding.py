"""The folding: what is the same, what isn't, and that it doesn't depend on how a text was composed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from resonanz.kernel import folding
from resonanz.kernel.tests.hostile import texts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Mu\u0308ller", "Müller"),
        ("a\u0323\u0308", "ä\u0323"),
        ("Straße", "STRASSE"),
        ("STRAẞE", "strasse"),
        ("Café", "cafe"),
        ("Zoë", "zoe"),
        ("Spar\u00adkasse", "sparkasse"),
        ("ﬁliale", "FILIALE"),
        ("𝐁𝐚𝐧𝐤", "bank"),
        ("👍🏽", "👍"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
    ],
)
def test_same_to_the_reader_is_same_to_us(one: str, other: str) -> None:
    assert folding.words(one) == folding.words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Müller", "Muller"), ("Bär", "Bar"), ("Maße", "Mase"), ("й1", "й2")]
)
def test_different_to_the_reader_stays_different(one: str, other: str) -> None:
    assert folding.words(one) != folding.words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A&O, Müller-Lüdenscheidt!", ["a", "o", "mueller", "luedenscheidt"]),
        ("McDonald’s", ["mcdonald", "s"]),
        ("Marke™ und Marke®", ["marke", "und", "marke"]),
        ("toll😡👍🏽!", ["toll", "😡", "👍"]),
        ("ソニー", ["ソ", "ニ", "ー"]),
        ("x\ud800y\x00z", ["x", "y", "z"]),
        ("a\u200db a\u200bb", ["ab", "a", "b"]),
        ("foo_bar", ["foo", "bar"]),
        ("", []),
    ],
)
def test_words_of_a_text(text: str, expected: list[str]) -> None:
    assert folding.words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hallo #Müller_x!", [(1, "#mueller_x")]),
        ("an @Bank.", [(1, "@bank")]),
        ("@a@b.c-d", [(0, "@a"), (0, "@a@b"), (0, "@a@b.c-d")]),
        ("C#major info@example.org", []),
        ("##x ＃y", [(0, "#x"), (1, "#y")]),
        ("# x @ y", []),
    ],
)
def test_tags_of_a_text(text: str, expected: list[tuple[int, str]]) -> None:
    assert list(folding.tags(text)) == expected


@given(texts)
def test_composed_and_decomposed_fold_alike(text: str) -> None:
    assert folding.fold(unicodedata.normalize("NFC", text)) == folding.fold(
        unicodedata.normalize("NFD", text)
    )


@given(texts)
def test_a_folded_text_stays_as_it_is(text: str) -> None:
    assert folding.fold(folding.fold(text)) == folding.fold(text)


@given(texts)
def test_each_spelled_word_folds_to_one_word(text: str) -> None:
    for word in folding.spelled_words(text):
        assert folding.words(word) == [folding.fold(word)]


@given(texts)
def test_spelled_words_are_the_words(text: str) -> None:
    assert [folding.fold(word) for word in folding.spelled_words(text)] == folding.words(text)
