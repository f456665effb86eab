"""What servers say about their rate limits, read in all the ways they say it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST = timedelta(seconds=1)
_LATEST = timedelta(days=1)
_DEFAULT = timedelta(seconds=60)
_EPOCH_FROM = 1_000_000_000  # a larger number is a moment, a smaller one a number of seconds


def http_date(value: str) -> datetime | None:
    """The moment in an HTTP header (RFC 9110, 5.6.7), aware; None if it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(value: str, server_now: datetime) -> datetime | None:
    """A moment from seconds to wait, seconds since 1970, an HTTP date or ISO 8601."""
    value = value.strip()
    try:
        number = float(value)
    except ValueError:
        if (date := http_date(value)) is not None:
            return date
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not 0 <= number < 1e11:
        return None
    try:
        return (
            datetime.fromtimestamp(number, UTC)
            if number >= _EPOCH_FROM
            else server_now + timedelta(seconds=number)
        )
    except (OverflowError, OSError, ValueError):
        return None


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """When to come back, on our clock: between a second and a day from `now`, a minute if nothing is said.

    Moments are read on the server's own clock (its Date header), so a clock that goes wrong on either side
    changes nothing.
    """
    server_now = http_date(headers.get("date", "")) or now
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset"):
        if (value := headers.get(name)) and (moment := _moment(value, server_now)) is not None:
            return now + min(max(moment - server_now, _EARLIEST), _LATEST)
    return now + _DEFAULT


class RateMemory:
    """What servers said is used up, so that we do not ask again before they are ready. Shared between threads."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def block(self, key: str, until: datetime) -> None:
        with self._lock:
            self._until[key] = until

    def blocked_until(self, key: str, now: datetime) -> datetime | None:
        with self._lock:
            until = self._until.get(key)
            if until is not None and until <= now:
                del self._until[key]
                return None
            return until

    def note(self, key: str, headers: Mapping[str, str], now: datetime) -> None:
        """Remember an answer whose headers say that nothing remains."""
        remaining = headers.get("ratelimit-remaining") or headers.get("x-ratelimit-remaining")
        reset = headers.get("ratelimit-reset") or headers.get("x-ratelimit-reset")
        if remaining == "0" and reset:
            self.block(key, retry_at(headers, now))
