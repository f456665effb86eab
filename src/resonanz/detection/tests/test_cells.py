"""Numbers and moments as they are written here and there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isnan
from zoneinfo import ZoneInfo

import pytest

from resonanz.detection.cells import NoSuchHour, moment, number

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "german", "value"),
    [
        ("12", False, 12),
        ("1.5", False, 1.5),
        ("1,234", False, 1234),
        ("3,5", True, 3.5),
        ("1.234", True, 1234),
        ("12.345.678,9", True, 12_345_678.9),
        ("0.125", True, 0.125),
        ("1.5", True, 1.5),
        ("1e3", False, 1000),
    ],
)
def test_numbers(text: str, german: bool, value: float) -> None:
    assert number(text, german=german) == value


def test_nothing_is_unknown_and_words_are_refused() -> None:
    assert isnan(number(""))
    for text in ("many", "1_000", "3,5", "1;2"):
        with pytest.raises(ValueError, match=text):
            number(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01",
        "20260101",
        "2026-01-01T00:00:00Z",
        "2026-01-01 01:00+01:00",
        "01.01.2026",
        "1.1.2026 0:00",
        "01.01.2026, 00:00:00",
        f"{NEW_YEAR:.0f}",
        f"{NEW_YEAR * 1000:.0f}",
    ],
)
def test_moments(text: str) -> None:
    assert moment(text) == NEW_YEAR


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-1", "99999999999999999", "1/2/2026", "32.01.2026", "x.y.2026 0"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text)


def test_an_hour_that_the_clock_shows_twice() -> None:
    """The night of 25 October 2026 in Germany: 02:00 to 02:55 twice, and every five minutes once."""
    begin = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)
    moments = [begin + timedelta(minutes=5 * i) for i in range(60)]
    latest, read = -1.0, []
    for when in moments:
        latest = moment(f"{when.astimezone(BERLIN):%Y-%m-%d %H:%M}", BERLIN, latest)
        read.append(latest)
    assert read == [when.timestamp() for when in moments]


def test_an_hour_that_the_clock_skips() -> None:
    with pytest.raises(NoSuchHour):
        moment("2026-03-29 02:30", BERLIN)
    assert moment("2026-03-29 03:00", BERLIN) - moment("2026-03-29 01:55", BERLIN) == 300
