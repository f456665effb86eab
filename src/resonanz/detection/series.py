"""Read a table of counts: regular or not, with gaps, out of order, with rows that make no sense."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import chain
from typing import Final

import numpy as np

from resonanz.detection.cells import NoSuchHour, moment, number
from resonanz.detection.state import Floats
from resonanz.detection.topic import Integers, Topic, Track

#: Names under which columns are known ("value" is the Numenta benchmark's).
ALIASES: Final = {
    "timestamp": ("timestamp", "time", "date", "zeitpunkt", "zeit", "datum"),
    "count": ("count", "value", "messages", "anzahl", "nachrichten"),
    "negative": ("negative", "negativ"),
    "authors": ("authors", "autoren"),
}
#: More messages than this in one row are a slip of the pen.
_MOST: Final = 1e9

#: Stamp, count, negatives and authors as read.
Row = tuple[str, float, float, float]
#: Where each column of ALIASES stands, if it is there.
Places = dict[str, int | None]


class NoSeries(ValueError):
    """The table as a whole cannot be read; `code` says why: `no_header`, `no_timestamp`, `no_count`, `no_rows`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that was skipped or moved, or that says something of the whole table.

    `code`: `bad_time`, `bad_number`, `negative_number`, `too_large`, `more_negatives_than_messages`, `repeated` (a
    copy, skipped), `replaced` (a later row gives the same time another count), `out_of_order` (sorted in),
    `no_such_hour` (the zone's clocks skip it, so all times without a zone were read as UTC).
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


def read(lines: Iterable[str], zone: tzinfo = UTC) -> Series:
    """The series in a CSV table with a header. Raises NoSeries; single bad rows are listed in `faults` and left out.

    Separated by commas, semicolons or tabs, whatever the header has most of; but for commas, numbers are read as German
    ones. Times without a zone are on the clock of `zone`, unless one of them never shows there: then all are in UTC.
    """
    table = _table(lines)
    header = [name.strip().lower().lstrip("\ufeff") for name in table.rows[0][1]] if table.rows else []
    if not header:
        raise NoSeries("no_header")
    places = {name: _place(header, name) for name in ALIASES}
    for name in ("timestamp", "count"):
        if places[name] is None:
            raise NoSeries(f"no_{name}")
    try:
        return _collected(table, places, zone)
    except _AnotherClock as here:
        series = _collected(table, places, UTC)
        series.faults.insert(0, here.fault)
        return series


@dataclass(frozen=True)
class _Table:
    rows: list[tuple[int, list[str]]]  # number of the line, cells; the header first
    german: bool


def _table(lines: Iterable[str]) -> _Table:
    source = iter(lines)
    head, before = next(source, ""), 0
    if head.lower().startswith("sep="):  # a spreadsheet's note to itself
        head, before = next(source, ""), 1
    separator = max(",;\t", key=head.count)
    reader = csv.reader(chain([head], source), delimiter=separator)
    return _Table([(before + reader.line_num, row) for row in reader if row], separator != ",")


class _AnotherClock(Exception):
    """The table holds an hour that does not exist in the zone; its clock was another one."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


def _collected(table: _Table, places: Places, zone: tzinfo) -> Series:
    """The usable rows, each moment once. Raises NoSeries where there is none, and _AnotherClock."""
    series = Series(moods=places["negative"] is not None, has_authors=places["authors"] is not None)
    rows: dict[float, Row] = {}
    latest = -1.0
    for line, cells in table.rows[1:]:
        row = {name: _cell(cells, place) for name, place in places.items()}
        try:
            at = moment(row["timestamp"], zone, latest)
            values = (row["timestamp"], *_numbers(row, table.german))
        except NoSuchHour as error:
            raise _AnotherClock(Fault(line, "no_such_hour", row["timestamp"])) from error
        except _Unusable as error:
            series.faults.append(Fault(line, error.code, error.text))
            continue
        except (ValueError, OverflowError):
            series.faults.append(Fault(line, "bad_time", row["timestamp"]))
            continue
        if at in rows:
            code = "repeated" if _same(rows[at], values) else "replaced"
            series.faults.append(Fault(line, code, values[0]))
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
    return next((header.index(alias) for alias in ALIASES[name] if alias in header), None)


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


class _Unusable(Exception):
    """A row with a number that cannot be; `code` and `text` as in Fault."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code, self.text = code, text


def _numbers(row: dict[str, str], german: bool) -> tuple[float, float, float]:
    """Count, negatives and authors of a row; nan where the cell is empty. Raises _Unusable."""
    count, negative, authors = (_number(row[name], german) for name in ("count", "negative", "authors"))
    if negative > count:
        raise _Unusable("more_negatives_than_messages", row["negative"])
    return count, negative, authors


def _number(text: str, german: bool) -> float:
    try:
        value = number(text, german=german)
    except ValueError as error:
        raise _Unusable("bad_number", text) from error
    if np.isinf(value):
        raise _Unusable("bad_number", text)
    if value < 0:
        raise _Unusable("negative_number", text)
    if value > _MOST:
        raise _Unusable("too_large", text)
    return value


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
