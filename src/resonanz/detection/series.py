"""Read a table of counts: regular or not, with gaps, out of order, with rows that make no sense."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np

from resonanz.detection.state import Floats
from resonanz.detection.topic import Integers, Topic, Track

#: Other names under which columns are known (the second is the Numenta benchmark's).
ALIASES: Final = {"timestamp": ("timestamp", "time", "date"), "count": ("count", "value", "messages")}

#: Stamp, count, negatives and authors as read.
Row = tuple[str, float, float, float]


class NoSeries(ValueError):
    """The table as a whole cannot be read; `code` says why: `no_header`, `no_timestamp`, `no_count`, `no_rows`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was skipped or moved.

    `code`: `bad_time`, `bad_number`, `negative_number`, `more_negatives_than_messages`, `repeated` (a copy, skipped),
    `replaced` (a later row gives the same time another count), `out_of_order` (sorted in).
    """

    line: int
    code: str
    text: str = ""


@dataclass
class Series:
    """The usable rows in order of time. `moods` and `authors` tell whether those columns exist."""

    stamps: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    negatives: list[float] = field(default_factory=list)
    authors: list[float] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    moods: bool = False
    has_authors: bool = False


def moment(text: str) -> float:
    """Seconds since 1970 of a number of seconds or an ISO 8601 moment (UTC without a zone). Raises ValueError."""
    try:
        seconds = float(text)
    except ValueError:
        when = datetime.fromisoformat(text.strip())
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < 32_503_680_000:  # the year 3000
        raise ValueError(text)
    return seconds


def read(lines: Iterable[str]) -> Series:
    """The series in a CSV table with a header. Raises NoSeries; single bad rows are listed in `faults` and left out."""
    reader = csv.reader(lines)
    header = [name.strip().lower().lstrip("\ufeff") for name in next(reader, [])]
    if not header:
        raise NoSeries("no_header")
    places = {name: _place(header, name) for name in ("timestamp", "count", "negative", "authors")}
    for name in ("timestamp", "count"):
        if places[name] is None:
            raise NoSeries(f"no_{name}")
    series = Series(moods=places["negative"] is not None, has_authors=places["authors"] is not None)
    rows: dict[float, Row] = {}
    latest = -1.0
    for row in reader:
        if not row:
            continue
        line = reader.line_num
        found = _row(row, places, line, series.faults)
        if found is None:
            continue
        at, values = found
        if at in rows:
            series.faults.append(
                Fault(line, "repeated" if _same(rows[at], values) else "replaced", values[0])
            )
        elif at < latest:
            series.faults.append(Fault(line, "out_of_order", values[0]))
        rows[at] = values
        latest = max(latest, at)
    if not rows:
        raise NoSeries("no_rows")
    for at in sorted(rows):
        stamp, count, negative, authors = rows[at]
        series.stamps.append(stamp)
        series.seconds.append(at)
        series.counts.append(count)
        series.negatives.append(negative)
        series.authors.append(authors)
    return series


def _same(one: Row, other: Row) -> bool:
    return np.array_equal(one[1:], other[1:], equal_nan=True)


def _place(header: list[str], name: str) -> int | None:
    return next((header.index(alias) for alias in ALIASES.get(name, (name,)) if alias in header), None)


def _row(
    row: list[str], places: dict[str, int | None], line: int, faults: list[Fault]
) -> tuple[float, Row] | None:
    """One row's moment and (stamp, count, negative, authors), or None and a fault. An empty number is unknown (nan)."""

    def cell(name: str) -> str:
        place = places[name]
        return row[place].strip() if place is not None and place < len(row) else ""

    try:
        at = moment(cell("timestamp"))
    except (ValueError, OverflowError):
        faults.append(Fault(line, "bad_time", cell("timestamp")))
        return None
    numbers = []
    for name in ("count", "negative", "authors"):
        try:
            number = float(cell(name)) if cell(name) else float("nan")
        except ValueError:
            number = float("inf")
        if np.isinf(number):
            faults.append(Fault(line, "bad_number", cell(name)))
            return None
        if number < 0:
            faults.append(Fault(line, "negative_number", cell(name)))
            return None
        numbers.append(number)
    count, negative, authors = numbers
    if negative > count:
        faults.append(Fault(line, "more_negatives_than_messages", cell("negative")))
        return None
    return at, (cell("timestamp"), count, negative, authors)


def steps(series: Series) -> tuple[Integers, Integers, Floats, Floats, Floats, Integers]:
    """Steps of whole minutes: start, minutes, count, negatives, authors, and the step of each row.

    A row stands for the time up to the next one, at most twice the usual spacing: what is longer is a gap.
    Rows within one minute are added up.
    """
    minute = (np.array(series.seconds) // 60).astype(np.int64)
    start, step_of_row = np.unique(minute, return_inverse=True)
    spacing = np.diff(start)
    usual = max(1, int(np.median(spacing))) if len(spacing) else 1
    length = np.append(np.where(spacing <= 2 * usual, spacing, usual), usual)

    def total(values: list[float]) -> Floats:
        result: Floats = np.zeros(len(start))
        np.add.at(result, step_of_row, np.array(values))
        return result

    return (
        start,
        length,
        total(series.counts),
        total(series.negatives),
        total(series.authors),
        step_of_row.astype(np.int64),
    )


def follow(topic: Topic, series: Series) -> tuple[Track, Integers]:
    """Watch a whole series; the track, and the step of each of the series' rows."""
    start, minutes, counts, negatives, authors, step_of_row = steps(series)
    track = topic.observe_series(
        start, minutes, counts, negatives if series.moods else None, authors if series.has_authors else None
    )
    return track, step_of_row
