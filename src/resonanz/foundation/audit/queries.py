"""Reading the audit trail."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.workspaces.models import Workspace


def entries(workspace: Workspace) -> QuerySet[Entry]:
    """What was done in a workspace, newest first."""
    return Entry.objects.filter(workspace=workspace).select_related("actor__user").order_by("-number")


def about(workspace_id: int, target: Model) -> QuerySet[Entry]:
    """What was done to one thing, in the order it was done."""
    kind, pk = target._meta.model_name, str(target.pk)
    return Entry.objects.filter(workspace=workspace_id, target_kind=kind, target_id=pk).order_by("number")
