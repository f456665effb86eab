"""Finding conversations by words, as they sound alike to a German reader: Müller and Mueller are the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from resonanz.inbound.conversations.models import Conversation, Role, SearchText
from resonanz.inbound.intake.models import StoredMessage
from resonanz.kernel.folding import fold

# Enough of one long article, or of a long quarrel, to find it by.
_MESSAGE_LENGTH = 2_000
_LENGTH = 12_000
_MESSAGES = 50
_MOST_WORDS = 8
# SQLite's index of every three characters in a row, kept by triggers; see migration 0004.
_WITH_ALL = "SELECT rowid FROM conversations_trigrams WHERE conversations_trigrams MATCH %s"


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


def matching(found: QuerySet[Conversation], words: str) -> QuerySet[Conversation]:
    """Those of `found` in which each of `words` occurs, as a part of a word too."""
    wanted = fold(words).split()[:_MOST_WORDS]
    if not wanted:
        return found
    texts = SearchText.objects.filter(conversation=OuterRef("pk"))
    for number, word in enumerate(wanted):
        # INSTR and STRPOS: unlike LIKE they fold nothing, which is done already, and are faster for it.
        texts = texts.alias(**{f"at_{number}": StrIndex("text", Value(word))}).filter(
            **{f"at_{number}__gt": 0}
        )
    return _candidates(found, wanted).filter(Exists(texts))


def _candidates(found: QuerySet[Conversation], words: list[str]) -> QuerySet[Conversation]:
    """On SQLite, those of `found` whose text holds the trigrams of `words`; else all of `found`."""
    threes = {three for word in words for three in _trigrams(word)}
    if connection.vendor != "sqlite" or not threes:
        return found
    every = " AND ".join('"{}"'.format(three.replace('"', '""')) for three in sorted(threes))
    ids = RawSQL(_WITH_ALL, [every])  # noqa: S611  the words are a parameter
    # The sum keeps SQLite from starting with the candidates: it walks the list in its order and stops when the
    # page is full, so a word that is everywhere costs no more than a rare one.
    return found.alias(number=F("pk") + 0).filter(number__in=ids)


def _trigrams(word: str) -> Iterator[str]:
    """Every third group of three characters and the last one: all of a word, and few of a long one."""
    last = len(word) - 3
    return (word[at : at + 3] for at in {*range(0, last, 3), last} if at >= 0)
