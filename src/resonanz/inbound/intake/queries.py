"""Reading what was stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet

from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.intake.models import Poll, StoredMessage, Wording

# What was said longer ago than this when its channel was connected is history: there to be read, nobody's turn.
HISTORY = timedelta(days=2)


def after(channel_id: int, number: int, limit: int) -> list[StoredMessage]:
    """The next messages of a channel that were stored or changed after `number`, in that order."""
    rows = StoredMessage.objects.filter(channel_id=channel_id, number__gt=number)
    return list(rows.select_related("channel", "author").order_by("number")[:limit])


def before(channel_id: int, number: int, limit: int) -> QuerySet[StoredMessage]:
    """The messages of a channel that bear one of the `limit` numbers below `number`, the newest first."""
    rows = StoredMessage.objects.filter(channel_id=channel_id, number__lt=number, number__gte=number - limit)
    return rows.select_related("channel", "author").order_by("-number")


def is_history(message: StoredMessage) -> bool:
    """Whether it was said long before we began to listen. Coming late, or after access was lost, makes no history."""
    return message.sent_at < message.channel.listening_since - HISTORY


def earlier(messages: Iterable[StoredMessage]) -> dict[int, list[Wording]]:
    """What those of `messages` that were edited said before, the oldest first, by the message's id.

    Asks the database only if there is an edited one.
    """
    edited = [message.pk for message in messages if message.edited_at]
    found: dict[int, list[Wording]] = {}
    for wording in Wording.objects.filter(message__in=edited) if edited else ():
        found.setdefault(wording.message_id, []).append(wording)
    return found


def polls(workspace: Workspace) -> QuerySet[Poll]:
    """How reading goes on each channel of `workspace`: when it last worked, and what is in the way since when."""
    return Poll.objects.filter(channel__workspace=workspace).select_related("channel")
