"""Reading the audit trail."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.workspaces.models import Workspace


def entries(workspace: Workspace) -> QuerySet[Entry]:
    """What was done in a workspace, newest first."""
    return Entry.objects.filter(workspace=workspace).select_related("actor__user").order_by("-number")
