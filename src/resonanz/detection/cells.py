"""One cell of a table: numbers and moments as programs write them, and as a German spreadsheet does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

_YEAR_3000: Final = 32_503_680_000
#: Larger numbers are milliseconds: as seconds they would lie beyond the year 5000.
_MILLISECONDS_FROM: Final = 1e11
_DATE_OF_DIGITS = re.compile(r"\d{8}")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(.+))?")
_GERMAN_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?")
_ENGLISH_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")


class NoSuchHour(ValueError):
    """A moment that the clocks of its zone never show, since they are put forward over it."""


def number(text: str, *, german: bool = False) -> float:
    """A number; nan where there is none. `german`: the comma is the decimal mark. Raises ValueError."""
    if not text:
        return float("nan")
    if "_" in text:  # Python would take it for a mark between thousands
        raise ValueError(text)
    if german:
        text = text.replace(".", "") if _GERMAN_THOUSANDS.fullmatch(text) else text
        return float(text.replace(",", "."))
    return float(text.replace(",", "") if _ENGLISH_THOUSANDS.fullmatch(text) else text)


def moment(text: str, zone: tzinfo = UTC, after: float = -1.0) -> float:
    """Seconds since 1970 of a number of seconds or milliseconds, an ISO 8601 moment or a German one (31.12.2026 23:59).

    What names no zone is on the clock of `zone`. Of an hour that this clock shows twice the second is meant as soon as
    the first has been seen, that is, lies not `after`. Raises ValueError, and its kind NoSuchHour.
    """
    seconds = _seconds(text)
    if seconds is None:
        when = _datetime(text)
        seconds = when.timestamp() if when.tzinfo else _on_the_wall(when, zone, after)
    if not 0 <= seconds < _YEAR_3000:
        raise ValueError(text)
    return seconds


def _seconds(text: str) -> float | None:
    if _DATE_OF_DIGITS.fullmatch(text):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value / 1000 if value >= _MILLISECONDS_FROM else value


def _datetime(text: str) -> datetime:
    german = _GERMAN_DAY.fullmatch(text)
    if german is None:
        return datetime.fromisoformat(text)
    day, month, year, clock = german.groups()
    clock = (clock or "00:00").rjust(5, "0") if not clock or clock.count(":") == 1 else clock.rjust(8, "0")
    return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2} {clock}")


def _on_the_wall(when: datetime, zone: tzinfo, after: float) -> float:
    local = when.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != when:
        raise NoSuchHour(str(when))
    first = local.timestamp()
    return first if first > after else local.replace(fold=1).timestamp()
