"""Answering in place: a publication through the same machine as every post, so exactly once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import now

from resonanz.connectorkit.manifest import Capability
from resonanz.foundation.audit.services import record
from resonanz.foundation.channels.queries import limits_of
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import MACHINE, Status
from resonanz.inbound.conversations.models import SNIPPET_LENGTH, Answer, Conversation
from resonanz.inbound.conversations.queries import target
from resonanz.inbound.conversations.services import NotThere, locked
from resonanz.inbound.conversations.weighing import weigh
from resonanz.inbound.intake.models import StoredMessage
from resonanz.kernel.messages import Visibility
from resonanz.outbound.publishing import services as publications
from resonanz.outbound.publishing.checks import Payload, units_used
from resonanz.outbound.publishing.models import Origin, Publication


class CannotAnswer(Exception):
    """Nobody can be answered there, or not without showing more people than the question did."""


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
    message = target(conversation, message_id)
    if message is None and message_id is not None:
        raise NotThere
    if message is None or not can_answer(actor, conversation):
        raise CannotAnswer
    payload = answer_payload(conversation, message, text)
    if payload.visibility not in conversation.channel.manifest.visibilities:
        raise CannotAnswer
    publication = publications.schedule(actor, conversation.channel, payload, origin=Origin.ANSWER, key=key)
    if publication.origin != Origin.ANSWER or Answer.objects.filter(publication=publication).exists():
        raise ValueError("a key is made with its form and serves no other")
    made = Answer.objects.create(
        conversation=conversation,
        message=message,
        publication=publication,
        member=actor,
        member_name=str(actor)[:160],
    )
    _after_answer(actor, conversation, publication, resolve=resolve)
    return made


def answer_payload(conversation: Conversation, message: StoredMessage, text: str) -> Payload:
    """What answers `message`: as public as the question was, never more, and behind the same warning."""
    manifest = conversation.channel.manifest
    visibility = Visibility(message.visibility)
    if visibility is Visibility.UNLISTED and visibility not in manifest.visibilities:
        visibility = Visibility.PUBLIC  # everybody may see both
    return Payload(
        text=text.strip(),
        reply_to=message.reference,
        visibility=visibility,
        content_warning=message.content_warning if manifest.content_warnings else "",
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of what a network allows an answer takes, in that network's units."""

    used: int
    maximum: int

    @property
    def left(self) -> int:
        return self.maximum - self.used


def counted(conversation: Conversation, message: StoredMessage, text: str) -> Counted | None:
    """The length of an answer to `message`; None where nothing limits it."""
    limits = limits_of(conversation.channel).text
    if not limits:
        return None
    payload = answer_payload(conversation, message, text)
    return Counted(units_used(conversation.channel, limits[0], payload), limits[0].maximum)


def _unseen_answer(actor: Member, conversation: Conversation, text: str, seen: int) -> Answer | None:
    """A later answer than the page showed: a colleague's, or one's own with the same words from another tab."""
    newer = conversation.answers.filter(pk__gt=seen).select_related("publication").order_by("-pk")
    same = " ".join(text.split())
    return next((a for a in newer if a.member != actor or " ".join(a.publication.text.split()) == same), None)


def _after_answer(
    actor: Member, conversation: Conversation, publication: Publication, *, resolve: bool
) -> None:
    """Whoever answers takes it if nobody has; then it is their turn, or done."""
    before = {"status": conversation.status, "assignee": conversation.assignee}
    conversation.assignee = conversation.assignee or actor
    if resolve or conversation.status != Status.RESOLVED:
        wanted = Status.RESOLVED if resolve else Status.PENDING
        conversation.status = MACHINE.step(conversation.status, wanted)
    conversation.waiting_since, conversation.reminded_at, conversation.due_at = None, None, None
    conversation.last_at = max(conversation.last_at, now())
    conversation.snippet = " ".join(publication.text.split())[:SNIPPET_LENGTH]
    conversation.is_last_ours = True
    conversation.save(
        update_fields=[
            *("assignee", "status", "waiting_since", "reminded_at", "due_at"),
            *("last_at", "snippet", "is_last_ours"),
        ]
    )
    weigh([conversation.pk])
    after = {"status": conversation.status, "assignee": conversation.assignee, "publication": publication.key}
    record(action="conversation.answered", actor=actor, target=conversation, before=before, after=after)


def _own_answer(actor: Member, pk: int, answer_pk: int) -> Answer:
    """An answer in a conversation of the actor's workspace. Raises NotThere."""
    (conversation,) = locked(actor, [pk])
    found = conversation.answers.filter(pk=answer_pk).select_related("publication", "conversation").first()
    if found is None:
        raise NotThere
    return found


@transaction.atomic
def again(actor: Member, pk: int, answer_pk: int) -> None:
    """Send an answer that failed once more; what may be out is looked for first. Raises NotThere, TooLate."""
    made = _own_answer(actor, pk, answer_pk)
    publications.retry(actor, made.publication)
    Answer.objects.filter(pk=made.pk).update(is_underway=True)
    _after_answer(actor, made.conversation, made.publication, resolve=False)


def discard(actor: Member, pk: int, answer_pk: int) -> None:
    """It shall not go out. Raises NotThere, TooLate."""
    publications.cancel(actor, _publication(actor, pk, answer_pk))


def confirm_out(actor: Member, pk: int, answer_pk: int) -> None:
    """A person has seen it on the network. Raises NotThere, TooLate."""
    publications.confirm_published(actor, _publication(actor, pk, answer_pk))


def confirm_not_out(actor: Member, pk: int, answer_pk: int) -> None:
    """A person has looked, and it is not there. Raises NotThere, TooLate."""
    publications.confirm_not_published(actor, _publication(actor, pk, answer_pk))


@transaction.atomic
def _publication(actor: Member, pk: int, answer_pk: int) -> Publication:
    return _own_answer(actor, pk, answer_pk).publication
