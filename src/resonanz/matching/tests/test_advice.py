"""The advice: its evidence, and whether following it makes queries better on a small labelled set (written by us)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from resonanz.matching import Query, canonical, parse, reference
from resonanz.matching.advice import Miss, advise, related
from resonanz.matching.query import And, Not, Or

EXAMPLES = [
    line.split("\t") for line in (Path(__file__).parent / "examples.tsv").read_text("utf-8").splitlines()
]
QUERIES = {"bank": "Bank OR (Bank Konto) OR (Bank Filiale)", "gebühr": "Gebühr"}


def labelled(topic: str) -> tuple[list[str], set[int]]:
    """The texts of a topic, and which are meant."""
    rows = [(label, text) for name, label, text in EXAMPLES if name == topic]
    return [text for _, text in rows], {number for number, (label, _) in enumerate(rows) if label == "1"}


def quality(query: Query, texts: list[str], meant: set[int]) -> tuple[float, float]:
    """Precision and recall."""
    found = {number for number, text in enumerate(texts) if reference.matches(query, text)}
    return len(found & meant) / len(found), len(found & meant) / len(meant)


def followed(query: Query, added: Iterable[Query], excluded: Iterable[Query]) -> Query:
    wider = Or((query, *added)) if (added := tuple(added)) else query
    return And((wider, *(Not(term) for term in excluded)))


@pytest.mark.parametrize("topic", QUERIES)
def test_following_the_advice_makes_the_query_better(topic: str) -> None:
    texts, meant = labelled(topic)
    query = parse(QUERIES[topic])
    marked = frozenset(n for n in advise(query, texts).hits if n not in meant)
    advice = advise(query, texts, noise=marked)
    better = followed(query, [m.term for m in advice.near_misses], [n.term for n in advice.noise])
    before, after = quality(query, texts, meant), quality(better, texts, meant)
    assert after[0] > before[0], canonical(better)
    assert after[1] > before[1], canonical(better)


def test_without_marks_the_other_meaning_is_guessed() -> None:
    texts, meant = labelled("bank")
    advice = advise(parse(QUERIES["bank"]), texts)
    assert "park" in [noise.term.words[0] for noise in advice.noise]
    assert "trainer" in [noise.term.words[0] for noise in advice.noise]
    wrongly = [noise.term.words for noise in advice.noise if set(noise.hits) & meant]
    assert wrongly == []


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
