"""What the inbox gives to the shell: a number in the rail, a section of Today, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations import lists as conversations
from resonanz.inbound.conversations import queries
from resonanz.inbound.conversations.lists import Filter, View
from resonanz.web.inbox import lists
from resonanz.web.meanings import SIGNS
from resonanz.web.places import Entry, Section, Step, link

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member

SHOWN_TODAY = 6
FOUND = 5
# Of what waits for an answer, each by how many.
_TODAY: dict[str, Any] = {
    "complaint": ngettext_lazy("complaint waits", "complaints wait", "n"),
    "question": ngettext_lazy("question waits", "questions wait", "n"),
    "praise": ngettext_lazy(
        "word of praise to say thank you for", "words of praise to say thank you for", "n"
    ),
    "toxic": ngettext_lazy("hostile message to look at", "hostile messages to look at", "n"),
}


def badge(member: Member) -> int:
    """What is mine and open; for those who do not answer, nothing."""
    return lists.mine(member) if member.may(Permission.ANSWER) else 0


def today(member: Member) -> list[Section]:
    """Who is to be seen first, and how many wait with what."""
    count = conversations.counted(member, View.WAITING)
    if not count:
        return []
    first = conversations.listed(member, Filter(view=View.URGENT), limit=SHOWN_TODAY)
    meant = conversations.meant_in(member, View.WAITING, tuple(_TODAY))
    context = {
        "rows": [row for row in first.rows if row.waiting_since],
        "count": count,
        "meant": [(SIGNS[name], n, _TODAY[name] % {"n": n}) for name, n in meant.items() if n],
    }
    return [Section(order=10, template="inbox/today.html", context=context)]


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
