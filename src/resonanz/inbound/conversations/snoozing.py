"""When a snoozed conversation comes back: wall-clock times of the workspace, safe across daylight saving. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MORNING = time(9)
_MONDAY = 0


class Snooze(StrEnum):
    """The choices of the menu."""

    LATER = "later"  # in three hours
    TOMORROW = "tomorrow"  # tomorrow morning
    MONDAY = "monday"  # next Monday morning
    WEEK = "week"  # in seven days, in the morning


def comes_back(choice: Snooze, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC. Three hours are three hours; a morning is 9:00 on the clock of `zone`."""
    if choice is Snooze.LATER:
        return now.astimezone(UTC) + timedelta(hours=3)
    today = now.astimezone(zone).date()
    match choice:
        case Snooze.TOMORROW:
            day = today + timedelta(days=1)
        case Snooze.MONDAY:
            day = today + timedelta(days=(_MONDAY - today.weekday() - 1) % 7 + 1)
        case _:
            day = today + timedelta(days=7)
    return on_the_clock(datetime.combine(day, MORNING), zone)


def on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show `wall` (naive).

    A time that is skipped in spring is taken as much later as clocks are put forward, so never before what was
    asked for; of one that comes twice in autumn it is the first.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
