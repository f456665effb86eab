"""A person says what a message means instead of the model."""

from __future__ import annotations

from django.db import transaction

from resonanz.foundation.audit.services import record
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conversations.queries import said
from resonanz.inbound.conversations.services import NotThere, locked
from resonanz.inbound.conversations.weighing import weigh
from resonanz.inbound.enrichment import services as enrichment


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
    weigh([pk])
    # The trail names neither the message nor its words: it is kept for ever.
    record(
        action="conversation.corrected",
        actor=actor,
        target=conversation,
        before={output: before},
        after={output: after},
    )
