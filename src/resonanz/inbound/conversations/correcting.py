"""A person says what a message means instead of the model, or what it is an example of."""

from __future__ import annotations

from django.db import transaction

from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.models import Conversation, Part, Role
from resonanz.inbound.conversations.queries import said
from resonanz.inbound.conversations.services import NotThere, locked
from resonanz.inbound.conversations.weighing import weigh
from resonanz.inbound.enrichment import aspects, marks
from resonanz.inbound.enrichment import services as enrichment
from resonanz.inbound.enrichment.models import OwnAspect, StoredReading
from resonanz.inbound.intake.models import StoredMessage


@transaction.atomic
def correct(actor: Member, pk: int, message_id: int, output: str, value: str | None) -> None:
    """Correct one output of a message in a conversation, or take the correction back (None); lists know it at once.

    Raises NotThere, ValueError, PermissionDenied.
    """
    (conversation,) = locked(actor, [pk])
    message = said(conversation, message_id)
    if message is None:
        raise NotThere
    try:
        before, after = enrichment.correct(actor, message, output, value)
    except enrichment.NotRead as error:
        raise NotThere from error
    if before == after:
        return
    _corrected(actor, conversation, {output: before}, {output: after})


@transaction.atomic
def correct_own(actor: Member, pk: int, message_id: int, aspect_id: int, value: str | None) -> None:
    """Say with one click whether a message is about an own aspect, which makes it an example; None takes that back.

    To say no of what only a person had said takes that back as well. Raises NotThere, ValueError, PermissionDenied.
    """
    if value not in (marks.YES, marks.NO, None):
        raise ValueError(value)
    (conversation,) = locked(actor, [pk])
    message = said(conversation, message_id)
    aspect = OwnAspect.objects.filter(workspace=actor.workspace, removed_at=None, pk=aspect_id).first()
    reading = StoredReading.objects.filter(message=message).first()
    if message is None or aspect is None or reading is None:
        raise NotThere
    if value == marks.value(reading.said, aspect.output) == marks.NO:
        value = None
    is_about = None if value is None else value == marks.YES
    before, after = aspects.example(actor, message, aspect_id, is_about)
    if before == after:
        return
    named = ({"aspect": aspect.name if held == marks.YES else None} for held in (before, after))
    _corrected(actor, conversation, *named)


def _corrected(
    actor: Member, conversation: Conversation, before: dict[str, str | None], after: dict[str, str | None]
) -> None:
    weigh([conversation.pk])
    # The trail names neither the message nor its words: it is kept for ever.
    record(action="conversation.corrected", actor=actor, target=conversation, before=before, after=after)


@transaction.atomic
def give_example(actor: Member, message_id: int, aspect_id: int, is_about: bool | None) -> None:
    """Make a message an example of an own aspect or a counter-example, or neither any more (None).

    Raises NotThere, PermissionDenied.
    """
    actor.require(Permission.ANSWER)
    message = StoredMessage.objects.filter(
        channel__workspace=actor.workspace, is_ours=False, pk=message_id
    ).first()
    aspect = OwnAspect.objects.filter(workspace=actor.workspace, removed_at=None, pk=aspect_id).first()
    if message is None or aspect is None:
        raise NotThere
    part = Part.objects.filter(message=message, role=Role.SAID).first()
    if part is not None:
        locked(actor, [part.conversation_id])
    before, after = aspects.example(actor, message, aspect_id, is_about)
    if part is not None and before != after:
        weigh([part.conversation_id])
    side = "counter_examples" if is_about is False else "examples"
    record(
        action="aspect.untaught" if is_about is None else "aspect.taught",
        actor=actor,
        target=aspect,
        before={side: 1 if is_about is None else None},
        after={side: None if is_about is None else 1},
    )
