"""The tabs of the settings, in order: the company's first, then the person's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from resonanz.web.access import WorkspaceRequest
from resonanz.web.places import Text, link

PAGES: dict[str, Text] = {
    "index": _("Company"),
    "profile": _("Profile and language"),
    "security": _("Security"),
}


@dataclass(frozen=True)
class Tab:
    name: Text
    url: str
    active: bool


def tabs(request: WorkspaceRequest, active: str) -> list[Tab]:
    return [
        Tab(name, link(request.workspace, f"settings:{page}"), page == active) for page, name in PAGES.items()
    ]
