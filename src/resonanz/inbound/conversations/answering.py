"""Answering in place: a publication through the same machine as every post, so exactly once."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now

from resonanz.connectorkit.manifest import Capability
from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import MACHINE, Status
from resonanz.inbound.conversations.models import SNIPPET_LENGTH, Answer, Conversation, Part, Role
from resonanz.inbound.conversations.services import NotThere, locked
from resonanz.inbound.intake.models import StoredMessage
from resonanz.kernel.messages import Visibility
from resonanz.outbound.publishing.checks import Payload
from resonanz.outbound.publishing.models import Origin, Publication
from resonanz.outbound.publishing.services import schedule


class CannotAnswer(Exception):
    """Nobody can be answered there: the network has no answers, or the message is our own."""


class AnsweredMeanwhile(Exception):
    """Somebody has answered since the page was loaded; `answer` is the last one."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer))
        self.answer = answer


def can_answer(actor: Member, conversation: Conversation) -> bool:
    """Whether the answer box makes sense for this member and this network."""
    manifest = conversation.channel.manifest
    return actor.may(Permission.ANSWER) and manifest.conversational and manifest.can(Capability.REPLY)


@transaction.atomic
def answer(
    actor: Member,
    pk: int,
    text: str,
    *,
    key: str,
    seen: int,
    message_id: int | None = None,
    resolve: bool = False,
) -> Answer:
    """Answer a message of a conversation (None: the last one somebody else said).

    key: from kernel.ids.new_key, made with the form. The same key again, by a double click, is the same answer.
    seen: the id of the last answer that was on the page (0: none). A later one by a colleague, or the same words
    from another tab, raise AnsweredMeanwhile: nobody answers twice without knowing.
    Raises NotThere, PermissionDenied, CannotAnswer, AnsweredMeanwhile, and publishing's NotAccepted.
    """
    (conversation,) = locked(actor, [pk])
    earlier = Answer.objects.filter(publication__key=key, conversation=conversation).first()
    if earlier:
        return earlier
    if newer := _unseen_answer(actor, conversation, text, seen):
        raise AnsweredMeanwhile(newer)
    message = _answered_message(conversation, message_id)
    if not can_answer(actor, conversation) or message is None:
        raise CannotAnswer
    payload = answer_payload(message, text)
    publication = schedule(actor, conversation.channel, payload, origin=Origin.ANSWER, key=key)
    made = Answer.objects.create(
        conversation=conversation,
        message=message,
        publication=publication,
        member=actor,
        member_name=str(actor)[:160],
    )
    _after_answer(actor, conversation, publication, resolve=resolve)
    record(
        action="conversation.answered",
        actor=actor,
        target=conversation,
        after={"publication": publication.key},
    )
    return made


def answer_payload(message: StoredMessage, text: str) -> Payload:
    """What answers `message`: as public as the question was, never more, and behind the same warning."""
    return Payload(
        text=text.strip(),
        reply_to=message.reference,
        visibility=Visibility(message.visibility),
        content_warning=message.content_warning,
    )


def _unseen_answer(actor: Member, conversation: Conversation, text: str, seen: int) -> Answer | None:
    """A later answer than the page showed: a colleague's, or one's own with the same words from another tab."""
    newer = conversation.answers.filter(pk__gt=seen).select_related("publication").order_by("-pk")
    same = " ".join(text.split())
    return next((a for a in newer if a.member != actor or " ".join(a.publication.text.split()) == same), None)


def _answered_message(conversation: Conversation, message_id: int | None) -> StoredMessage | None:
    said = conversation.parts.filter(role=Role.SAID, message__is_ours=False).select_related("message__author")
    if message_id is not None:
        said = said.filter(message_id=message_id)
    part: Part | None = said.order_by("-message__sent_at", "-pk").first()
    if part is None and message_id is not None:
        raise NotThere
    return part.message if part else None


def _after_answer(
    actor: Member, conversation: Conversation, publication: Publication, *, resolve: bool
) -> None:
    """Whoever answers takes it if nobody has; then it is their turn, or done."""
    conversation.assignee = conversation.assignee or actor
    if resolve or conversation.status != Status.RESOLVED:
        wanted = Status.RESOLVED if resolve else Status.PENDING
        conversation.status = MACHINE.step(conversation.status, wanted)
    conversation.waiting_since, conversation.due_at = None, None
    conversation.last_at = max(conversation.last_at, now())
    conversation.snippet = " ".join(publication.text.split())[:SNIPPET_LENGTH]
    conversation.save(update_fields=["assignee", "status", "waiting_since", "due_at", "last_at", "snippet"])
