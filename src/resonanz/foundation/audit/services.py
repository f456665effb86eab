"""Writing the audit trail and proving that nobody changed it.

Each entry's seal is an HMAC over its own content and the seal before it. Changing, removing or inserting an entry
breaks every seal after it, and without the key (a file, not in the database) new seals cannot be made.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.workspaces.models import Member, Workspace


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the first entry that is missing or not what was written."""

    workspace: str
    number: int
    reason: str  # missing | changed


@transaction.atomic
def record(
    *,
    action: str,
    actor: Member | None,
    target: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
) -> Entry:
    """Add one entry, in the same transaction as the change it tells of. Secrets do not belong in it.

    actor: None when Resonanz acts by itself; then `workspace` must be given.
    """
    workspace = workspace or (actor.workspace if actor else None)
    assert workspace is not None, "an entry belongs to a workspace"
    # One writer at a time per workspace, so that the chain has no forks.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    last = Entry.objects.filter(workspace=workspace).order_by("-number").first()
    entry = Entry(
        workspace=workspace,
        number=last.number + 1 if last else 1,
        at=now(),
        actor=actor,
        actor_name=str(actor)[:160] if actor else "",
        action=action,
        target_kind=target._meta.model_name or "" if target else "",
        target_id=str(target.pk) if target else "",
        # What is kept for ever may have to name a thing otherwise than pages do.
        target_name=str(getattr(target, "audit_name", target))[:200] if target else "",
        changes=_changes(before or {}, after or {}),
    )
    entry.seal = _seal(entry, last.seal if last else "")
    entry.save(force_insert=True)
    return entry


def verify(workspace: Workspace) -> Break | None:
    """The first place where the chain of `workspace` does not hold, or None."""
    seal = ""
    for number, entry in enumerate(
        Entry.objects.filter(workspace=workspace).order_by("number").iterator(), start=1
    ):
        if entry.number != number:
            return Break(workspace.slug, number, "missing")
        if not hmac.compare_digest(entry.seal, _seal(entry, seal)):
            return Break(workspace.slug, number, "changed")
        seal = entry.seal
    return None


def verify_all() -> list[Break]:
    """Every chain that does not hold."""
    return [found for workspace in Workspace.objects.order_by("slug") if (found := verify(workspace))]


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, as {field: [before, after]}, in values that JSON knows."""
    return {
        name: [_plain(before.get(name)), _plain(after.get(name))]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _seal(entry: Entry, previous: str) -> str:
    content = json.dumps(
        [
            previous,
            entry.workspace_id,
            entry.number,
            entry.at.isoformat(timespec="microseconds"),
            entry.actor_name,
            entry.action,
            entry.target_kind,
            entry.target_id,
            entry.target_name,
            entry.changes,
        ],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hmac.new(settings.AUDIT_KEY.encode(), content.encode(), "sha256").hexdigest()
