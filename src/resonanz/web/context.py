"""What the shell's templates need on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from resonanz.foundation.workspaces import queries
from resonanz.web import places

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class RailEntry:
    place: places.Place
    url: str
    active: bool
    waiting: int


def _rail(request: Any) -> list[RailEntry]:
    match = request.resolver_match
    here = match.namespace if match else ""
    return [
        RailEntry(
            c.place,
            places.link(request.workspace, f"{c.place.key}:index"),
            here == c.place.key,
            places.badge(c, request.member),
        )
        for c in places.place_configs()
    ]


def theme(request: HttpRequest) -> str:
    """auto, light or dark: kept in a cookie, so that the first byte of a page already knows."""
    chosen = request.COOKIES.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def shell(request: Any) -> dict[str, Any]:
    """`theme`, `languages` and, inside a workspace, `rail`, `member`, `workspace` and the other `workspaces`."""
    values: dict[str, Any] = {"theme": theme(request), "themes": THEMES, "languages": settings.LANGUAGES}
    if member := getattr(request, "member", None):
        rail: Any = SimpleLazyObject(lambda: _rail(request))
        values |= {
            "member": member,
            "workspace": member.workspace,
            "rail": SimpleLazyObject(lambda: [e for e in rail if e.place.in_rail]),
            "foot": SimpleLazyObject(lambda: [e for e in rail if not e.place.in_rail]),
            "creations": SimpleLazyObject(lambda: places.creations(member)),
            "workspaces": SimpleLazyObject(lambda: queries.memberships(request.user)),
            "is_new_installation": SimpleLazyObject(lambda: not queries.anybody()),
        }
    return values
