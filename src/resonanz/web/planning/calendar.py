"""The plan as a calendar: days with what stands in them, for a month, a week, or as a list."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from resonanz.outbound.content import queries as contents
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.publishing import queries as publications
from resonanz.outbound.publishing.machine import UNSENT
from resonanz.web.places import link
from resonanz.web.planning.states import MEANS, Look, worst

if TYPE_CHECKING:
    from resonanz.foundation.channels.models import Channel
    from resonanz.foundation.workspaces.models import Workspace
    from resonanz.outbound.content.models import Content
    from resonanz.outbound.publishing.models import Publication

VIEWS = ("month", "week", "list")


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar: a content's publications at one time, or a draft with a time."""

    local: datetime  # naive, as the workspace's wall shows it
    moment: datetime  # aware; orders the doubled hour of autumn
    text: str
    title: str
    look: Look
    states: frozenset[str]
    channels: tuple[Channel, ...]
    url: str
    handle: str  # names it for `move`
    movable: bool
    picture: int | None = None  # a media file's id
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    entries: list[Entry]
    inside: bool = True  # of the month that is shown
    today: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; empty: everything."""

    channel: int | None = None
    states: frozenset[str] = frozenset()

    def fits(self, entry: Entry) -> bool:
        wanted = {state for name in self.states for state in MEANS.get(name, {name})}
        of_channel = self.channel is None or self.channel in {c.pk for c in entry.channels}
        return of_channel and (not wanted or bool(wanted & entry.states))


def dates_of(view: str, day: date) -> list[date]:
    """The days a view of `day` shows: whole weeks from Monday."""
    if view == "week":
        monday = day - timedelta(days=day.weekday())
        return [monday + timedelta(days=n) for n in range(7)]
    if view == "list":
        first = day.replace(day=1)
        return [d for d in Calendar().itermonthdates(first.year, first.month) if d.month == first.month]
    return list(Calendar().itermonthdates(day.year, day.month))


def step(view: str, day: date, forward: bool) -> date:
    """The day whose view comes next or before."""
    if view == "week":
        return day + timedelta(days=7 if forward else -7)
    first = day.replace(day=1)
    return (first + timedelta(days=32)).replace(day=1) if forward else first - timedelta(days=1)


def days(workspace: Workspace, view: str, day: date, today: date, wanted: Filter) -> list[Day]:
    """The days of a view with their entries, the earliest first."""
    dates = dates_of(view, day)
    since, until = _midnight(dates[0], workspace), _midnight(dates[-1] + timedelta(days=1), workspace)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in _entries(workspace, since, until):
        if wanted.fits(entry):
            by_day[entry.local.date()].append(entry)
    return [
        Day(
            date=each,
            entries=sorted(by_day[each], key=lambda e: (e.moment, e.title)),
            inside=view != "month" or each.month == day.month,
            today=each == today,
        )
        for each in dates
    ]


def _midnight(day: date, workspace: Workspace) -> datetime:
    return datetime.combine(day, time(), workspace.zone)


def _entries(workspace: Workspace, since: datetime, until: datetime) -> Iterator[Entry]:
    found = list(publications.in_range(workspace, since, until).filter(origin="content"))
    outings = contents.outings_of(found)
    groups: dict[object, list[Publication]] = defaultdict(list)
    for publication in found:
        outing = outings.get(publication.pk)
        content = outing.variant.content if outing else None
        groups[(content or publication, publication.planned_at)].append(publication)
    pictures = contents.first_pictures({outing.variant.content_id for outing in outings.values()})
    for group in groups.values():
        outing = outings.get(group[0].pk)
        yield _of_publications(workspace, group, outing.variant.content if outing else None, pictures)
    for draft in contents.planned_drafts(workspace, since, until):
        yield _of_draft(workspace, draft)


def _of_publications(
    workspace: Workspace,
    group: list[Publication],
    content: Content | None,
    pictures: dict[int, tuple[int, int]],
) -> Entry:
    first = group[0]
    states = frozenset(publication.state for publication in group)
    file, count = pictures.get(content.pk, (None, 0)) if content else (None, 0)
    return Entry(
        local=WallTime.of(first.planned_at, workspace.timezone).local,
        moment=first.planned_at,
        text=first.text,
        title=content.title if content else "",
        look=worst(states),
        states=states,
        channels=tuple(publication.channel for publication in group),
        url=link(workspace, "plan:content", content.key)
        if content
        else link(workspace, "plan:publication", first.key),
        handle="p:" + ",".join(publication.key for publication in group),
        movable=all(publication.state in UNSENT for publication in group),
        picture=file,
        pictures=count,
    )


def _of_draft(workspace: Workspace, content: Content) -> Entry:
    plan = content.plan
    assert plan is not None
    attached = list(content.pictures.all())
    # A draft may stand at a time that the clocks jump over; it is shown where it would be.
    moment = plan.neighbours[1].utc() if plan.is_missing else plan.utc()
    return Entry(
        local=plan.local,
        moment=moment,
        text=content.text,
        title=content.title,
        look=worst(["draft"]),
        states=frozenset({"draft"}),
        channels=tuple(variant.channel for variant in content.variants.all()),
        url=link(workspace, "plan:content", content.key),
        handle="d:" + content.key,
        movable=True,
        picture=attached[0].file_id if attached else None,
        pictures=len(attached),
    )


def weeks(days: Iterable[Day]) -> list[list[Day]]:
    """Days in rows of seven."""
    all_days = list(days)
    return [all_days[n : n + 7] for n in range(0, len(all_days), 7)]
