"""The query language: what is understood, how it prints, what is refused and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.kernel.tests.hostile import texts
from resonanz.matching import Code, Query, QueryError, canonical, parse
from resonanz.matching.parser import MAX_DEPTH, MAX_LENGTH, MAX_PHRASE, MAX_TERMS, MAX_WORD
from resonanz.matching.query import And, Near, Not, Or, Part, Partial, Tag, Words
from resonanz.matching.tests.strategies import queries

A, B, C = Words(("a",)), Words(("b",)), Words(("c",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", And((A, B))),
        ("a AND b OR c", Or((And((A, B)), C))),
        ("a ODER b UND NICHT c", Or((A, And((B, Not(C)))))),
        ("a -b", And((A, Not(B)))),
        ("a NOT NOT b", And((A, B))),
        ("a -(b -c)", And((A, Not(And((B, Not(C))))))),
        ("nearby", Words(("nearby",))),
        ("NEARBY NAHES", And((Words(("NEARBY",)), Words(("NAHES",))))),
        ("a (b c)", And((A, B, C))),
        ('"a b"', Words(("a", "b"))),
        ("„a b“", Words(("a", "b"))),
        ("»a b«", Words(("a", "b"))),
        ("a&b", Words(("a", "b"))),
        ('"AND"', Words(("AND",))),
        ("and", Words(("and",))),
        ("Spar*", Partial(Part.START, "Spar")),
        ("*kasse", Partial(Part.END, "kasse")),
        ("*kass*", Partial(Part.INSIDE, "kass")),
        ("~bank", Partial(Part.COMPOUND, "bank")),
        ("#Bank", Tag("#", "Bank")),
        ("@bank.example", Tag("@", "bank.example")),
        ("#bank*", Tag("#", "bank", True)),
        ("a NEAR/3 (b OR c)", Near(3, (A,), (B, C))),
        ("a NAHE/3 b", Near(3, (A,), (B,))),
    ],
)
def test_what_a_query_means(text: str, expected: object) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a b OR c", "(a AND b) OR c"),
        ("a AND -(b OR c)", "a AND NOT (b OR c)"),
        ("Müller-Lüdenscheidt", '"Müller Lüdenscheidt"'),
        ("from:@Bank lang:DE link:https-x.de", "from:bank AND lang:de AND link:https-x.de"),
        ("link:www.Müller.example", "link:xn--mller-kva.example"),
        ("a NEAR/5 (b OR c) d", "a NEAR/5 (b OR c) AND d"),
    ],
)
def test_the_canonical_form(text: str, printed: str) -> None:
    assert canonical(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("", Code.EMPTY, 0, 0),
        ("   ", Code.EMPTY, 3, 3),
        ("a AND", Code.OPERAND_MISSING, 5, 5),
        ("OR a", Code.OPERAND_MISSING, 0, 2),
        ("a (b", Code.PARENTHESIS_OPEN, 2, 3),
        ("a) b", Code.PARENTHESIS_EXTRA, 1, 2),
        ("()", Code.OPERAND_MISSING, 1, 2),
        ('a "b c', Code.QUOTE_OPEN, 2, 6),
        ('a ""', Code.NO_WORD, 2, 4),
        ("a &", Code.NO_WORD, 2, 3),
        ("a - b", Code.NO_WORD, 2, 3),
        ("a -", Code.OPERAND_MISSING, 3, 3),
        ("a NEAR/3 NOT b", Code.OPERAND_MISSING, 9, 12),
        ("a NEAR/3", Code.OPERAND_MISSING, 8, 8),
        ("NEAR/3 a", Code.OPERAND_MISSING, 0, 6),
        ("Sp*rk", Code.STAR_MISPLACED, 0, 5),
        ('"Spark* Köln"', Code.STAR_IN_PHRASE, 0, 13),
        ("Sp*", Code.STEM_TOO_SHORT, 0, 3),
        ("*", Code.STEM_TOO_SHORT, 0, 1),
        ("~Haus-Bank", Code.ONE_WORD_ONLY, 0, 10),
        ("#", Code.TAG_INVALID, 0, 1),
        ("#a.b", Code.TAG_INVALID, 0, 4),
        ("a site:x", Code.FIELD_UNKNOWN, 2, 8),
        ("lang:", Code.VALUE_INVALID, 0, 5),
        ("lang:deutsch", Code.VALUE_INVALID, 0, 12),
        ("link:a/b", Code.VALUE_INVALID, 0, 8),
        ("a NEAR b", Code.NEAR_DISTANCE, 2, 6),
        ("a NEAR/0 b", Code.NEAR_DISTANCE, 2, 8),
        ("a NEAR/51 b", Code.NEAR_DISTANCE, 2, 9),
        ("a NEAR/x b", Code.NEAR_DISTANCE, 2, 8),
        ("a NEAR/3 (b AND c)", Code.NEAR_OPERAND, 2, 8),
        ("a NEAR/3 b NEAR/3 c", Code.NEAR_OPERAND, 11, 17),
        ("a NEAR/3 lang:de", Code.NEAR_OPERAND, 2, 8),
        ("NOT a", Code.MATCHES_EVERYTHING, 0, 5),
        ("a OR NOT b", Code.MATCHES_EVERYTHING, 0, 10),
        ("lang:de network:bluesky", Code.MATCHES_EVERYTHING, 0, 23),
        ("NOT (a AND b)", Code.MATCHES_EVERYTHING, 0, 13),
        ("x" * (MAX_WORD + 1), Code.WORD_TOO_LONG, 0, MAX_WORD + 1),
        ('"' + "x " * (MAX_PHRASE + 1) + '"', Code.PHRASE_TOO_LONG, 0, 2 * MAX_PHRASE + 4),
        ("a " * (MAX_TERMS + 1), Code.TOO_MANY_TERMS, 2 * MAX_TERMS, 2 * MAX_TERMS + 1),
        ("a" * (MAX_LENGTH + 1), Code.TOO_LONG, MAX_LENGTH, MAX_LENGTH + 1),
        ("(" * (MAX_DEPTH + 1), Code.TOO_DEEP, MAX_DEPTH, MAX_DEPTH + 1),
    ],
)
def test_what_is_refused_and_where(text: str, code: Code, start: int, end: int) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert (refused.value.code, refused.value.start, refused.value.end) == (code, start, end)


@pytest.mark.parametrize(
    "text", ["from:bank", "link:bank.example", "lang:de a", "a NOT lang:de", "NOT (NOT a OR b)"]
)
def test_what_cannot_match_everything_is_accepted(text: str) -> None:
    parse(text)


@given(queries)
def test_parsing_what_was_printed_gives_the_same_query(query: Query) -> None:
    assert parse(canonical(query)) == query
    assert canonical(parse(canonical(query))) == canonical(query)


@given(st.one_of(texts, st.text(alphabet='ab*~#@:"()„“-/ ANDORNEAR3\u0308\ud800ä', max_size=40)))
def test_any_text_is_parsed_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        refused = error
    else:
        assert parse(canonical(query)) == query
        return
    assert 0 <= refused.start <= refused.end <= len(text)
