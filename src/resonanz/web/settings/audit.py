"""The audit trail: who did what, and whether the chain of seals holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from resonanz.foundation.audit import queries, services
from resonanz.foundation.workspaces.roles import Permission
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.settings import sentences
from resonanz.web.settings.tabs import tabs

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it."""

    entry: Any
    sentence: str
    changes: list[tuple[str, Any, Any]]


def _line(entry: Any) -> Line:
    changes = [
        (sentences.field(name), sentences.value(before), sentences.value(after))
        for name, (before, after) in entry.changes.items()
    ]
    return Line(entry, sentences.action(entry), changes)


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    request.member.require(Permission.MANAGE)
    page = Paginator(queries.entries(request.workspace), PAGE).get_page(request.GET.get("page"))
    context = {"tabs": tabs(request, "audit"), "page": page, "lines": [_line(entry) for entry in page]}
    return render(request, "settings/audit.html", context)


@require_POST
@workspace_page
def verify(request: WorkspaceRequest) -> HttpResponseBase:
    """Read the whole chain and say whether each seal holds."""
    request.member.require(Permission.MANAGE)
    broken = services.verify(request.workspace)
    count = queries.entries(request.workspace).count()
    return render(request, "settings/audit_verified.html", {"broken": broken, "count": count})
