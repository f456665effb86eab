"""The advice: its evidence, and whether following it makes queries better on labelled texts."""

from __future__ import annotations

import pytest

from resonanz.matching import canonical, parse
from resonanz.matching.advice import Miss, advise, related
from resonanz.matching.tests.labelled import TOPICS, advised, before_and_after, followed, labelled, quality


@pytest.mark.parametrize(("topic", "text"), TOPICS["examples"].items())
def test_following_the_advice_makes_the_query_better(topic: str, text: str) -> None:
    texts, query = labelled("examples", topic), parse(text)
    better = followed(query, advised(query, texts))
    before, after = quality(query, texts), quality(better, texts)
    assert after.precision > before.precision, canonical(better)
    assert after.recall > before.recall, canonical(better)


@pytest.mark.parametrize("marked", [True, False])
def test_it_is_better_on_texts_that_the_advice_has_not_seen_too(marked: bool) -> None:
    before, after = before_and_after("held_out", unseen=True, marked=marked)
    assert after.precision > before.precision
    assert after.recall > before.recall


def test_without_marks_the_other_meaning_is_guessed() -> None:
    texts = labelled("examples", "bank")
    advice = advised(parse(TOPICS["examples"]["bank"]), texts, marked=False)
    assert "park" in [noise.term.words[0] for noise in advice.noise]
    assert "trainer" in [noise.term.words[0] for noise in advice.noise]
    assert [noise.term.words for noise in advice.noise if any(texts[n].meant for n in noise.hits)] == []


def test_where_no_hit_is_trusted_nothing_is_guessed() -> None:
    texts = ["Golf und Werkstatt", "Golf in der Werkstatt", "Golf beim Turnier"]
    assert advise(parse("Golf"), texts).noise == ()


def test_evidence_names_texts_that_speak_for_it() -> None:
    texts = ["die Bank", "Bank und Konto", "Hausbank", "Hausbanken", "nichts"]
    advice = advise(parse("Bank OR Konto"), texts)
    assert advice.hits == (0, 1)
    assert [(canonical(c.term), c.hits, c.alone) for c in advice.carriers] == [
        ("Bank", (0, 1), (0,)),
        ("Konto", (1,), ()),
    ]
    assert [(canonical(m.term), m.kind, m.texts) for m in advice.near_misses] == [
        ("~Bank", Miss.COMPOUND, (2, 3))
    ]


@pytest.mark.parametrize(
    ("word", "like", "kind"),
    [
        ("banken", "bank", Miss.INFLECTION),
        ("bank", "banken", Miss.INFLECTION),
        ("hausbank", "bank", Miss.COMPOUND),
        ("gebuer", "gebuehr", Miss.SPELLING),
        ("sparkase", "sparkasse", Miss.SPELLING),
        ("psarkasse", "sparkasse", None),
        ("spakrasse", "sparkasse", Miss.SPELLING),
        ("bankett", "bank", None),
        ("konto", "bank", None),
    ],
)
def test_relatives_of_a_word(word: str, like: str, kind: Miss | None) -> None:
    assert related(word, like) is kind
