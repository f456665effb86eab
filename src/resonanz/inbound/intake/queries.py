"""Reading what was stored."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.intake.models import Poll, StoredMessage


def after(channel_id: int, number: int, limit: int) -> list[StoredMessage]:
    """The next messages of a channel that were stored or changed after `number`, in that order."""
    rows = StoredMessage.objects.filter(channel_id=channel_id, number__gt=number)
    return list(rows.select_related("channel", "author").order_by("number")[:limit])


def polls(workspace: Workspace) -> QuerySet[Poll]:
    """How reading goes on each channel of `workspace`: when it last worked, and what is in the way since when."""
    return Poll.objects.filter(channel__workspace=workspace).select_related("channel")
