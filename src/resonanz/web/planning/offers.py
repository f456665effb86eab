"""What the place gives to the shell: the number of posts that did not go out, new posts, a search, the day's plan."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from resonanz.foundation.workspaces.roles import Permission
from resonanz.outbound.content import queries
from resonanz.outbound.publishing import queries as publications
from resonanz.web.places import Entry, Section, Step, link
from resonanz.web.planning.ledger_views import rows
from resonanz.web.planning.tabs import not_out

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member

SHOWN_TODAY = 5


def badge(member: Member) -> int:
    return not_out(member)


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


def today(member: Member) -> list[Section]:
    """What was due and is not out, and what goes out until midnight."""
    workspace = member.workspace
    midnight = datetime.combine(
        now().astimezone(workspace.zone).date() + timedelta(days=1), time(), workspace.zone
    )
    coming = publications.in_range(workspace, now(), midnight).filter(origin="content")
    found = []
    if count := not_out(member):
        shown = rows(list(publications.due_and_not_out(workspace)[:SHOWN_TODAY]))
        found.append(Section(15, "planning/today_not_out.html", {"rows": shown, "count": count}))
    if count := coming.count():
        shown = rows(list(coming[:SHOWN_TODAY]))
        found.append(Section(20, "planning/today_coming.html", {"rows": shown, "count": count}))
    return found


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
