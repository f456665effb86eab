"""Labelled texts, written by us, and how good a query is on them, alone or with the advice followed.

`examples.tsv` is what the advice was made with. `held_out.tsv` was written afterwards, with the code left as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from resonanz.matching import Query, parse, reference
from resonanz.matching.advice import Advice, advise
from resonanz.matching.query import And, Not, Or

TOPICS = {  # file → topic → query
    "examples": {"bank": "Bank OR (Bank Konto) OR (Bank Filiale)", "gebühr": "Gebühr"},
    "held_out": {name: name for name in ("golf", "jaguar", "lieferung", "refund", "filiale", "apple")},
}


class Labelled(NamedTuple):
    text: str
    meant: bool


class Counts(NamedTuple):
    """Texts: found and meant, found, meant."""

    right: int
    found: int
    meant: int

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.meant


def labelled(file: str, topic: str) -> list[Labelled]:
    lines = (Path(__file__).parent / f"{file}.tsv").read_text("utf-8").splitlines()
    return [
        Labelled(text, label == "1") for name, label, text in (x.split("\t") for x in lines) if name == topic
    ]


def quality(query: Query, texts: Sequence[Labelled]) -> Counts:
    found = [one for one in texts if reference.matches(query, one.text)]
    return Counts(sum(one.meant for one in found), len(found), sum(one.meant for one in texts))


def advised(query: Query, sample: Sequence[Labelled], marked: bool = True) -> Advice:
    """The advice; `marked`: a person has said which hits of the sample are not meant."""
    texts = [one.text for one in sample]
    advice = advise(query, texts)
    return (
        advise(query, texts, frozenset(n for n in advice.hits if not sample[n].meant)) if marked else advice
    )


def followed(query: Query, advice: Advice) -> Query:
    """`query` with every proposal taken."""
    added = tuple(miss.term for miss in advice.near_misses)
    excluded = tuple(Not(noise.term) for noise in advice.noise)
    wider = Or((query, *added)) if added else query
    return And((wider, *excluded)) if excluded else wider


def before_and_after(file: str, *, unseen: bool, marked: bool = True) -> tuple[Counts, Counts]:
    """All topics together. `unseen`: advice from every other text, measured on the rest; else both on all."""
    before, after = [], []
    for topic, text in TOPICS[file].items():
        texts, query = labelled(file, topic), parse(text)
        sample, measured = (texts[::2], texts[1::2]) if unseen else (texts, texts)
        before.append(quality(query, measured))
        after.append(quality(followed(query, advised(query, sample, marked)), measured))
    return total(before), total(after)


def total(counts: Iterable[Counts]) -> Counts:
    return Counts(*map(sum, zip(*counts, strict=True)))
