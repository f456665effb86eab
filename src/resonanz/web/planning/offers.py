"""What the place gives to the shell: the number of posts that did not go out, new posts, a search, the day's plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from resonanz.foundation.workspaces.roles import Permission
from resonanz.outbound.content import queries
from resonanz.outbound.publishing import queries as publications
from resonanz.web.places import Entry, Step, link

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member


def badge(member: Member) -> int:
    return publications.due_and_not_out(member.workspace).count()


def create(member: Member) -> list[Entry]:
    if not member.may(Permission.WRITE):
        return []
    return [
        Entry(
            _("New post"),
            link(member.workspace, "plan:new"),
            icon="edit",
            words="neuer beitrag post schreiben verfassen write compose",
        )
    ]


def commands(member: Member) -> list[Entry]:
    workspace = member.workspace
    return [
        Entry(_("Drafts"), link(workspace, "plan:drafts"), icon="pencil", words="entwürfe drafts"),
        Entry(
            _("Ledger"), link(workspace, "plan:ledger"), icon="list-details", words="protokoll ledger ausgang"
        ),
        Entry(
            _("Due and not out"),
            link(workspace, "plan:not_out"),
            icon="alert-triangle",
            words="fällig nicht draußen fehlgeschlagen failed late",
        ),
    ]


def search(member: Member, text: str) -> list[Entry]:
    workspace = member.workspace
    found = queries.search(workspace, text)[:5]
    return [
        Entry(str(content), link(workspace, "plan:content", content.key), icon="file-text")
        for content in found
    ]


def steps(member: Member) -> list[Step]:
    workspace = member.workspace
    return [
        Step(
            40,
            _("Plan a post"),
            _("Write once, shape it for each channel, choose a time."),
            link(workspace, "plan:new"),
            done=queries.anything(workspace),
        )
    ]
