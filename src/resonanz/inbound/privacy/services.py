"""Handing out and erasing what is known of one person: the rights of access and erasure (GDPR, articles 15 and 17)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Answer, Conversation, Part, Role
from resonanz.inbound.conversations.search import index
from resonanz.inbound.conversations.threads import snippet
from resonanz.inbound.conversations.weighing import weigh
from resonanz.inbound.enrichment.aspects import forget_quotes
from resonanz.inbound.intake.models import StoredAuthor, StoredMessage
from resonanz.inbound.privacy.erasing import Erased, erase
from resonanz.inbound.privacy.queries import known_of
from resonanz.outbound.publishing.services import forget_words

# What `export` and `erase_person` raise, for those who do not know models.
Missing = StoredAuthor.DoesNotExist


class AnswerUnderway(Exception):
    """Something is being sent to this person right now; afterwards they can be erased."""


@transaction.atomic
def export(actor: Member, author_id: int) -> dict[str, Any]:
    """Everything known of one author. Raises Missing, PermissionDenied."""
    author = _author(actor, author_id)
    # Neither here nor below does the trail say who: it is kept for ever.
    record(action="person.exported", actor=actor, after={"network": author.network})
    return known_of(author)


@transaction.atomic
def erase_person(actor: Member, author_id: int) -> Erased:
    """Erase one author: conversations that were theirs alone, their words in those of others, their profile.

    Raises Missing, AnswerUnderway, PermissionDenied.
    """
    author = _author(actor, author_id)
    if Answer.objects.filter(is_underway=True, conversation__in=_with(author).values("pk")).exists():
        raise AnswerUnderway
    # In one order, and before anything is written: as everybody who changes several.
    theirs = list(
        Conversation.objects.select_for_update().filter(pk__in=_with(author).values("pk")).order_by("pk")
    )
    alone = [conversation for conversation in theirs if not _goes_on_without(conversation, author)]
    kept = [conversation for conversation in theirs if conversation not in alone]
    gone = erase(alone)
    rest = StoredMessage.objects.filter(author=author)
    gone = Erased(gone.conversations, gone.messages + rest.count())
    forget_words(answer.publication_id for answer in Answer.objects.filter(message__in=rest))
    forget_quotes(rest.values_list("pk", flat=True))
    rest.delete()
    for conversation in kept:
        _without(conversation)
    index(conversation.pk for conversation in kept)
    StoredAuthor.objects.filter(pk=author.pk).delete()
    record(
        action="person.erased",
        actor=actor,
        after={"network": author.network, "conversations": gone.conversations, "messages": gone.messages},
    )
    return gone


def _author(actor: Member, author_id: int) -> StoredAuthor:
    actor.require(Permission.MANAGE)
    return StoredAuthor.objects.select_related("workspace").get(workspace=actor.workspace, pk=author_id)


def _with(author: StoredAuthor) -> Any:
    return Conversation.objects.filter(author=author) | Conversation.objects.filter(
        parts__message__author=author
    )


def _goes_on_without(conversation: Conversation, author: StoredAuthor) -> bool:
    """Whether others speak in it too; whoever did first, it is theirs from now on."""
    said = Part.objects.filter(conversation=conversation, role=Role.SAID, message__is_ours=False)
    first = said.exclude(message__author=author).order_by("message__sent_at", "message_id").first()
    if first and conversation.author_id == author.pk:
        conversation.author_id = first.message.author_id
        conversation.save(update_fields=["author"])
    return first is not None


def _without(conversation: Conversation) -> None:
    """Bring up to date what a conversation says of the messages that are left in it."""
    said = StoredMessage.objects.filter(parts__conversation=conversation, parts__role=Role.SAID)
    last = said.order_by("-sent_at", "-pk").first()
    conversation.messages_count = said.filter(is_ours=False).count()
    if last and not conversation.is_last_ours:
        conversation.snippet = snippet(last)
    if (
        conversation.waiting_since
        and not said.filter(is_ours=False, sent_at__gte=conversation.waiting_since).exists()
    ):
        conversation.waiting_since, conversation.status = None, Status.RESOLVED
    conversation.save(update_fields=["messages_count", "snippet", "waiting_since", "status"])
    weigh([conversation.pk])
