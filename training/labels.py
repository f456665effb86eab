"""The labels given by hand: reading them, and which of them training must not see.

`python -m training.labels` counts them.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resonanz.understanding import labels as vocabulary

FOLDER = Path(__file__).with_name("labels")

LANGUAGES = (*vocabulary.LANGUAGES, vocabulary.UNSURE)
KINDS = vocabulary.KINDS[4:]
#: These have data sets of their own, but few of them may teach what ships; the second campaign asked for them too.
ALSO = ("engaging", "fact_claiming", "toxic", "offensive")
ASPECTS = vocabulary.ASPECTS
#: The first reading of each campaign, and the second of some of its texts.
READINGS = {"first": "second", "more": "more_again", "third": "third_again"}


@dataclass(frozen=True)
class Label:
    """What a reader said about one text, by docs/understanding/labelling.md."""

    set: str
    id: str
    part: str
    language: str
    question: bool
    complaint: bool
    praise: bool
    suggestion: bool
    aspects: frozenset[str]
    #: Names among KINDS, ALSO, "sentiment", "language" and "aspects" where two careful readers could well differ.
    unclear: frozenset[str] = frozenset()
    #: None where nobody was asked.
    engaging: bool | None = None
    fact_claiming: bool | None = None
    toxic: bool | None = None
    offensive: bool | None = None
    #: The third campaign asked for it, of sets that have sentiments of their own, too.
    sentiment: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.set, self.id

    @property
    def names(self) -> frozenset[str]:
        """The kinds and aspects that the text has."""
        return self.aspects.union(kind for kind in (*KINDS, *ALSO) if getattr(self, kind))

    def asked(self, name: str) -> bool:
        """Whether the reader was to say if the text has it."""
        return name not in ALSO or getattr(self, name) is not None

    @property
    def held_back(self) -> bool:
        return held_back(self.set, self.id)


def held_back(set_name: str, text_id: str) -> bool:
    """Whether a text is kept for evaluation: its SHA-256 as a number is divisible by 3 (about a third are)."""
    return int.from_bytes(hashlib.sha256(f"{set_name}:{text_id}".encode()).digest(), "big") % 3 == 0


def read(name: str = "first", folder: Path = FOLDER) -> list[Label]:
    """Return the rows of one pass in file order.

    Raises ValueError, with the line's number, for an unknown or missing field or name.
    """
    labels = []
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                labels.append(_label(json.loads(line)))
            except (TypeError, ValueError) as error:
                raise ValueError(f"{name}.jsonl, line {number}: {error}") from error
    return labels


def everything() -> list[Label]:
    """The first readings of all campaigns."""
    return [label for name in READINGS for label in read(name)]


@dataclass(frozen=True)
class Mood:
    """What sentiment a reader saw in a text of a set that labels none."""

    set: str
    id: str
    sentiment: str
    unclear: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.set, self.id


def moods(name: str = "moods", folder: Path = FOLDER) -> list[Mood]:
    """Return the rows in file order. Raises ValueError, with the line's number, where one is none."""
    found = []
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                mood = Mood(**json.loads(line))
            except (TypeError, ValueError) as error:
                raise ValueError(f"{name}.jsonl, line {number}: {error}") from error
            if mood.sentiment not in vocabulary.SENTIMENTS:
                raise ValueError(f"{name}.jsonl, line {number}: unknown sentiment {mood.sentiment!r}")
            found.append(mood)
    return found


def _label(row: dict[str, object]) -> Label:
    lists = {field: frozenset(_names(row.pop(field, []))) for field in ("aspects", "unclear")}
    label = Label(**row, **lists)  # type: ignore[arg-type] # checked right below
    if label.language not in LANGUAGES or label.part not in ("random", "enriched"):
        raise ValueError(f"unknown language {label.language!r} or part {label.part!r}")
    if not all(isinstance(getattr(label, kind), bool) for kind in (*KINDS, *ALSO) if label.asked(kind)):
        raise ValueError("a kind is neither true nor false")
    if label.sentiment not in (None, *vocabulary.SENTIMENTS):
        raise ValueError(f"unknown sentiment {label.sentiment!r}")
    doubtful = {*KINDS, *ALSO, "sentiment", "language", "aspects"}
    unknown = (label.aspects - set(ASPECTS)) | (label.unclear - doubtful)
    if unknown:
        raise ValueError(f"unknown names {sorted(unknown)}")
    return label


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("aspects and unclear are lists of names")
    return value


def counts(labels: list[Label]) -> Iterator[str]:
    """Yield the lines of a table: how many texts have each label, in all and within the parts that matter."""
    groups = [
        labels,
        [label for label in labels if label.part == "random"],
        [label for label in labels if label.language == "en"],
        [label for label in labels if label.held_back],
    ]
    yield "| label | all | random part | English | held back | unclear |"
    yield "|---|---|---|---|---|---|"
    yield f"| texts | {' | '.join(str(len(group)) for group in groups)} | |"
    for name in names_of(labels):
        numbers = [sum(name in label.names for label in group) for group in groups]
        unclear = str(sum(name in label.unclear for label in labels)) if name not in ASPECTS else ""
        yield f"| {name} | {' | '.join(map(str, numbers))} | {unclear} |"


def names_of(labels: list[Label]) -> tuple[str, ...]:
    """The kinds and aspects that a campaign asked for."""
    return (*(name for name in (*KINDS, *ALSO) if all(label.asked(name) for label in labels)), *ASPECTS)


def shares(labels: list[Label]) -> Iterator[str]:
    """Yield the lines of a table: how frequent each kind is in the random part of each set, in percent."""
    drawn = [label for label in labels if label.part == "random"]
    yield f"| set | texts | {' | '.join(KINDS)} |"
    yield "|---|---|---|---|---|---|"
    for name in sorted({label.set for label in drawn}):
        rows = [label for label in drawn if label.set == name]
        found = [100 * sum(getattr(label, kind) for label in rows) / len(rows) for kind in KINDS]
        yield f"| {name} | {len(rows)} | {' | '.join(f'{share:.0f} %' for share in found)} |"


def main() -> None:
    for name in READINGS:
        labels = read(name)
        print(f"{name}:", "", *counts(labels), "", *shares(labels), "", sep="\n")


if __name__ == "__main__":
    main()
