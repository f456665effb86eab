"""The calendar in its three forms, moving what stands in it, and the list of drafts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from resonanz.foundation.workspaces.roles import Permission
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.walltime import BadTime, WallTime
from resonanz.outbound.publishing import queries as publications
from resonanz.outbound.publishing.services import NotAccepted, TooLate
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.planning import calendar, sentences
from resonanz.web.planning.states import FILTERS, LOOKS
from resonanz.web.planning.tabs import tabs


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    view = request.GET.get("view", "")
    if view not in calendar.VIEWS:
        view = request.COOKIES.get("plan-view", "month")
        view = view if view in calendar.VIEWS else "month"
    day, today = _day(request), localdate()
    wanted = _filter(request)
    days = calendar.days(request.workspace, view, day, today, wanted)
    context = {
        "tabs": tabs(request, "index"),
        "view": view,
        "day": day,
        "today": today,
        "before": calendar.step(view, day, forward=False),
        "after": calendar.step(view, day, forward=True),
        "first": days[0].date,
        "last": days[-1].date,
        "days": days,
        "weeks": calendar.weeks(days) if view != "list" else [],
        "any": any(each.entries for each in days),
        "begun": queries.anything(request.workspace),
        "channels": queries.channels(request.workspace),
        "looks": [LOOKS[key] for key in FILTERS],
        "wanted": wanted,
        "query": _query(wanted),
        "may_write": request.member.may(Permission.WRITE),
        "may_publish": request.member.may(Permission.PUBLISH),
    }
    response = render(request, "planning/calendar.html", context)
    response.set_cookie("plan-view", view, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def _day(request: WorkspaceRequest) -> date:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return localdate()
    return day if 1900 < day.year < 9990 else localdate()


def _filter(request: WorkspaceRequest) -> calendar.Filter:
    channel = request.GET.get("channel", "")
    states = frozenset(request.GET.getlist("state")) & frozenset(FILTERS)
    return calendar.Filter(channel=int(channel) if channel.isdecimal() else None, states=states)


def _query(wanted: calendar.Filter) -> str:
    """The filter as the rest of an address."""
    parts = [f"channel={wanted.channel}"] if wanted.channel else []
    return "".join(f"&{part}" for part in [*parts, *(f"state={state}" for state in sorted(wanted.states))])


@require_POST
@workspace_page
def move(request: WorkspaceRequest) -> HttpResponseBase:
    """Put an entry on another day, at the same time on the wall. 409 with a sentence where that cannot be."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        _moved(request, request.POST.get("entry", ""), day)
    except (ValueError, BadTime, TooLate, NotAccepted) as error:
        return JsonResponse({"sentence": _refusal(error)}, status=409)
    return JsonResponse({"sentence": _("Moved.")})


def _moved(request: WorkspaceRequest, handle: str, day: date) -> None:
    kind, _colon, keys = handle.partition(":")
    zone = request.workspace.timezone
    if kind == "d":
        content = queries.find(request.member, keys)
        if content is None or content.plan is None:
            raise ValueError(handle)
        services.plan(request.member, content, WallTime(_on(day, content.plan.local), zone))
        return
    found = list(publications.ledger(request.workspace).filter(key__in=keys.split(",")))
    if not found:
        raise ValueError(handle)
    local = WallTime.of(found[0].planned_at, zone).local
    scheduling.reschedule_all(request.member, found, WallTime(_on(day, local), zone))


def _on(day: date, local: datetime) -> datetime:
    return datetime.combine(day, local.time())


def _refusal(error: Exception) -> Any:
    match error:
        case BadTime(code="missing"):
            return _(
                "On that day the clocks jump over this time. Please choose another time in the entry itself."
            )
        case TooLate():
            return _("It is already being sent, so it stays where it is.")
        case NotAccepted():
            return " ".join(str(sentences.of(problem)) for problem in error.problems)
    return _("That did not work. Please reload the page and try again.")


@require_safe
@workspace_page
def drafts(request: WorkspaceRequest) -> HttpResponseBase:
    page = Paginator(queries.drafts(request.workspace), 24).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs(request, "drafts"),
        "page": page,
        "may_write": request.member.may(Permission.WRITE),
    }
    return render(request, "planning/drafts.html", context)
