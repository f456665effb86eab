"""What a conversation's messages mean together and how urgent that is: two columns to filter and sort lists by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction

from resonanz.inbound.conversations.models import Conversation, Part, Role
from resonanz.inbound.conversations.urgency import Situation, urgent_at
from resonanz.inbound.enrichment import marks
from resonanz.kernel.messages import MessageKind, Visibility


@dataclass(frozen=True, slots=True)
class _Said:
    """One message of somebody else."""

    at: datetime
    marks: int | None  # None: not read yet
    is_direct: bool


@transaction.atomic
def weigh(conversation_ids: Collection[int]) -> None:
    """Bring marks and urgency of these up to date: after every change of their messages, readings or waiting."""
    rows = list(
        Conversation.objects.select_for_update(of=("self",))
        .filter(pk__in=conversation_ids)
        .select_related("author")
        .order_by("pk")
    )
    said, changed = _said([row.pk for row in rows]), []
    for row in rows:
        before = (row.marks, row.urgent_at)
        counting = _counting(row, said[row.pk])
        row.marks = together(one.marks for one in counting)
        row.urgent_at = urgent_at(_situation(row, counting))
        if (row.marks, row.urgent_at) != before:
            changed.append(row)
    Conversation.objects.bulk_update(changed, ["marks", "urgent_at"])


def together(several: Iterable[int | None]) -> int | None:
    """What several messages mean in all; of contrary sentiments the negative one counts, then the positive one."""
    read = [one for one in several if one is not None]
    if not read:
        return None
    found = reduce(or_, read)
    sentiment = next((name for name in ("negative", "positive") if found & marks.BIT[name]), None)
    return marks.corrected(found, {"sentiment": sentiment}) if sentiment else found


def _said(ids: Sequence[int]) -> defaultdict[int, list[_Said]]:
    """What others said, by conversation; one statement."""
    parts = Part.objects.filter(conversation__in=ids, role=Role.SAID, message__is_ours=False)
    columns = ("conversation_id", "message__sent_at", "message__reading__marks", "message__visibility")
    found = defaultdict[int, list[_Said]](list)
    for pk, at, bits, visibility in parts.values_list(*columns):
        found[pk].append(_Said(at, bits, visibility == Visibility.DIRECT))
    return found


def _counting(conversation: Conversation, said: list[_Said]) -> list[_Said]:
    """What waits for an answer; if nothing does, everything."""
    since = conversation.waiting_since
    return [one for one in said if since is None or one.at >= since] or said


def _situation(conversation: Conversation, counting: list[_Said]) -> Situation:
    return Situation(
        given=frozenset(marks.names(conversation.marks or 0)),
        waiting_since=conversation.waiting_since,
        last_at=conversation.last_at,
        reminded_at=conversation.reminded_at,
        is_direct=any(one.is_direct for one in counting),
        is_article=conversation.kind == MessageKind.ARTICLE,
        followers=conversation.author.followers or 0,
    )
