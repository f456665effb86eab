"""What Channels gives to the shell: a warning where access was lost, the first step of the checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from resonanz.foundation.channels import queries
from resonanz.foundation.workspaces.roles import Permission
from resonanz.web.places import Entry, Section, Step, link

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member

ACCESS_LOST = "access_lost"


def badge(member: Member) -> int:
    """Channels that need a person."""
    return queries.of(member.workspace).filter(state=ACCESS_LOST).count()


def commands(member: Member) -> list[Entry]:
    if not member.may(Permission.CONNECT):
        return []
    url = link(member.workspace, "channels:choose")
    return [
        Entry(
            _("Connect a channel"), url, icon="plug", words="kanal verbinden connect channel hinzufügen add"
        )
    ]


def search(member: Member, text: str) -> list[Entry]:
    url = link(member.workspace, "channels:index")
    found = [c for c in queries.of(member.workspace) if text.casefold() in f"{c} {c.name}".casefold()]
    return [Entry(str(c), url, icon="plug-connected", hint=_("Channel")) for c in found[:5]]


def today(member: Member) -> list[Section]:
    lost = list(queries.of(member.workspace).filter(state=ACCESS_LOST))
    return [Section(5, "channels/today.html", {"lost": lost})] if lost else []


def steps(member: Member) -> list[Step]:
    if not member.may(Permission.CONNECT):
        return []
    url = link(member.workspace, "channels:choose")
    text = _("A profile on Bluesky or Mastodon, or a feed to listen to.")
    return [Step(10, _("Connect a channel"), text, url, done=queries.of(member.workspace).exists())]
