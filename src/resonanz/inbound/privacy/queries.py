"""What would be erased, whom we know, and everything that we know of somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.enrichment.marks import BIT
from resonanz.inbound.enrichment.models import Example
from resonanz.inbound.enrichment.queries import Meaning, meanings, own_of, quoting
from resonanz.inbound.intake.models import StoredAuthor, StoredMessage

MOST_PEOPLE = 20
# So long at least, whatever was chosen: what is asked this week must be there to be answered.
LEAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be erased if it happened now."""

    before: datetime
    conversations: int
    messages: int


def cutoff(days: int) -> datetime:
    """The moment before which everything goes."""
    return now() - timedelta(days=max(days, LEAST_DAYS))


def expired(workspace: Workspace, before: datetime) -> QuerySet[Conversation]:
    """Conversations that are done and have been silent since `before`; none that an answer is on its way to."""
    found = Conversation.objects.filter(workspace=workspace, status=Status.RESOLVED, last_at__lt=before)
    return found.exclude(answers__is_underway=True).order_by("last_at", "pk")


def strays(workspace: Workspace, before: datetime) -> QuerySet[StoredMessage]:
    """Other people's messages in no conversation, heard before `before`."""
    return StoredMessage.objects.filter(
        channel__workspace=workspace, is_ours=False, parts=None, received_at__lt=before
    )


def preview(member: Member, days: int) -> Preview:
    """What a retention of `days` would erase now."""
    member.require(Permission.MANAGE)
    before = cutoff(days)
    gone = expired(member.workspace, before)
    said = StoredMessage.objects.filter(parts__conversation__in=gone.values("pk")).distinct().count()
    return Preview(before, gone.count(), said + strays(member.workspace, before).count())


def people(member: Member, words: str) -> list[StoredAuthor]:
    """People who have said something and are called like `words`, with `said`, the number of their messages."""
    member.require(Permission.MANAGE)
    if not (words := words.strip().lstrip("@")):
        return []
    found = StoredAuthor.objects.filter(workspace=member.workspace)
    found = found.filter(Q(handle__icontains=words) | Q(name__icontains=words))
    found = found.exclude(messages__is_ours=True)  # our own channels are nobody
    return list(found.annotate(said=Count("messages")).order_by("-said", "handle")[:MOST_PEOPLE])


def known_of(author: StoredAuthor) -> dict[str, Any]:
    """Everything stored about somebody, in what JSON knows: for them, so without our colleagues' names."""
    messages = author.messages.select_related("channel").order_by("sent_at", "pk")
    messages = messages.prefetch_related("earlier", "examples__aspect")
    read_as, quoted = meanings(messages), quoting([message.pk for message in messages])
    own = {one.output: one.name for one in own_of(author.workspace_id)}
    joined = Q(author=author) | Q(parts__message__author=author)
    conversations = (
        Conversation.objects.filter(joined, workspace=author.workspace_id).distinct().order_by("pk")
    )
    return {
        "exported_at": now().isoformat(),
        "company": author.workspace.name,
        "person": _values(author, "network remote_id handle name url followers is_bot"),
        "messages": [
            {
                **_message(message, read_as.get(message.pk), own),
                "examples": _examples(message, quoted.get(message.pk, [])),
            }
            for message in messages
        ],
        "conversations": [_conversation(conversation) for conversation in conversations],
    }


def _examples(message: StoredMessage, quoted: list[Example]) -> list[dict[str, Any]]:
    """What colleagues made it an example of, or wrote down of it as one."""
    given = [*message.examples.all(), *quoted]
    return [{"aspect": one.aspect.name, "is_about": one.is_about, "text": one.text} for one in given]


def _message(message: StoredMessage, meaning: Meaning | None, own: dict[str, str]) -> dict[str, Any]:
    names = (
        "remote_id kind text title content_warning url language visibility reply_to thread links attachments "
        "sent_at edited_at received_at"
    )
    earlier = [
        _values(wording, "text title content_warning replaced_at") for wording in message.earlier.all()
    ]
    read_as = meaning and {
        **_values(meaning, "language sentiment kinds aspects"),
        "likely": {name: round(p, 2) for name, p in meaning.likely.items()},
        "own_aspects": [name for output, name in own.items() if meaning.marks & BIT[output]],
        "model": str(meaning.reader),
    }
    return {
        "channel": str(message.channel),
        **_values(message, names),
        "earlier": earlier,
        "read_as": read_as,
    }


def _conversation(conversation: Conversation) -> dict[str, Any]:
    answers = conversation.answers.select_related("publication").order_by("pk")
    return {
        "number": conversation.pk,
        **_values(conversation, "status started_at last_at"),
        "department": str(conversation.department or ""),
        "labels": [label.name for label in conversation.labels.all()],
        "notes": [_values(note, "text created_at") for note in conversation.notes.order_by("pk")],
        "answers": [_values(answer.publication, "text state url published_at") for answer in answers],
    }


def _values(row: Any, names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names.split()}
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in values.items()}
