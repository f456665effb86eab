"""Which message belongs to which conversation, and what its arrival means for it.

A comment right below a post of ours begins a conversation of its own, with the post as its context: twenty people
who ask twenty things are twenty conversations. Everything else joins the one its parent is in, else the one of its
thread, else begins one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from resonanz.connectorkit.manifest import Capability
from resonanz.foundation.channels.models import Channel
from resonanz.inbound.conversations import events
from resonanz.inbound.conversations.events import Cause
from resonanz.inbound.conversations.machine import MACHINE, Status
from resonanz.inbound.conversations.models import (
    SNIPPET_LENGTH,
    Answer,
    Conversation,
    Filing,
    Lookup,
    Part,
    Role,
)
from resonanz.inbound.conversations.search import index
from resonanz.inbound.conversations.weighing import weigh
from resonanz.inbound.intake import queries as intake
from resonanz.inbound.intake.models import Origin, StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.kernel.messages import Message, MessageKind

# More than a person reads before answering; a hostile chain must not be followed for ever.
CONTEXT_DEPTH = 6
_BATCH = 200


def file_all(messages: Iterable[StoredMessage]) -> None:
    """File messages in the order of their numbers, then make them found by the search and sorted by urgency."""
    filed = [done for message in messages if (done := file(message))]
    ids = sorted({one.conversation.pk for one in filed})
    index(ids)
    weigh(ids)
    for one in filed:
        # Last of all: whoever writes the audit trail holds it until the end, and may then wait for nobody.
        events.opened(one.conversation, one.was, Cause.MESSAGE)


@transaction.atomic
def ingest(channel: Channel, messages: Iterable[Message], *, received_at: datetime | None = None) -> None:
    """Store and file at once what was said on `channel`: for imports and the demo, as if polled at `received_at`."""
    store(channel, messages, received_at=received_at)
    filing, _new = Filing.objects.select_for_update().get_or_create(channel=channel)
    while batch := intake.after(channel.pk, filing.position, _BATCH):
        file_all(batch)
        filing.position = batch[-1].number
    filing.save(update_fields=["position"])


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a message went, and what status that conversation had before."""

    conversation: Conversation
    was: str


def file(message: StoredMessage) -> Filed | None:
    """Put a stored message where it belongs. Filing it again changes nothing but what was edited.

    None: it is context only, or our own words that belong to no conversation.
    """
    if message.origin == Origin.CONTEXT:
        return None
    part = Part.objects.filter(message=message, role=Role.SAID).select_related("conversation").first()
    if part:
        conversation = _edited(part, message)
        return Filed(conversation, conversation.status)
    home = _home(message)
    if home is None and message.is_ours:
        return None
    # Locked until the end of the transaction: a colleague may be changing it right now.
    conversation = Conversation.objects.select_for_update().get(pk=(home or _begin(message)).pk)
    # It may be known as what an earlier one refers to.
    Part.objects.update_or_create(conversation=conversation, message=message, defaults={"role": Role.SAID})
    was = conversation.status
    _arrived(conversation, message)
    _with_context(conversation, message)
    return Filed(conversation, was)


def _home(message: StoredMessage) -> Conversation | None:
    """The conversation that is there already for `message`."""
    channel = message.channel
    if message.is_ours and (answer := _answer_with(message, message.remote_id)):
        return answer.conversation
    if message.reply_to:
        parent = (
            Part.objects.filter(message__channel=channel, message__remote_id=message.reply_to, role=Role.SAID)
            .select_related("conversation")
            .first()
        )
        if parent:
            return parent.conversation
        if answer := _answer_with(message, message.reply_to):
            return answer.conversation
    return Conversation.objects.filter(channel=channel, root=root_of(message)).first()


def _answer_with(message: StoredMessage, remote_id: str) -> Answer | None:
    """The answer of ours that a network knows as `remote_id`."""
    return (
        Answer.objects.filter(publication__channel_id=message.channel_id, publication__remote_id=remote_id)
        .select_related("conversation")
        .first()
    )


def root_of(message: StoredMessage) -> str:
    """The remote id that a conversation begun by `message` goes by."""
    if message.kind == MessageKind.REPLY and message.thread in ("", message.reply_to):
        return message.remote_id
    return message.thread or message.reply_to or message.remote_id


def _begin(message: StoredMessage) -> Conversation:
    return Conversation.objects.create(
        workspace_id=message.channel.workspace_id,
        channel=message.channel,
        root=root_of(message),
        author=message.author,
        kind=message.kind,
        title=message.title,
        status=Status.RESOLVED if intake.is_history(message) else Status.OPEN,
        started_at=message.sent_at,
        last_at=message.sent_at,
    )


def _arrived(conversation: Conversation, message: StoredMessage) -> None:
    """What a new message does to its conversation: somebody else's words make it our turn again."""
    conversation.started_at = min(conversation.started_at, message.sent_at)
    if message.sent_at >= conversation.last_at:
        conversation.last_at, conversation.snippet = message.sent_at, snippet(message)
        conversation.is_last_ours = message.is_ours
    if message.is_ours:
        if conversation.waiting_since and conversation.waiting_since <= message.sent_at:
            conversation.waiting_since, conversation.reminded_at = None, None
    else:
        conversation.messages_count += 1
    if not message.is_ours and not intake.is_history(message):
        conversation.waiting_since = min(conversation.waiting_since or message.sent_at, message.sent_at)
        conversation.status, conversation.due_at = MACHINE.step(conversation.status, Status.OPEN), None
    conversation.save(
        update_fields=[
            "messages_count",
            "started_at",
            "last_at",
            "snippet",
            "is_last_ours",
            "waiting_since",
            "reminded_at",
            "status",
            "due_at",
        ]
    )


def _edited(part: Part, message: StoredMessage) -> Conversation:
    """An edit is shown where the message stands; it makes nobody's turn."""
    conversation = part.conversation
    if conversation.last_at == message.sent_at:
        Conversation.objects.filter(pk=conversation.pk).update(snippet=snippet(message))
    return conversation


def snippet(message: StoredMessage) -> str:
    """How a message begins, on one line. Behind a content warning nothing is given away."""
    text = message.content_warning or message.title or message.text
    return " ".join(text.split())[:SNIPPET_LENGTH]


def _with_context(conversation: Conversation, message: StoredMessage) -> None:
    """Add what `message` answers, as far as it is known here, and have the rest fetched."""
    child = message
    for _step in range(CONTEXT_DEPTH):
        if not child.reply_to or _answer_with(child, child.reply_to):
            return
        parent = StoredMessage.objects.filter(channel_id=child.channel_id, remote_id=child.reply_to).first()
        if parent is None:
            # History is not worth a question for each; taken up again, the new message asks for what it answers.
            if message.channel.manifest.can(Capability.THREAD) and not intake.is_history(message):
                Lookup.objects.get_or_create(
                    message=child, defaults={"conversation": conversation, "due_at": now()}
                )
            return
        add_context(conversation, parent)
        child = parent


def add_context(conversation: Conversation, message: StoredMessage) -> None:
    """Show `message` in `conversation` as what it refers to, unless it is part of it anyway."""
    Part.objects.get_or_create(conversation=conversation, message=message, defaults={"role": Role.CONTEXT})


def refile(filing: Filing) -> None:
    """Go through the messages of a channel again from the first one: harmless, and finds what was set aside."""
    Filing.objects.filter(pk=filing.pk).update(position=0, set_aside=0, fault=None)
