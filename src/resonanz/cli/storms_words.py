"""What `resonanz storms` says about a series: alarms, ranges and faults in words."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from math import isnan

from resonanz.cli.text import _, gettext_noop, ngettext
from resonanz.detection import Alarm, Kind, Track
from resonanz.detection.series import Series

NO_SERIES = {
    "no_header": gettext_noop("The file is empty; the first row must name the columns."),
    "no_timestamp": gettext_noop("The first row names no column “timestamp”."),
    "no_count": gettext_noop("The first row names no column “count”."),
    "no_rows": gettext_noop("The table has no usable row."),
}
FAULTS = {
    "bad_time": gettext_noop("“{text}” is no time; row left out."),
    "bad_number": gettext_noop("“{text}” is no number; row left out."),
    "negative_number": gettext_noop("{text} is less than nothing; row left out."),
    "too_large": gettext_noop("{text} is more than anybody counts in one row; row left out."),
    "no_such_hour": gettext_noop(
        "the zone’s clocks never showed {text} (see --zone); all times without a zone are read as UTC."
    ),
    "more_negatives_than_messages": gettext_noop(
        "more negative messages ({text}) than messages; row left out."
    ),
    "repeated": gettext_noop("{text} is there twice with the same figures; counted once."),
    "replaced": gettext_noop("{text} is there twice with different figures; the later row counts."),
    "out_of_order": gettext_noop("{text} comes too late in the table; sorted in."),
}
KINDS = {
    Kind.SHITSTORM: gettext_noop("shitstorm"),
    Kind.CANDYSTORM: gettext_noop("candystorm"),
    Kind.ATTENTION: gettext_noop("attention"),
    Kind.UNSURE: gettext_noop("storm of unclear kind"),
}
LEVELS = (
    gettext_noop("calm"),
    gettext_noop("light air"),
    gettext_noop("light breeze"),
    gettext_noop("fresh breeze"),
    gettext_noop("strong wind"),
    gettext_noop("storm"),
    gettext_noop("hurricane"),
)


def moment(minute: float, zone: tzinfo) -> str:
    """A minute since 1970 as people write it, in their zone."""
    when = datetime.fromtimestamp(minute * 60, UTC).astimezone(zone)
    return when.strftime(_("%Y-%m-%d %H:%M"))


def number(value: float) -> str:
    """A count as people say it: whole from ten on, one decimal below."""
    text = f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    # Translators: the decimal point and the mark between thousands, in this order.
    marks = _(".,")
    return text.translate({ord("."): marks[0], ord(","): marks[1]})


def summary(series: Series, track: Track) -> str:
    """How many alarms in how many rows."""
    rows = ngettext("{n} row", "{n} rows", len(series.stamps)).format(n=len(series.stamps))
    alarms = ngettext("{n} alarm", "{n} alarms", len(track.alarms)).format(n=len(track.alarms))
    return _("{rows}, {alarms}.").format(alarms=alarms, rows=rows)


def words(alarm: Alarm, zone: tzinfo) -> str:
    """One alarm in a few sentences."""
    parts = [
        _("{when}: {kind}, level {level} of 6 ({name}).").format(
            when=moment(alarm.at, zone),
            kind=_(KINDS[alarm.kind]),
            level=alarm.level,
            name=_(LEVELS[alarm.level]),
        ),
        _("Usual are {usual} messages an hour, now there come {now}.").format(
            usual=number(alarm.usual_per_hour), now=number(alarm.now_per_hour)
        ),
    ]
    if not isnan(alarm.usual_share) and not isnan(alarm.now_share):
        parts.append(
            _("Negative: usually {usual} %, now {now} %.").format(
                usual=round(alarm.usual_share * 100), now=round(alarm.now_share * 100)
            )
        )
    low, high = alarm.onset_range
    parts.append(
        _("It began about {onset} (between {low} and {high}).").format(
            onset=moment(alarm.onset, zone), low=moment(low, zone), high=moment(high, zone)
        )
    )
    if not isnan(alarm.doubling_minutes):
        parts.append(
            _("It doubles in about {middle} minutes ({low} to {high}).").format(
                middle=round(alarm.doubling_minutes),
                low=round(alarm.doubling_range[0]),
                high=round(alarm.doubling_range[1]),
            )
        )
    parts += [
        _("Next {hours} h: {low} to {high} messages.").format(
            hours=r.minutes // 60, low=number(r.low), high=number(r.high)
        )
        for r in alarm.forecast
    ]
    parts.append(_("Certainty {percent} %.").format(percent=min(99, round(alarm.certainty * 100))))
    return " ".join(parts)
