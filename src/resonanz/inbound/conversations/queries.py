"""Reading the inbox: lists by key instead of by offset, one thread, one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db.models import Q, QuerySet

from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Answer, Conversation, Label, Note, Part, Role
from resonanz.inbound.conversations.search import matching
from resonanz.inbound.intake.models import StoredAuthor, StoredMessage
from resonanz.outbound.publishing.machine import PublicationState

PAGE = 30
COUNTED = 1000  # "1000" on a page means "1000 or more"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


# What `conversation` raises, for those who do not know models.
Missing = Conversation.DoesNotExist


class View(StrEnum):
    """The lists of the inbox."""

    OPEN = "open"
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
    words: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of conversations; `next` leads to the following one, empty at the end."""

    rows: list[Conversation]
    next: str


_VIEWS: dict[View, Q] = {
    View.OPEN: Q(status=Status.OPEN),
    View.WAITING: Q(status=Status.OPEN, waiting_since__isnull=False),
    View.UNASSIGNED: Q(status=Status.OPEN, assignee=None),
    View.PENDING: Q(status=Status.PENDING),
    View.SNOOZED: Q(status=Status.SNOOZED),
    View.RESOLVED: Q(status=Status.RESOLVED),
    View.ALL: Q(),
}


def listed(member: Member, wanted: Filter, after: str = "", limit: int = PAGE) -> Listed:
    """A page of the list, newest first (WAITING: oldest first), from the key `after` on."""
    found = _filtered(member, wanted)
    oldest_first = wanted.view is View.WAITING
    column = "waiting_since" if oldest_first else "last_at"
    if key := _parsed(after):
        found = found.filter(_beyond(column, *key, oldest_first=oldest_first))
    order = (column, "id") if oldest_first else (f"-{column}", "-id")
    rows = list(
        found.select_related("channel", "author", "assignee__user", "department")
        .prefetch_related("labels")
        .order_by(*order)[: limit + 1]
    )
    more, rows = len(rows) > limit, rows[:limit]
    return Listed(rows, _key(getattr(rows[-1], column), rows[-1].pk) if more else "")


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
    if wanted.words.strip():
        found = found.filter(pk__in=matching(member.workspace, wanted.words).values("pk"))
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


def conversation(member: Member, pk: int) -> Conversation:
    """One conversation of the member's workspace. Raises Missing."""
    member.require(Permission.READ)
    rows = Conversation.objects.select_related("channel", "author", "assignee__user", "department")
    return rows.prefetch_related("labels").get(workspace=member.workspace, pk=pk)


def has_answered(member: Member) -> bool:
    """Whether anybody of the member's workspace has ever answered somebody."""
    return Answer.objects.filter(conversation__workspace=member.workspace).exists()


class EntryKind(StrEnum):
    CONTEXT = "context"
    SAID = "said"
    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a thread; which of the last three is set, `kind` says."""

    kind: EntryKind
    at: datetime
    message: StoredMessage | None = None
    answer: Answer | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as people read it: context first, then everything in the order of time."""

    entries: list[Entry] = field(default_factory=list)
    earlier: bool = False  # there is more before the first entry
    last_answer_id: int = 0


THREAD_LENGTH = 100


def thread(conversation: Conversation, limit: int = THREAD_LENGTH) -> Thread:
    """The newest `limit` messages with all answers and notes, each shown once."""
    parts = list(
        Part.objects.filter(conversation=conversation)
        .select_related("message__author")
        .order_by("-message__sent_at", "-message_id")[: limit + 1]
    )
    answers = list(
        conversation.answers.select_related("publication", "message__author", "member__user").order_by("pk")
    )
    shown = [part for part in parts[:limit] if not any(_is_echo(part.message, a) for a in answers)]
    entries = [_entry_of(part) for part in shown]
    entries += [Entry(EntryKind.ANSWER, a.created_at, answer=a, message=a.message) for a in answers]
    notes = conversation.notes.select_related("member__user")
    entries += [Entry(EntryKind.NOTE, n.created_at, note=n) for n in notes]
    entries.sort(key=lambda e: (e.kind is not EntryKind.CONTEXT, e.at))
    return Thread(entries, len(parts) > limit, max((a.pk for a in answers), default=0))


def _entry_of(part: Part) -> Entry:
    kind = EntryKind.CONTEXT if part.role == Role.CONTEXT else EntryKind.SAID
    return Entry(kind, part.message.sent_at, message=part.message)


def _is_echo(message: StoredMessage, answer: Answer) -> bool:
    """Whether the network shows us our own answer, which is in the thread already."""
    if not message.is_ours:
        return False
    publication = answer.publication
    if publication.remote_id:
        return message.remote_id == publication.remote_id
    # It may be on the network before its receipt has reached us.
    in_doubt = publication.state in (PublicationState.SENDING, PublicationState.CHECKING)
    return in_doubt and answer.message is not None and message.reply_to == answer.message.remote_id


def target(conversation: Conversation, message_id: int | None = None) -> StoredMessage | None:
    """The message an answer goes to: the one named, else the last one somebody else said."""
    said = Part.objects.filter(conversation=conversation, role=Role.SAID, message__is_ours=False)
    if message_id is not None:
        said = said.filter(message=message_id)
    part = said.select_related("message__author").order_by("-message__sent_at", "-pk").first()
    return part.message if part else None


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is to this workspace."""

    author: StoredAuthor
    first_at: datetime | None
    messages: int
    others: list[Conversation]  # their other conversations, newest first


def person(conversation: Conversation, limit: int = 8) -> Person:
    """The author of a conversation, with what we know of them from our own channels and nothing else."""
    author = conversation.author
    said = StoredMessage.objects.filter(author=author)
    first = said.order_by("sent_at").values_list("sent_at", flat=True).first()
    others = author.conversations.exclude(pk=conversation.pk).order_by("-last_at")
    return Person(
        author,
        first,
        said.values("pk")[:COUNTED].count(),
        list(others.select_related("channel", "author")[:limit]),
    )


def labels(member: Member) -> QuerySet[Label]:
    return Label.objects.filter(workspace=member.workspace)


def answerers(member: Member) -> list[Member]:
    """The colleagues a conversation can be given to."""
    people = Member.objects.filter(workspace=member.workspace).select_related("user").order_by("user__name")
    return [person for person in people if person.may(Permission.ANSWER)]
