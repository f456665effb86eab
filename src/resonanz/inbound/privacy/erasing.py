"""Erasing conversations with everything said in them; only numbers stay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F

from resonanz.inbound.conversations.models import Answer, Conversation
from resonanz.inbound.enrichment.aspects import forget_quotes
from resonanz.inbound.intake.models import StoredAuthor, StoredMessage
from resonanz.inbound.privacy.models import Tally
from resonanz.outbound.publishing.services import forget_words


@dataclass(frozen=True, slots=True)
class Erased:
    """What is gone."""

    conversations: int = 0
    messages: int = 0

    def __bool__(self) -> bool:
        return bool(self.conversations or self.messages)


def erase(conversations: Sequence[Conversation]) -> Erased:
    """Erase these with their messages, notes and the words of our answers. Called in the caller's transaction.

    A message that another conversation shows as well stays until that one goes too. What we answered remains in the
    ledger as a post that went out, without its words.
    """
    ids = [conversation.pk for conversation in conversations]
    if not ids:
        return Erased()
    _count(conversations)
    forget_words(answer.publication_id for answer in Answer.objects.filter(conversation__in=ids))
    said = set(StoredMessage.objects.filter(parts__conversation__in=ids).values_list("pk", flat=True))
    authors = {conversation.author_id for conversation in conversations}
    Conversation.objects.filter(pk__in=ids).delete()
    gone = StoredMessage.objects.filter(pk__in=said, parts=None)
    authors |= set(gone.values_list("author_id", flat=True))
    return Erased(len(ids), delete_messages(gone.values_list("pk", flat=True), authors))


def delete_messages(ids: Collection[int], authors: Collection[int]) -> int:
    """Delete messages, and those of `authors` of whom nothing is left then; returns how many messages."""
    ids = list(ids)
    forget_quotes(ids)
    StoredMessage.objects.filter(pk__in=ids).delete()
    StoredAuthor.objects.filter(pk__in=authors, messages=None, conversations=None).delete()
    return len(ids)


def _count(conversations: Sequence[Conversation]) -> None:
    """Add what is about to go to the tallies of its days."""
    answers = dict(
        Answer.objects.filter(conversation__in=conversations)
        .values_list("conversation")
        .annotate(count=Count("pk"))
        .values_list("conversation", "count")
    )
    days = defaultdict[tuple[int, date], Counter[str]](Counter)
    for one in conversations:
        days[one.channel_id, one.started_at.date()] += Counter(
            conversations=1, messages=one.messages_count, answers=answers.get(one.pk, 0)
        )
    for (channel, day), counted in days.items():
        tally, _new = Tally.objects.get_or_create(channel_id=channel, day=day)
        added = {name: F(name) + count for name, count in counted.items()}
        Tally.objects.filter(pk=tally.pk).update(**added)
