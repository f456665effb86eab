"""What the settings give to the shell: their pages for Ctrl-K, and a step of the first-run checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from resonanz.foundation.workspaces import queries
from resonanz.foundation.workspaces.roles import Permission
from resonanz.web.places import Entry, Step, link
from resonanz.web.settings.tabs import PAGES, WORDS

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member


def commands(member: Member) -> list[Entry]:
    return [
        Entry(
            name,
            link(member.workspace, f"settings:{page}"),
            icon="settings",
            hint=_("Settings"),
            words=WORDS[page],
        )
        for page, name in PAGES.items()
        if page != "index"
    ]


def search(member: Member, text: str) -> list[Entry]:
    url = link(member.workspace, "settings:people")
    people = queries.members(member.workspace)
    wanted = text.casefold()
    return [
        Entry(str(p), url, icon="user", hint=p.user.email)
        for p in people
        if wanted in str(p).casefold() or wanted in p.user.email
    ][:5]


def steps(member: Member) -> list[Step]:
    if not member.may(Permission.MANAGE):
        return []
    alone = queries.members(member.workspace).count() < 2
    return [
        Step(
            50,
            _("Invite a colleague"),
            _("Whoever answers and whoever approves: each with their own role."),
            link(member.workspace, "settings:people"),
            done=not alone,
        )
    ]
