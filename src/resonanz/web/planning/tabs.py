"""The pages of the place, as tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from resonanz.outbound.content import queries
from resonanz.outbound.publishing import queries as publications
from resonanz.web.access import WorkspaceRequest
from resonanz.web.once import once_a_request
from resonanz.web.places import link

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member


@once_a_request
def not_out(member: Member) -> int:
    """How many publications are due and not out: the rail, the tabs and Today all say so."""
    return publications.due_and_not_out(member.workspace).count()


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
        ("not_out", _("Due and not out"), not_out(request.member)),
    )
    return [
        Tab(name, link(request.workspace, f"plan:{page}"), page == active, count)
        for page, name, count in pages
    ]
