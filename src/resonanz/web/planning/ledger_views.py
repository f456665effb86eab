"""The ledger: every publication with its proof or its reason, what one can do about it, and what is due and not out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from resonanz.foundation.channels.queries import of as channels_of
from resonanz.foundation.workspaces.roles import Permission
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries as contents
from resonanz.outbound.content import scheduling
from resonanz.outbound.content.walltime import BadTime, WallTime
from resonanz.outbound.publishing import queries, services
from resonanz.outbound.publishing.machine import UNSENT
from resonanz.outbound.publishing.services import NotAccepted, TooLate
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.places import link
from resonanz.web.planning import sentences
from resonanz.web.planning.states import LOOKS, MEANS, Look
from resonanz.web.planning.tabs import tabs

if TYPE_CHECKING:
    from resonanz.outbound.publishing.models import Publication

STATES = ("scheduled", "published", "checking", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """A publication as a row of the ledger."""

    publication: Publication
    look: Look
    reason: sentences.Reason | None
    content: Any  # the Content it came from, or None
    late: timedelta | None  # how long it has been due


def rows(publications: list[Publication]) -> list[Row]:
    outings = contents.outings_of(publications)
    return [
        Row(
            publication=publication,
            look=LOOKS[publication.state],
            reason=sentences.why(publication),
            content=outings[publication.pk].variant.content if publication.pk in outings else None,
            late=now() - publication.planned_at if publication.planned_at < now() else None,
        )
        for publication in publications
    ]


@require_safe
@workspace_page
def ledger(request: WorkspaceRequest) -> HttpResponseBase:
    given = request.GET
    state = given.get("state", "") if given.get("state") in STATES else ""
    channels = list(channels_of(request.workspace))
    channel = next((c for c in channels if str(c.pk) == given.get("channel")), None)
    text, since = given.get("q", "").strip()[:200], _date(given.get("since", ""))
    found = queries.ledger(
        request.workspace,
        states=MEANS.get(state, {state} if state else ()),
        channel=channel,
        since=datetime.combine(since, time(), request.workspace.zone) if since else None,
        text=text,
    )
    page = Paginator(found, 30).get_page(given.get("page"))
    context = {
        "tabs": tabs(request, "ledger"),
        "page": page,
        "rows": rows(list(page)),
        "state": state,
        "channel": channel,
        "channels": channels,
        "text": text,
        "since": since,
        "looks": [LOOKS[key] for key in STATES],
        "query": _query(request),
    }
    return render(request, "planning/ledger.html", context)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _query(request: WorkspaceRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode() + "&" if kept else ""


@require_safe
@workspace_page
def not_out(request: WorkspaceRequest) -> HttpResponseBase:
    found = rows(list(queries.due_and_not_out(request.workspace)[:200]))
    context = {
        "tabs": tabs(request, "not_out"),
        "rows": [(row, actions(request, row.publication)) for row in found],
        "today": queries.counts(request.workspace, *_today(request)),
    }
    return render(request, "planning/not_out.html", context)


def _today(request: WorkspaceRequest) -> tuple[datetime, datetime]:
    day = datetime.now(request.workspace.zone).date()
    start = datetime.combine(day, time(), request.workspace.zone)
    return start, datetime.combine(day + timedelta(days=1), time(), request.workspace.zone)


@dataclass(frozen=True, slots=True)
class Action:
    """A button. confirm: the question that is asked first; danger: it cannot be taken back."""

    what: str
    name: str
    icon: str
    primary: bool = False
    confirm: str = ""


def actions(request: WorkspaceRequest, publication: Publication) -> list[Action]:
    """What this member can do about a publication right now."""
    answers = publication.origin == "answer"
    if not request.member.may(Permission.ANSWER if answers else Permission.PUBLISH):
        return []
    match publication.state:
        case "failed":
            return [
                # What the network refused it will refuse again; then the way leads to the content.
                Action("retry", _("Try again"), icon="refresh", primary=not publication.state_field),
                Action(
                    "cancel",
                    _("Give up"),
                    icon="ban",
                    confirm=_("This post will not go out. Its content stays."),
                ),
            ]
        case "checking":
            ask = _("Did you see the post on the network yourself? It is then kept as published.")
            absent = _("Are you sure that it is not there? You can then send it again.")
            return [
                Action("confirm", _("It is there"), icon="circle-check", confirm=ask),
                Action("deny", pgettext("publication", "It is not there"), icon="x", confirm=absent),
            ]
        case state if state in UNSENT:
            late = publication.planned_at < now()
            return [
                Action(
                    "now", _("Send now"), icon="send", primary=late, confirm=_("This post goes out at once.")
                ),
                Action(
                    "cancel",
                    pgettext("publication", "Cancel"),
                    icon="ban",
                    confirm=_("This post will not go out. Its content stays."),
                ),
            ]
    return []


@require_safe
@workspace_page
def publication(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    found = _publication(request, key)
    outing = contents.outings_of([found]).get(found.pk)
    local = WallTime.of(found.planned_at, request.workspace.timezone)
    context = {
        "row": rows([found])[0],
        "publication": found,
        "outing": outing,
        "actions": actions(request, found),
        "movable": found.state in UNSENT and request.member.may(Permission.PUBLISH),
        "local": local,
        "zone": request.workspace.timezone,
        "pictures": list(found.enclosures.select_related("file")),
    }
    return render(request, "planning/publication.html", context)


@require_POST
@workspace_page
def act(request: WorkspaceRequest, key: str, what: str) -> HttpResponseBase:
    """Do something about a publication, and say what came of it."""
    found = _publication(request, key)
    if what not in ACTS:
        raise Http404
    do, done = ACTS[what]
    try:
        do(request, found)
        messages.success(request, str(done()))
    except TooLate as error:
        look = LOOKS[error.state]
        messages.warning(request, _("That is no longer possible: {state}.").format(state=look.word))
    except BadTime as error:
        missing = error.code == "missing"
        messages.error(
            request,
            _("At that time the clocks are put forward: it does not exist. Nothing was changed.")
            if missing
            else _("Please give a date and a time."),
        )
    except NotAccepted as error:
        messages.error(request, " ".join(sentences.of(problem) for problem in error.problems))
    except scheduling.NotReady as error:
        every = [sentences.of(f.problem) for each in error.findings.values() for f in each]
        messages.error(request, " ".join(every))
    outing = contents.outings_of([found]).get(found.pk)
    back = {
        "not_out": link(request.workspace, "plan:not_out"),
        "content": link(request.workspace, "plan:content", outing.variant.content.key) if outing else "",
    }
    return redirect(
        back.get(request.POST.get("back", "")) or link(request.workspace, "plan:publication", key)
    )


def _reschedule(request: WorkspaceRequest, found: Publication) -> None:
    given = request.POST
    wall = WallTime.parse(
        given.get("local", ""), request.workspace.timezone, second=given.get("second") == "yes"
    )
    scheduling.reschedule(request.member, found, wall)


Act = tuple[Callable[[WorkspaceRequest, "Publication"], object], Callable[[], str]]
ACTS: dict[str, Act] = {
    "retry": (lambda r, p: services.retry(r.member, p), lambda: _("It is tried again now.")),
    "cancel": (lambda r, p: scheduling.cancel(r.member, p), lambda: _("Cancelled. It will not go out.")),
    "now": (lambda r, p: scheduling.reschedule(r.member, p, None), lambda: _("It goes out now.")),
    "reschedule": (_reschedule, lambda: _("The time was changed.")),
    "confirm": (
        lambda r, p: services.confirm_published(r.member, p, r.POST.get("url", "").strip()),
        lambda: _("Kept as published, on your word."),
    ),
    "deny": (
        lambda r, p: services.confirm_not_published(r.member, p),
        lambda: _("Noted: it is not there. You can send it again."),
    ),
    "replace": (
        lambda r, p: scheduling.replace(r.member, p, r.POST.get("key") or new_key()),
        lambda: _("The scheduled post now says what you wrote."),
    ),
}


def _publication(request: WorkspaceRequest, key: str) -> Publication:
    found = queries.ledger(request.workspace).filter(key=key).first()
    if found is None:
        raise Http404
    return found
