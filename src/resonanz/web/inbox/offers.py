"""What the inbox gives to the shell: a number in the rail, a section of Today, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations import lists as conversations
from resonanz.inbound.conversations import queries
from resonanz.inbound.conversations.lists import Filter, View
from resonanz.web.inbox import lists
from resonanz.web.places import Entry, Section, Step, link

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member

SHOWN_TODAY = 6
FOUND = 5


def badge(member: Member) -> int:
    """What is mine and open; for those who do not answer, nothing."""
    return lists.mine(member) if member.may(Permission.ANSWER) else 0


def today(member: Member) -> list[Section]:
    """Whoever waits longest for an answer, first."""
    waiting = conversations.listed(member, Filter(view=View.WAITING), limit=SHOWN_TODAY)
    if not waiting.rows:
        return []
    count = conversations.counted(member, View.WAITING)
    return [Section(order=10, template="inbox/today.html", context={"rows": waiting.rows, "count": count})]


def search(member: Member, text: str) -> list[Entry]:
    found = conversations.listed(member, Filter(view=View.ALL, words=text), limit=FOUND)
    return [
        Entry(
            name=str(row.author),
            url=link(member.workspace, "inbox:conversation", row.pk),
            icon="message",
            hint=row.text[:60],
        )
        for row in found.rows
    ]


def steps(member: Member) -> list[Step]:
    """One of the first-run checklist: answer somebody."""
    return [
        Step(
            order=30,
            name=_("Answer a message"),
            text=_("What people say to your channels arrives in the inbox."),
            url=link(member.workspace, "inbox:index"),
            done=queries.has_answered(member),
        )
    ]
