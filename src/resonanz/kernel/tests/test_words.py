"""The words everybody uses: how text is counted, how keys are made."""

from __future__ import annotations

import time
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.kernel.clock import utcnow
from resonanz.kernel.ids import new_key
from resonanz.kernel.text import TextUnit, graphemes, length

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "grapheme", "codepoint", "utf16", "byte"),
    [
        ("", 0, 0, 0, 0),
        ("Größe", 5, 5, 5, 7),
        ("Gro\u0308\u00dfe", 5, 6, 6, 8),
        (FAMILY, 1, 7, 11, 25),
        ("👍🏽", 1, 2, 4, 8),
        ("🇩🇪🇦🇹", 2, 4, 8, 16),
        ("a\r\nb", 3, 4, 4, 4),
        ("สวัสดี", 4, 6, 6, 18),
        ("\ud800", 1, 1, 1, 3),
    ],
)
def test_each_unit_counts_its_own(text: str, grapheme: int, codepoint: int, utf16: int, byte: int) -> None:
    assert length(text, TextUnit.GRAPHEMES) == grapheme
    assert length(text, TextUnit.CODEPOINTS) == codepoint
    assert length(text, TextUnit.UTF16) == utf16
    assert length(text, TextUnit.BYTES) == byte


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("https://a.de", 23),
        ("HTTP://example.com/" + "x" * 500, 23),
        ("siehe https://example.com.", 6 + 23 + 1),
        ("(https://example.com/a)", 1 + 23 + 1),
        ("„https://example.com“", 1 + 23 + 1),
        ("https://example.com und https://example.org", 23 + 5 + 23),
        ("ftp://example.com", 17),
        ("@eva@example.com!", 5),
        ("@eva und a@example.com", 22),
        ("@@eva@example.com", 17),
        ("https://example.com/@eva@host.example", 23),
    ],
)
def test_links_and_mentions_count_as_mastodon_counts_them(text: str, used: int) -> None:
    assert length(text, TextUnit.GRAPHEMES, link_units=23, short_mentions=True) == used


@given(st.text())
def test_the_pieces_make_the_whole(text: str) -> None:
    assert "".join(graphemes(text)) == text
    assert length(text, TextUnit.GRAPHEMES) == len(graphemes(text))


@given(st.text())
def test_counting_takes_every_text(text: str) -> None:
    for unit in TextUnit:
        assert length(text + "\ud800", unit, link_units=23, short_mentions=True) >= 0


def test_counting_is_quick_on_text_made_to_be_slow() -> None:
    """Counted, not timed: twice the text is about twice the work, or this would not end."""
    for piece in ("@a", "https://", "https://x.", "@a@", "a.", "\u0301"):
        assert length(piece * 50_000, TextUnit.GRAPHEMES, link_units=23, short_mentions=True) >= 1


@given(st.integers(0, 2**40))
def test_keys_have_one_form_and_sort_by_time(moment: int) -> None:
    key, later = new_key(moment / 1000), new_key((moment + 1) / 1000 + 0.0005)
    assert len(key) == 26
    assert key.isascii()
    assert key.isalnum()
    assert key.islower() or key.isdigit()
    assert key < later


def test_no_two_keys_are_alike() -> None:
    now = time.time()
    assert len({new_key(now) for _ in range(10_000)}) == 10_000


def test_now_is_aware() -> None:
    assert utcnow().tzinfo is UTC
