"""Cutting words into pieces."""

from __future__ import annotations

from resonanz.understanding.pieces import BLANK, LONGEST_WORD, SPECIAL, UNKNOWN, Pieces, plain

NAMES = (*SPECIAL, BLANK, BLANK + "Haus", "bank", "b", "a", "n", "k", BLANK + "Hausb", "ank", "@", "http")
SCORES = (0.0, 0.0, 0.0, 0.0, -3.0, -4.0, -4.0, -6.0, -6.0, -6.0, -6.0, -5.0, -7.0, -2.0, -2.0)


def cut(text: str, most: int = 100) -> list[str]:
    pieces = Pieces(NAMES, SCORES)
    return [pieces.names[number] for number in pieces.of(text, most)]


def test_the_likeliest_cut_wins() -> None:
    assert cut("Hausbank") == [BLANK + "Haus", "bank"]  # -8, and not -5 - 7


def test_a_letter_that_no_piece_has_is_one_unknown_piece() -> None:
    assert cut("bÿb") == [BLANK, "b", SPECIAL[UNKNOWN], "b"]


def test_who_is_spoken_to_and_where_a_link_leads_is_one_sign_each() -> None:
    assert plain("@DB_Bahn:") == "@:"
    assert plain("(@a.b") == "(@"
    assert plain("@max_m@social.example.org,") == "@,"  # as the Fediverse has addresses
    assert plain("mail@haus") == "mail@haus"
    assert plain("https://haus.example/bank?x=1") == "http"
    assert cut("@anna https://a.example") == [BLANK, "@", BLANK, "http"]


def test_written_apart_or_together_it_is_the_same() -> None:
    assert plain("Zu\u0308ge") == plain("Züge")
    assert plain("ﬁnden\u2026") == "finden..."
    assert plain("\u00a8") == "\u0308"


def test_signs_that_nobody_sees_hide_no_word_and_part_no_emoji() -> None:
    assert plain("Haus\u00adbank") == plain("H\u200da\u200du\u200ds\u200bbank") == "Hausbank"
    assert plain("👩\u200d👧!") == "👩\u200d👧!"
    assert cut("\u200b") == []


def test_words_come_with_their_place() -> None:
    text = "  Hausbank\n@anna"
    found = list(Pieces(NAMES, SCORES).words(text))
    assert [text[start:end] for start, end, _ in found] == ["Hausbank", "@anna"]


def test_no_more_than_asked_for() -> None:
    assert len(cut("bank " * 50, 7)) == 7
    assert len(cut("b" * 10_000, 20_000)) == LONGEST_WORD + 1


def test_nothing_in_nothing() -> None:
    assert cut("") == cut(" \n\t\u2003") == []


def test_what_a_keyboard_cannot_type_is_no_error() -> None:
    for text in ("\ud800", "\x00", "\u202e", "👩\u200d👩\u200d👧", "a" + "\u0301" * 500):
        assert all(number < len(NAMES) for number in Pieces(NAMES, SCORES).of(text, 50))
