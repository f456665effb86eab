"""What people do with conversations. Each checks the permission, changes, and writes it down; ids make bulk easy."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.work.registry import wake
from resonanz.foundation.workspaces.models import Department, Member
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations.machine import MACHINE, Status
from resonanz.inbound.conversations.models import Conversation, Label, Note
from resonanz.inbound.conversations.weighing import weigh

MOST_AT_ONCE = 200


class NotThere(LookupError):
    """At least one of the conversations is not in this workspace."""


class BadMoment(ValueError):
    """A snoozed conversation must come back in the future, and within a year."""


def locked(actor: Member, ids: Collection[int]) -> list[Conversation]:
    """The conversations `ids` of the actor's workspace, to be changed in this transaction. Raises NotThere."""
    actor.require(Permission.ANSWER)
    found = list(
        Conversation.objects.select_for_update(of=("self",))
        .filter(workspace=actor.workspace, pk__in=set(ids))
        .select_related("author", "assignee__user", "department")
        .order_by("pk")[:MOST_AT_ONCE]
    )
    if len(found) != len(set(ids)):
        raise NotThere
    return found


@transaction.atomic
def set_status(actor: Member, ids: Collection[int], status: Status) -> int:
    """Open, pending or resolved; returns how many changed. Resolving needs no answer, so nothing waits after it."""
    if status == Status.SNOOZED:
        raise ValueError("snooze says until when")

    def change(conversation: Conversation) -> dict[str, Any]:
        MACHINE.step(conversation.status, status)
        done = {"waiting_since": None, "reminded_at": None} if status == Status.RESOLVED else {}
        return {"status": status, "due_at": None, **done}

    # What is resolved is not pending again by itself: such a step is passed over in bulk.
    possible = MACHINE.before({status})
    return _each(actor, ids, "conversation.status", ("status",), change, lambda c: c.status in possible)


@transaction.atomic
def snooze(actor: Member, ids: Collection[int], until: datetime) -> int:
    """Put aside until `until`, or until somebody writes. Raises BadMoment."""
    days = (until - now()).total_seconds() / 86_400
    if not 0 < days <= 366:
        raise BadMoment

    def change(conversation: Conversation) -> dict[str, Any]:
        MACHINE.step(conversation.status, Status.SNOOZED)
        return {"status": Status.SNOOZED, "due_at": until}

    transaction.on_commit(wake)
    allowed = {*MACHINE.before({Status.SNOOZED}), Status.SNOOZED}
    return _each(
        actor, ids, "conversation.status", ("status", "due_at"), change, lambda c: c.status in allowed
    )


@transaction.atomic
def assign(actor: Member, ids: Collection[int], assignee: Member | None) -> int:
    """Give them to a colleague who may answer, or back to everybody (None)."""
    if assignee is not None:
        if assignee.workspace_id != actor.workspace_id:
            raise PermissionDenied("another workspace")
        assignee.require(Permission.ANSWER)
    return _each(actor, ids, "conversation.assigned", ("assignee",), lambda _: {"assignee": assignee})


@transaction.atomic
def move(actor: Member, ids: Collection[int], department: Department | None) -> int:
    """Say which department they belong to."""
    if department is not None and department.workspace_id != actor.workspace_id:
        raise PermissionDenied("another workspace")
    return _each(actor, ids, "conversation.moved", ("department",), lambda _: {"department": department})


@transaction.atomic
def add_label(actor: Member, ids: Collection[int], name: str) -> Label:
    """Put the label `name` on them; a name that is new makes a new label."""
    found = locked(actor, ids)
    label = _label(actor, name)
    have = set(label.conversations.filter(pk__in=ids).values_list("pk", flat=True))
    for conversation in found:
        if conversation.pk not in have:
            conversation.labels.add(label)
            record(
                action="conversation.labelled", actor=actor, target=conversation, after={"label": label.name}
            )
    return label


@transaction.atomic
def remove_label(actor: Member, ids: Collection[int], label: Label) -> None:
    for conversation in locked(actor, ids):
        if conversation.labels.filter(pk=label.pk).exists():
            conversation.labels.remove(label)
            record(
                action="conversation.unlabelled",
                actor=actor,
                target=conversation,
                before={"label": label.name},
            )


@transaction.atomic
def add_note(actor: Member, pk: int, text: str) -> Note:
    """A word among colleagues. What it says is not copied into the audit trail."""
    (conversation,) = locked(actor, [pk])
    if not (text := text.strip()):
        raise ValueError("an empty note")
    note = Note.objects.create(
        conversation=conversation, member=actor, member_name=str(actor)[:160], text=text[:10_000]
    )
    record(action="conversation.noted", actor=actor, target=conversation)
    return note


def _label(actor: Member, name: str) -> Label:
    name = " ".join(name.split())[:60]
    if not name:
        raise ValueError("a label needs a name")
    # "Reklamation" and "reklamation" are one label to everybody but a computer.
    same = Label.objects.filter(workspace=actor.workspace, name__iexact=name).first()
    return same or Label.objects.create(workspace=actor.workspace, name=name)


def _each(
    actor: Member,
    ids: Collection[int],
    action: str,
    names: tuple[str, ...],
    change: Callable[[Conversation], dict[str, Any]],
    wanted: Callable[[Conversation], bool] = lambda _: True,
) -> int:
    """Apply `change` to each that is `wanted` and differs afterwards, with an audit entry for each."""
    changed = []
    for conversation in filter(wanted, locked(actor, ids)):
        before = {name: getattr(conversation, name) for name in names}
        fields = change(conversation)
        for name, value in fields.items():
            setattr(conversation, name, value)
        after = {name: getattr(conversation, name) for name in names}
        if before == after:
            continue
        conversation.save(update_fields=list(fields))
        record(action=action, actor=actor, target=conversation, before=before, after=after)
        changed.append(conversation.pk)
    if "status" in names:
        weigh(changed)
    return len(changed)
