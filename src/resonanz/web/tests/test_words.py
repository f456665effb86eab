"""How numbers and times are said, in both languages and in the workspace's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from resonanz.web import words

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # a Sunday, 14:00 in Berlin


@pytest.fixture(autouse=True)
def _berlin():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (0, "0", "0"),
        (950, "950", "950"),
        (999, "999", "999"),
        (1000, "1\u00a0Tsd.", "1K"),
        (1234, "1,2\u00a0Tsd.", "1.2K"),
        (99_950, "100\u00a0Tsd.", "100K"),
        (999_499, "999\u00a0Tsd.", "999K"),
        (999_500, "1\u00a0Mio.", "1M"),
        (3_456_789, "3,5\u00a0Mio.", "3.5M"),
        (2_000_000_000, "2\u00a0Mrd.", "2B"),
        (-1234, "-1,2\u00a0Tsd.", "-1.2K"),
        (12.5, "12,5", "12.5"),
    ],
)
def test_counts(value, german, english):
    with translation.override("de"):
        assert words.short_number(value) == german
    with translation.override("en"):
        assert words.short_number(value) == english


def test_exact_numbers_and_shares():
    with translation.override("de"):
        assert words.exact_number(1234567) == "1.234.567"
        assert words.share(0.034) == "3,4\u00a0%"
    with translation.override("en"):
        assert words.exact_number(1234567) == "1,234,567"
        assert words.share(0.034) == "3.4%"


@pytest.mark.parametrize(
    ("distance", "german", "english"),
    [
        (timedelta(seconds=20), "gerade eben", "just now"),
        (timedelta(minutes=5), "vor 5 Min.", "5 min ago"),
        (timedelta(minutes=59, seconds=59), "vor 59 Min.", "59 min ago"),
        (timedelta(hours=1), "vor 1 Std.", "1 hr ago"),
        (timedelta(hours=11), "vor 11 Std.", "11 hrs ago"),
        (timedelta(hours=12), "02:00", "02:00"),
        (timedelta(hours=15), "gestern 23:00", "yesterday 23:00"),
        (timedelta(days=3), "Do, 19. Nov 14:00", "Thu, 19 Nov 14:00"),
        (timedelta(days=400), "18. Okt 2025 15:00", "18 Oct 2025 15:00"),
        (timedelta(seconds=-20), "gleich", "in a moment"),
        (timedelta(minutes=-5), "in 5 Min.", "in 5 min"),
        (timedelta(hours=-3), "in 3 Std.", "in 3 hrs"),
        (timedelta(days=-1), "morgen 14:00", "tomorrow 14:00"),
    ],
)
def test_how_long_ago(distance, german, english):
    with translation.override("de"):
        assert words.ago(NOW - distance, NOW) == german
    with translation.override("en"):
        assert words.ago(NOW - distance, NOW) == english


def test_the_day_turns_at_the_workspaces_midnight():
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with translation.override("en"):
        assert words.when(NOW, late) == "yesterday 14:00"
        with timezone.override(ZoneInfo("America/New_York")):
            assert words.when(NOW, late) == "08:00"


def test_the_exact_moment_names_its_zone():
    with translation.override("de"):
        assert words.exact(NOW) == "Sonntag, 22. November 2026, 14:00:00 CET"
        assert words.exact(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)).endswith("14:00:00 CEST")
