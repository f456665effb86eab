"""The places of the workspace as data: who stands in the rail, under which address, and what each gives to the shell.

A place is a Django app whose configuration is a `PlaceConfig`. To add one: write the app under `web/`, name its
configuration in INSTALLED_APPS, done. What the shell asks of a place beyond that stands in the place's optional
module `offers.py`; each function takes the acting member:

    badge(member) -> int                what waits there, shown as a number in the rail
    create(member) -> list[Entry]       entries of the menu *New*
    commands(member) -> list[Entry]     entries of Ctrl-K, beside the place itself
    search(member, text) -> list[Entry] what Ctrl-K finds in the place's own things
    today(member) -> list[Section]      sections of Today
    steps(member) -> list[Step]         entries of the first-run checklist
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from django.apps import AppConfig, apps
from django.urls import include, path, reverse
from django.urls.resolvers import URLResolver
from django.utils.functional import Promise

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member, Workspace

Text = str | Promise


@dataclass(frozen=True)
class Place:
    """One entry of the rail."""

    key: str  # the URL's segment and namespace: /w/<slug>/<key>/, "<key>:index"
    name: Text
    icon: str
    order: int  # Today 10, Inbox 20, Plan 30, Listen 40, Storms 50, Community 60, Insights 70, Strategy 80
    in_rail: bool = True  # settings stand at its foot instead
    words: str = ""  # what else people call it, in both languages, for Ctrl-K


@dataclass(frozen=True)
class Entry:
    """Something one can go to: a command, a search hit, an entry of a menu."""

    name: Text
    url: str
    icon: str = field(kw_only=True)  # by its name, so that tools/assets.py finds it in the source
    hint: Text = ""
    words: str = ""


@dataclass(frozen=True)
class Section:
    """A part of Today, drawn by the place's own template."""

    order: int
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """An entry of the first-run checklist."""

    order: int
    name: Text
    text: Text
    url: str
    done: bool


class PlaceConfig(AppConfig):
    """A Django app that is a place of the workspace."""

    default = False
    place: Place

    def __init_subclass__(cls) -> None:
        # Django takes the one configuration of apps.py that is the default: the place's, not this base.
        cls.default = True


def place_configs() -> list[PlaceConfig]:
    """All installed places, in the rail's order."""
    found = [c for c in apps.get_app_configs() if isinstance(c, PlaceConfig)]
    return sorted(found, key=lambda c: c.place.order)


def urlpatterns() -> list[URLResolver]:
    """The addresses of all places: /w/<slug>/<key>/…"""
    return [path(f"w/<slug:slug>/{c.place.key}/", include(f"{c.name}.urls")) for c in place_configs()]


def link(workspace: Workspace, name: str, *args: object) -> str:
    """The address of the page `name` ("inbox:conversation") in a workspace."""
    return _address(name, workspace.slug, *args)


@lru_cache(maxsize=4096)  # a page names the same few addresses again and again
def _address(name: str, *args: object) -> str:
    return reverse(name, args=args)


@cache
def _offers(config_name: str) -> ModuleType | None:
    name = f"{config_name}.offers"
    return import_module(name) if find_spec(name) else None


def _gathered(what: str, member: Member, *args: object) -> Iterator[Any]:
    for config in place_configs():
        if offer := getattr(_offers(config.name), what, None):
            yield from offer(member, *args)


def badge(config: PlaceConfig, member: Member) -> int:
    """How much waits in a place; 0 where it counts nothing."""
    offer = getattr(_offers(config.name), "badge", None)
    return cast(int, offer(member)) if offer else 0


def creations(member: Member) -> list[Entry]:
    return list(_gathered("create", member))


def commands(member: Member) -> list[Entry]:
    """Every page that Ctrl-K can open for this member."""
    workspace = member.workspace
    pages = [
        Entry(c.place.name, link(workspace, f"{c.place.key}:index"), icon=c.place.icon, words=c.place.words)
        for c in place_configs()
    ]
    return [*pages, *creations(member), *_gathered("commands", member)]


def found(member: Member, text: str) -> list[Entry]:
    """What the places' own searches find."""
    return list(_gathered("search", member, text))


def sections(member: Member) -> list[Section]:
    return sorted(_gathered("today", member), key=lambda s: s.order)


def steps(member: Member) -> list[Step]:
    return sorted(_gathered("steps", member), key=lambda s: s.order)
