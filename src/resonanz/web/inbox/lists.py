"""The list of conversations: what an address asks for, and what the templates need to show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from resonanz.foundation.channels import queries as channels
from resonanz.foundation.workspaces import queries as workspaces
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations import lists as conversations
from resonanz.inbound.conversations import queries
from resonanz.inbound.conversations.lists import Filter, View
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment import queries as enrichment
from resonanz.web.access import WorkspaceRequest
from resonanz.web.meanings import KINDS, MOODS, SIGNS
from resonanz.web.once import once_a_request

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Department, Member
    from resonanz.inbound.conversations.models import Label
    from resonanz.inbound.enrichment.models import OwnAspect

VIEWS: dict[View, tuple[str | Promise, str]] = {
    View.OPEN: (pgettext_lazy("inbox list", "Open"), "inbox"),
    View.URGENT: (pgettext_lazy("inbox list", "Most urgent first"), "flag"),
    View.WAITING: (pgettext_lazy("inbox list", "Waiting longest"), "hourglass"),
    View.MINE: (pgettext_lazy("inbox list", "Mine"), "user"),
    View.UNASSIGNED: (pgettext_lazy("inbox list", "Nobody’s yet"), "user-question"),
    View.PENDING: (pgettext_lazy("inbox list", "Pending"), "message-pause"),
    View.SNOOZED: (pgettext_lazy("inbox list", "Snoozed"), "bell-z"),
    View.RESOLVED: (pgettext_lazy("inbox list", "Resolved"), "circle-check"),
    View.ALL: (pgettext_lazy("inbox list", "All"), "messages"),
}
# Worth a number: what somebody still has to do.
COUNTED = (View.OPEN, View.MINE, View.UNASSIGNED)


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu of lists or filters."""

    name: object
    query: str
    active: bool
    icon: str = ""
    count: int = 0


def wanted(data: QueryDict) -> Filter:
    """The filter an address names; whatever makes no sense is left out."""
    try:
        view = View(data.get("view", ""))
    except ValueError:
        view = View.OPEN
    return Filter(
        view=view,
        channel=_number(data, "channel"),
        label=_number(data, "label"),
        department=_number(data, "department"),
        mood=_one_of(data, "mood", MOODS),
        kind=_one_of(data, "kind", marks.KINDS),
        about=_one_of(data, "about", marks.ASPECTS),
        own=_number(data, "own"),
        words=" ".join(data.get("q", "").split())[:80],
    )


def _number(data: QueryDict, name: str) -> int | None:
    value = data.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _one_of(data: QueryDict, name: str, known: Sequence[str]) -> str:
    value = data.get(name, "")
    return value if value in known else ""


def query(chosen: Filter, **changed: Any) -> str:
    """The address's query for a filter, with something changed; shows nothing that is usual."""
    values = {
        "view": "" if chosen.view is View.OPEN else chosen.view.value,
        "channel": chosen.channel,
        "label": chosen.label,
        "department": chosen.department,
        "mood": chosen.mood,
        "kind": chosen.kind,
        "about": chosen.about,
        "own": chosen.own,
        "q": chosen.words,
    } | changed
    return urlencode({name: value for name, value in values.items() if value})


def page(request: WorkspaceRequest) -> dict[str, Any]:
    """The rows of the asked page, and the query that leads back to it."""
    values = frame(request)
    listed = conversations.listed(request.member, values["chosen"], request.GET.get("after", ""))
    following = query(values["chosen"], after=listed.next) if listed.next else ""
    return values | {"rows": listed.rows, "next": following}


def frame(request: WorkspaceRequest) -> dict[str, Any]:
    """The list without its rows, which the browser then asks for where it has room to show them."""
    chosen = wanted(request.GET)
    return {
        "rows": None,
        "query": query(chosen),
        "chosen": chosen,
        "may_answer": request.member.may(Permission.ANSWER),
        "own_aspects": own_aspects(request.member),
        "is_narrowed": bool(query(replace(chosen, view=View.OPEN))),
    }


# What conversations are sorted by; the menus and the open conversation both ask.
@once_a_request
def labels(member: Member) -> list[Label]:
    return list(queries.labels(member))


@once_a_request
def departments(member: Member) -> list[Department]:
    return list(workspaces.departments(member.workspace))


@once_a_request
def own_aspects(member: Member) -> list[OwnAspect]:
    """What messages are about and only this workspace asks for."""
    return enrichment.own_aspects(member)


@once_a_request
def mine(member: Member) -> int:
    """How many open conversations are the member's own."""
    return conversations.counted(member, View.MINE)


def menus(request: WorkspaceRequest) -> dict[str, Any]:
    """The menus above the list."""
    chosen, member = wanted(request.GET), request.member
    views = [
        Choice(
            name,
            query(chosen, view="" if view is View.OPEN else view.value),
            view is chosen.view,
            icon,
            _count(member, view),
        )
        for view, (name, icon) in VIEWS.items()
    ]
    narrowing = {
        "channels": _choices(chosen, "channel", channels.of(request.workspace)),
        "label_choices": _choices(chosen, "label", labels(member)),
        "department_choices": _choices(chosen, "department", departments(member)),
        "kind_choices": _meant(chosen, "kind", KINDS),
        "mood_choices": _meant(chosen, "mood", MOODS),
        "about_choices": _meant(chosen, "about", marks.ASPECTS),
        "own_choices": [
            replace(choice, icon="tag-starred") for choice in _choices(chosen, "own", own_aspects(member))
        ],
    }
    active = [choice.name for choices in narrowing.values() for choice in choices if choice.active]
    return narrowing | {
        "views": views,
        "view_name": VIEWS[chosen.view][0],
        "narrowed_by": [*active, f"“{chosen.words}”"] if chosen.words else active,
        "most_counted": conversations.COUNTED,
    }


def _count(member: Member, view: View) -> int:
    if view not in COUNTED:
        return 0
    return mine(member) if view is View.MINE else conversations.counted(member, view)


def _meant(chosen: Filter, name: str, outputs: Sequence[str]) -> list[Choice]:
    """An entry for each output; choosing the active one again takes the filter away."""
    active = getattr(chosen, name)
    return [
        Choice(
            str(SIGNS[output].name),
            query(chosen, **{name: "" if output == active else output}),
            output == active,
            SIGNS[output].icon,
        )
        for output in outputs
    ]


def _choices(chosen: Filter, name: str, things: Any) -> list[Choice]:
    """An entry for each thing; choosing the active one again takes the filter away."""
    active = getattr(chosen, name)
    return [
        Choice(thing, query(chosen, **{name: "" if thing.pk == active else thing.pk}), thing.pk == active)
        for thing in things
    ]
