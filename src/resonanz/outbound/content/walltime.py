"""Time as it stands on the wall of a company: kept with its zone, so that a change of the clocks moves nothing.

People plan for "half past nine on Tuesday", not for an instant. Twice a year an hour on the wall is missing or comes
twice; both are said, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class BadTime(ValueError):
    """No date and time can be read from this. `code`: unreadable, or missing (see WallTime.is_missing)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class WallTime:
    """A date and time of day to the minute, in one zone. `second`: the later one, where the clock shows it twice."""

    local: datetime  # naive
    zone: str
    second: bool = False

    @classmethod
    def parse(cls, text: str, zone: str, second: bool = False) -> WallTime:
        """Read "2026-10-25T02:30"; seconds are dropped. Raises BadTime."""
        try:
            local = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadTime("unreadable") from error
        if local.tzinfo is not None:
            raise BadTime("unreadable")
        return cls(local.replace(second=0, microsecond=0), zone, second)

    @classmethod
    def of(cls, moment: datetime, zone: str) -> WallTime:
        """What the wall shows at `moment`, rounded down to the minute."""
        there = moment.astimezone(ZoneInfo(zone))
        local = there.replace(tzinfo=None, second=0, microsecond=0, fold=0)
        return cls(local, zone, second=there.fold == 1)

    def __str__(self) -> str:
        return self.local.isoformat(timespec="minutes")

    @property
    def is_missing(self) -> bool:
        """The clocks jump over this time."""
        return self._at(0) > self._at(1)

    @property
    def is_doubled(self) -> bool:
        """The clocks show this time twice, because they are put back."""
        return self._at(0) < self._at(1)

    @property
    def neighbours(self) -> tuple[WallTime, WallTime]:
        """For a missing time: what the wall shows as long before the jump and as long after it."""
        return WallTime.of(self._at(1), self.zone), WallTime.of(self._at(0), self.zone)

    def utc(self) -> datetime:
        """The moment, aware. Raises BadTime("missing") for a time that the clocks jump over."""
        if self.is_missing:
            raise BadTime("missing")
        return self._at(1 if self.second else 0)

    def _at(self, fold: int) -> datetime:
        try:
            return self.local.replace(tzinfo=ZoneInfo(self.zone), fold=fold).astimezone(UTC)
        except OverflowError as error:  # the last or first hours of the calendar
            raise BadTime("unreadable") from error
