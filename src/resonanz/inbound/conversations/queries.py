"""Reading a conversation: its thread, its person, who can be given it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice

from django.db.models import Count, Min, Q, QuerySet

from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.events import Event, events
from resonanz.inbound.conversations.lists import Row, rows
from resonanz.inbound.conversations.models import Answer, Conversation, Label, Note, Part, Role
from resonanz.inbound.conversations.search import matching
from resonanz.inbound.enrichment.queries import Meaning, meanings
from resonanz.inbound.enrichment.texts import wording
from resonanz.inbound.intake.models import Origin, StoredAuthor, StoredMessage, Wording
from resonanz.inbound.intake.queries import earlier
from resonanz.kernel.folding import fold
from resonanz.outbound.publishing.machine import PublicationState

# What `conversation` raises, for those who do not know models.
Missing = Conversation.DoesNotExist


def conversation(member: Member, pk: int) -> Conversation:
    """One conversation of the member's workspace. Raises Missing."""
    member.require(Permission.READ)
    rows = Conversation.objects.select_related("channel", "author", "assignee__user")
    return rows.prefetch_related("labels").get(workspace=member.workspace, pk=pk)


def has_answered(member: Member) -> bool:
    """Whether anybody of the member's workspace has ever answered somebody."""
    return Answer.objects.filter(conversation__workspace=member.workspace).exists()


class EntryKind(StrEnum):
    CONTEXT = "context"
    SAID = "said"
    ANSWER = "answer"
    NOTE = "note"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a thread; which of the last four is set, `kind` says."""

    kind: EntryKind
    at: datetime
    message: StoredMessage | None = None
    answer: Answer | None = None
    note: Note | None = None
    event: Event | None = None
    wordings: Sequence[Wording] = ()  # what an edited message said before, the oldest first
    meaning: Meaning | None = None  # what a message was read as


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as people read it: context first, then everything in the order of time."""

    entries: list[Entry] = field(default_factory=list)
    earlier: bool = False  # there is more before the first entry
    last_answer_id: int = 0
    target: StoredMessage | None = None  # the last message somebody else said: where an answer goes


THREAD_LENGTH = 100
SEEN = 500
LAST = 200
FOUND = 100  # conversations that are looked through for a message
_BEGINNING = datetime.min.replace(tzinfo=UTC)


def thread(conversation: Conversation, limit: int = THREAD_LENGTH) -> Thread:
    """The newest `limit` messages with all answers, notes and events, each shown once."""
    parts = list(
        Part.objects.filter(conversation=conversation)
        .select_related("message__author")
        .order_by("-message__sent_at", "-message_id")[: limit + 1]
    )
    answers = list(
        conversation.answers.select_related("publication", "message__author", "member__user").order_by("pk")
    )
    shown = [part for part in parts[:limit] if not any(_is_echo(part.message, a) for a in answers)]
    before, meant = earlier(part.message for part in shown), meanings(part.message for part in shown)
    entries = [_entry_of(part, before.get(part.message_id, ()), meant.get(part.message_id)) for part in shown]
    entries += [Entry(EntryKind.ANSWER, a.created_at, answer=a, message=a.message) for a in answers]
    notes = conversation.notes.select_related("member__user")
    entries += [Entry(EntryKind.NOTE, n.created_at, note=n) for n in notes]
    is_long = len(parts) > limit
    since = min((e.at for e in entries), default=_BEGINNING) if is_long else _BEGINNING
    # What came with an answer is seen in the answer.
    told = (e for e in events(conversation) if e.at >= since and e.cause != "answer")
    entries += [Entry(EntryKind.EVENT, e.at, event=e) for e in told]
    entries.sort(key=lambda e: (e.kind is not EntryKind.CONTEXT, e.at))
    said = (p.message for p in parts if p.role == Role.SAID and not p.message.is_ours)
    last = next(said, None) or (target(conversation) if is_long else None)
    return Thread(entries, is_long, max((a.pk for a in answers), default=0), last)


def _entry_of(part: Part, wordings: Sequence[Wording], meaning: Meaning | None) -> Entry:
    kind = EntryKind.CONTEXT if part.role == Role.CONTEXT else EntryKind.SAID
    return Entry(kind, part.message.sent_at, message=part.message, wordings=wordings, meaning=meaning)


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
    part = said.select_related("message__author").order_by("-message__sent_at", "-message_id").first()
    return part.message if part else None


def seen_by_people(workspace: Workspace) -> list[str]:
    """Texts that colleagues surely read: of conversations that somebody answered in or took, the newest."""
    handled = Q(conversation__answers__isnull=False) | Q(conversation__assignee__isnull=False)
    parts = Part.objects.filter(handled, conversation__workspace=workspace, role=Role.SAID)
    newest = parts.filter(message__is_ours=False).order_by("-message_id").values("message_id").distinct()
    rows = StoredMessage.objects.filter(pk__in=[row["message_id"] for row in newest[:SEEN]])
    return [wording(message) for message in rows]


def said_with(member: Member, words: str, limit: int) -> list[StoredMessage]:
    """What others said, the newest first; with all of `words` in it, if there are any."""
    member.require(Permission.READ)
    heard = StoredMessage.objects.filter(channel__workspace=member.workspace, is_ours=False)
    heard = heard.filter(origin=Origin.INBOUND).select_related("author", "channel")
    wanted = fold(words).split()
    if not wanted:
        # Of those that came last: to sort a million for eight of them would take a second.
        return sorted(heard.order_by("-pk")[:LAST], key=lambda one: one.sent_at, reverse=True)[:limit]
    # The inbox's search finds the conversations, and then their messages are looked at.
    found = matching(Conversation.objects.filter(workspace=member.workspace), words).order_by(
        "-last_at", "-id"
    )
    ids = list(found.values_list("pk", flat=True)[:FOUND])
    rows = heard.filter(parts__conversation__in=ids, parts__role=Role.SAID).order_by("-sent_at", "-pk")[:SEEN]
    fits = (one for one in rows if all(word in fold(wording(one)) for word in wanted))
    return list(islice(fits, limit))


def message(member: Member, message_id: int) -> StoredMessage | None:
    """A message of somebody else in the workspace."""
    member.require(Permission.READ)
    rows = StoredMessage.objects.filter(channel__workspace=member.workspace, is_ours=False, pk=message_id)
    return rows.select_related("author", "channel").first()


def said(conversation: Conversation, message_id: int) -> StoredMessage | None:
    """A message of somebody else in this conversation."""
    part = Part.objects.filter(
        conversation=conversation, message=message_id, role=Role.SAID, message__is_ours=False
    )
    found = part.select_related("message__author", "message__channel").first()
    return found.message if found else None


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is to this workspace."""

    author: StoredAuthor
    first_at: datetime | None
    messages: int
    others: list[Row]  # their other conversations, newest first


def person(conversation: Conversation, limit: int = 8) -> Person:
    """The author of a conversation, with what we know of them from our own channels and nothing else."""
    author = conversation.author
    said = StoredMessage.objects.filter(author=author).aggregate(first=Min("sent_at"), count=Count("pk"))
    others = author.conversations.exclude(pk=conversation.pk).order_by("-last_at")
    return Person(author, said["first"], said["count"], rows(others[:limit]))


def labels(member: Member) -> QuerySet[Label]:
    return Label.objects.filter(workspace=member.workspace)


def answerers(member: Member) -> list[Member]:
    """The colleagues a conversation can be given to."""
    people = Member.objects.filter(workspace=member.workspace).select_related("user").order_by("user__name")
    return [person for person in people if person.may(Permission.ANSWER)]
