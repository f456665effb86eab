"""The pages of the place, as tabs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from resonanz.outbound.content import queries
from resonanz.outbound.publishing import queries as publications
from resonanz.web.access import WorkspaceRequest
from resonanz.web.places import link


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    url: str
    active: bool
    count: int = 0


def tabs(request: WorkspaceRequest, active: str) -> list[Tab]:
    pages = (
        ("index", _("Calendar"), 0),
        ("drafts", _("Drafts"), queries.drafts(request.workspace).count()),
        ("ledger", _("Ledger"), 0),
        ("not_out", _("Due and not out"), publications.due_and_not_out(request.workspace).count()),
    )
    return [
        Tab(name, link(request.workspace, f"plan:{page}"), page == active, count)
        for page, name, count in pages
    ]
