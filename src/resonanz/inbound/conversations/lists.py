"""Lists of conversations, page by page: by key instead of by offset, one statement for a page and one for labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from resonanz.foundation.channels import networks
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.conversations.search import matching
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.models import OwnAspect

PAGE = 30
COUNTED = 1000  # "1000" on a page means "1000 or more"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class View(StrEnum):
    """The lists of the inbox."""

    OPEN = "open"
    URGENT = "urgent"  # open, what a person should see first
    WAITING = "waiting"  # open and unanswered, whoever waits longest first
    MINE = "mine"
    UNASSIGNED = "unassigned"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list."""

    view: View = View.OPEN
    channel: int | None = None
    label: int | None = None
    department: int | None = None
    # What it means, by the names in enrichment.marks.
    mood: str = ""  # one of SENTIMENTS, or UNSURE
    kind: str = ""  # one of KINDS
    about: str = ""  # one of ASPECTS
    own: int | None = None  # an OwnAspect of the workspace
    words: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """A name, and what their colour is chosen by."""

    name: str
    seed: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as a list shows it."""

    pk: int
    author: Who  # who began it
    network: str
    text: str  # how the last message begins, else the title
    status: Status
    is_last_ours: bool
    last_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    assignee: Who | None
    labels: tuple[str, ...]
    urgent_at: datetime
    marks: int | None  # what it means, in the bits of enrichment.marks; None: not read yet


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of conversations; `next` leads to the following one, empty at the end."""

    rows: list[Row]
    next: str


_VIEWS: dict[View, Q] = {
    View.OPEN: Q(status=Status.OPEN),
    View.URGENT: Q(status=Status.OPEN),
    View.WAITING: Q(status=Status.OPEN, waiting_since__isnull=False),
    View.UNASSIGNED: Q(status=Status.OPEN, assignee=None),
    View.PENDING: Q(status=Status.PENDING),
    View.SNOOZED: Q(status=Status.SNOOZED),
    View.RESOLVED: Q(status=Status.RESOLVED),
    View.ALL: Q(),
}


_OLDEST_FIRST = {View.URGENT: "urgent_at", View.WAITING: "waiting_since"}


def listed(member: Member, wanted: Filter, after: str = "", limit: int = PAGE) -> Listed:
    """A page of the list, newest first (URGENT, WAITING: oldest first), from the key `after` on."""
    found = _filtered(member, wanted)
    column = _OLDEST_FIRST.get(wanted.view, "last_at")
    oldest_first = wanted.view in _OLDEST_FIRST
    if key := _parsed(after):
        found = found.filter(_beyond(column, *key, oldest_first=oldest_first))
    order = (column, "id") if oldest_first else (f"-{column}", "-id")
    page = rows(found.order_by(*order)[: limit + 1])
    more, page = len(page) > limit, page[:limit]
    return Listed(page, _key(getattr(page[-1], column), page[-1].pk) if more else "")


# Plain values: building models of six tables for each row took longer than the rest of the page.
_COLUMNS = (
    *("pk", "title", "snippet", "status", "is_last_ours", "last_at", "waiting_since", "urgent_at", "due_at"),
    "marks",
    *("channel__network", "author__name", "author__handle", "author__remote_id"),
    *("assignee__user", "assignee__user__name", "assignee__user__email"),
)


def rows(found: QuerySet[Conversation]) -> list[Row]:
    """The conversations of `found` as lists show them, in its order; two statements, however many."""
    values = list(found.values(*_COLUMNS))
    labels = _labels([row["pk"] for row in values])
    return [_row(row, labels[row["pk"]]) for row in values]


def _row(values: dict[str, Any], labels: list[str]) -> Row:
    assignee = values["assignee__user"]
    name = values["assignee__user__name"] or values["assignee__user__email"]
    return Row(
        pk=values["pk"],
        author=Who(values["author__name"] or values["author__handle"], values["author__remote_id"]),
        network=networks.get(values["channel__network"]).manifest.name,
        text=values["snippet"] or values["title"],
        status=Status(values["status"]),
        is_last_ours=values["is_last_ours"],
        last_at=values["last_at"],
        waiting_since=values["waiting_since"],
        due_at=values["due_at"],
        assignee=None if assignee is None else Who(name, str(assignee)),
        labels=tuple(labels),
        urgent_at=values["urgent_at"],
        marks=values["marks"],
    )


def _labels(ids: list[int]) -> defaultdict[int, list[str]]:
    """The labels' names of each conversation, in order."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = Conversation.labels.through.objects.filter(conversation__in=ids).order_by("label__name")
    for pk, name in rows.values_list("conversation_id", "label__name"):
        found[pk].append(name)
    return found


def _filtered(member: Member, wanted: Filter) -> QuerySet[Conversation]:
    member.require(Permission.READ)
    found = Conversation.objects.filter(workspace=member.workspace)
    if wanted.view is View.MINE:
        found = found.filter(assignee=member, status=Status.OPEN)
    else:
        found = found.filter(_VIEWS[wanted.view])
    if wanted.channel is not None:
        found = found.filter(channel=wanted.channel)
    if wanted.label is not None:
        found = found.filter(labels=wanted.label)
    if wanted.department is not None:
        found = found.filter(department=wanted.department)
    found = _meaning(found, wanted)
    if wanted.own is not None:
        own = OwnAspect.objects.filter(workspace=member.workspace, removed_at=None, pk=wanted.own).first()
        if own is None:
            return found.none()
        # Not "= bit": Django takes what comes of bits for a small integer, of which no high bit is one.
        found = found.alias(own=F("marks").bitand(marks.BIT[own.output])).filter(own__gt=0)
    return matching(found, wanted.words)


def _meaning(found: QuerySet[Conversation], wanted: Filter) -> QuerySet[Conversation]:
    bits = marks.mask(name for name in (wanted.mood, wanted.kind, wanted.about) if name in marks.BIT)
    if bits:
        found = found.alias(meant=F("marks").bitand(bits)).filter(meant=bits)
    if wanted.mood == marks.UNSURE:
        found = found.alias(sure=F("marks").bitand(marks.mask(marks.SENTIMENTS))).filter(sure=0)
    return found


def _beyond(column: str, moment: datetime, pk: int, *, oldest_first: bool) -> Q:
    way = "gt" if oldest_first else "lt"
    # The first condition alone lets the index begin at the right place.
    return Q(**{f"{column}__{way}e": moment}) & (
        Q(**{f"{column}__{way}": moment}) | Q(**{column: moment, f"pk__{way}": pk})
    )


def _key(moment: datetime, pk: int) -> str:
    return f"{(moment - _EPOCH) // _MICROSECOND}.{pk}"


def _parsed(key: str) -> tuple[datetime, int] | None:
    """The key's moment and id; None for anything that is not a key (an address can be typed)."""
    moment, _dot, pk = key.partition(".")
    try:
        return _EPOCH + int(moment) * _MICROSECOND, min(int(pk), 2**63 - 1)
    except (ValueError, OverflowError):
        return None


def counted(member: Member, view: View) -> int:
    """How many conversations a list has, up to COUNTED."""
    return _filtered(member, Filter(view=view)).order_by().values("pk")[:COUNTED].count()


def meant_in(member: Member, view: View, outputs: Sequence[str]) -> dict[str, int]:
    """In how many conversations of a list each of `outputs` is given; one statement, however many."""
    found = _filtered(member, Filter(view=view)).order_by()
    bits = {name: marks.BIT[name] for name in outputs}
    given = {name: Count("pk", filter=Q(**{f"has_{name}": bit})) for name, bit in bits.items()}
    found = found.alias(**{f"has_{name}": F("marks").bitand(bit) for name, bit in bits.items()})
    counts: dict[str, int] = found.aggregate(**given)
    return counts
