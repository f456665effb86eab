"""Texts of our own, whole posts with all that holds of them: ``texts/*.tsv``, lines of text, labels and sentiment.

Written for this project, so they bind nobody; near misses stand beside what they are taken for. They teach the columns
only: calibration and every score come from real texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from resonanz.understanding.labels import ASPECTS, KINDS, SENTIMENTS

FOLDER = Path(__file__).with_name("texts")


def texts(folder: Path = FOLDER) -> Iterator[tuple[str, dict[str, int]]]:
    """(text, what is known of it: everything but its language). Raises ValueError with the number of a bad line."""
    for file in sorted(folder.glob("*.tsv")):
        yield from _rows(file)


def _rows(file: Path) -> Iterator[tuple[str, dict[str, int]]]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        try:
            text, names, sentiment = line.split("\t")
        except ValueError:
            raise ValueError(f"{file.name}, line {number}: three fields are needed") from None
        labels = {name for name in names.split(",") if name}
        if not text.strip() or sentiment not in SENTIMENTS or not labels <= {*KINDS, *ASPECTS}:
            raise ValueError(f"{file.name}, line {number}: {names!r}, {sentiment!r}")
        facts = {name: int(name in labels) for name in (*KINDS, *ASPECTS)}
        yield text, facts | {name: int(name == sentiment) for name in SENTIMENTS}
