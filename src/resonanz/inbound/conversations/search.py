"""Finding conversations by words, as they sound alike to a German reader: Müller and Mueller are the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet, Value
from django.db.models.functions import StrIndex

from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.conversations.models import Conversation, Role, SearchText
from resonanz.inbound.intake.models import StoredMessage
from resonanz.kernel.folding import fold

# Enough of one long article, or of a long quarrel, to find it by.
_MESSAGE_LENGTH = 2_000
_LENGTH = 12_000
_MESSAGES = 50
_MOST_WORDS = 8


def index(conversation_ids: Iterable[int]) -> None:
    """Bring what is searched for these conversations up to date."""
    rows = []
    for conversation in Conversation.objects.filter(pk__in=list(conversation_ids)):
        said = StoredMessage.objects.filter(parts__conversation=conversation, parts__role=Role.SAID)
        newest = said.select_related("author").order_by("-sent_at")[:_MESSAGES]
        text = "\n".join(searchable(message) for message in newest)[:_LENGTH]
        rows.append(SearchText(conversation=conversation, workspace_id=conversation.workspace_id, text=text))
    SearchText.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["conversation"], update_fields=["text"]
    )


def searchable(message: StoredMessage) -> str:
    """Author, title and text of a message, folded."""
    author = message.author
    return fold(f"{author.name} @{author.handle} {message.title} {message.text}")[:_MESSAGE_LENGTH]


def matching(workspace: Workspace, words: str) -> QuerySet[SearchText]:
    """Conversations in which each of `words` occurs, as a part of a word too."""
    found = SearchText.objects.filter(workspace=workspace)
    for number, word in enumerate(fold(words).split()[:_MOST_WORDS]):
        # INSTR and STRPOS: unlike LIKE they fold nothing, which is done already, and are faster for it.
        found = found.alias(**{f"at_{number}": StrIndex("text", Value(word))}).filter(
            **{f"at_{number}__gt": 0}
        )
    return found
