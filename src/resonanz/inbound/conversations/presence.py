"""Who looks at a conversation right now, so that two colleagues do not answer it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conversations.models import Conversation, Presence

# The page says so every BEAT_SECONDS; who has missed two is gone.
BEAT_SECONDS = 10
GONE_AFTER_SECONDS = 25


@dataclass(frozen=True, slots=True)
class Here:
    """A colleague who is looking, or writing."""

    member: Member
    is_writing: bool


def look(member: Member, conversation: Conversation, *, writing: bool = False) -> list[Here]:
    """Say that `member` is here; returns the colleagues who are here too, those who write first."""
    assert conversation.workspace_id == member.workspace_id
    Presence.objects.update_or_create(
        conversation=conversation, member=member, defaults={"is_writing": writing, "seen_at": now()}
    )
    return others(member, conversation)


def leave(member: Member, conversation: Conversation) -> None:
    Presence.objects.filter(conversation=conversation, member=member).delete()


def others(member: Member, conversation: Conversation) -> list[Here]:
    """The colleagues who are here."""
    recent = conversation.presences.filter(seen_at__gte=now() - timedelta(seconds=GONE_AFTER_SECONDS))
    rows = recent.exclude(member=member).select_related("member__user").order_by("-is_writing", "pk")
    return [Here(row.member, row.is_writing) for row in rows]
