"""How numbers and times are said: 1,2 Tsd.; vor 5 Min.; gestern 14:05. Pure: takes the moment, returns a sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

from django.conf import settings
from django.utils import dates, formats
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, ngettext, override, pgettext
from django.utils.translation import gettext as _


def short_number(value: float) -> str:
    """A count as a person says it: 950, 1,2 Tsd., 3,4 Mio."""
    for limit, unit in ((1_000_000_000, _("{n}B")), (1_000_000, _("{n}M")), (1_000, _("{n}K"))):
        # From here on rounding would say 1,000 of the smaller unit.
        if abs(value) >= limit * 0.9995:
            scaled = value / limit
            decimals = 1 if abs(scaled) < 99.95 and round(scaled, 1) != round(scaled) else 0
            return unit.format(n=formats.number_format(round(scaled, decimals), decimals))
    whole = float(value).is_integer()
    return formats.number_format(value, 0 if whole else 1)


def exact_number(value: float) -> str:
    """All digits, grouped."""
    whole = float(value).is_integer()
    return formats.number_format(value, 0 if whole else None, use_l10n=True, force_grouping=True)


def share(value: float, decimals: int = 1) -> str:
    """A ratio as a percentage: 0.034 → 3,4 %."""
    return pgettext("percentage", "{n}%").format(n=formats.number_format(value * 100, decimals))


@cache
def _names(language: str) -> dict[str, list[str]]:
    """How a language calls weekdays (from Monday) and months (from 1), in full and short."""
    with override(language):
        return {
            "weekday": [str(dates.WEEKDAYS[n]) for n in range(7)],
            "short_weekday": [str(dates.WEEKDAYS_ABBR[n]) for n in range(7)],
            "month": ["", *(str(dates.MONTHS[n]) for n in range(1, 13))],
            "short_month": ["", *(str(dates.MONTHS_3[n]).capitalize() for n in range(1, 13))],
        }


def _dated(pattern: str, there: date) -> str:
    """`pattern` with the parts of a day in it. A list shows a hundred dates, and Django's formatter is slow."""
    names = _names(get_language() or settings.LANGUAGE_CODE)
    return pattern.format(
        weekday=names["weekday"][there.weekday()],
        short_weekday=names["short_weekday"][there.weekday()],
        day=there.day,
        month=names["month"][there.month],
        short_month=names["short_month"][there.month],
        year=there.year,
    )


def day(moment: datetime, now: datetime) -> str:
    """Today, yesterday, tomorrow, or the date; the year only when it is another one. In the current time zone."""
    zone = get_current_timezone()
    there, here = moment.astimezone(zone).date(), now.astimezone(zone).date()
    match (there - here).days:
        case 0:
            return _("today")
        case -1:
            return _("yesterday")
        case 1:
            return _("tomorrow")
    if there.year == here.year:
        return _dated(pgettext("day without year", "{short_weekday}, {day} {short_month}"), there)
    return _dated(pgettext("day with year", "{day} {short_month} {year}"), there)


def long_day(moment: datetime) -> str:
    """The day with its name: Sonntag, 22. November."""
    return _dated(
        pgettext("day and month", "{weekday}, {day} {month}"), moment.astimezone(get_current_timezone())
    )


def clock(moment: datetime) -> str:
    return f"{moment.astimezone(get_current_timezone()):%H:%M}"


def when(moment: datetime, now: datetime) -> str:
    """The time of day, with the day when it is not today: 14:05, yesterday 14:05, Mon, 3 Mar 14:05."""
    name = day(moment, now)
    if name == _("today"):
        return clock(moment)
    return _("{day} {time}").format(day=name, time=clock(moment))


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, or in how long, in the largest fitting unit; beyond half a day the day and the time."""
    distance = now - moment
    past, distance = distance >= timedelta(0), abs(distance)
    minutes = int(distance.total_seconds() // 60)
    if minutes < 1:
        return _("just now") if past else _("in a moment")
    if minutes < 60:
        if past:
            return ngettext("{n} min ago", "{n} min ago", minutes).format(n=minutes)
        return ngettext("in {n} min", "in {n} min", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < 12:
        if past:
            return ngettext("{n} hr ago", "{n} hrs ago", hours).format(n=hours)
        return ngettext("in {n} hr", "in {n} hrs", hours).format(n=hours)
    return when(moment, now)


def exact(moment: datetime) -> str:
    """The whole date and time with its zone, for the hover."""
    there = moment.astimezone(get_current_timezone())
    named = _dated(pgettext("exact day", "{weekday}, {day} {month} {year}"), there)
    return f"{named}, {there:%H:%M:%S %Z}"
