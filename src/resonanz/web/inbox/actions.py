"""What people do with conversations from the page. Services check and audit; here a form becomes a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from resonanz.foundation.workspaces import queries as workspaces
from resonanz.inbound.conversations import presence as presences
from resonanz.inbound.conversations import queries, services
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.snoozing import Snooze, comes_back, on_the_clock
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.inbox import lists, panes
from resonanz.web.places import link

SETTABLE = (Status.OPEN, Status.PENDING, Status.RESOLVED)


@require_POST
@workspace_page
def status(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    chosen = request.POST.get("status", "")
    if chosen not in SETTABLE:
        raise Http404
    services.set_status(request.member, panes.guarded_ids(request, pk), Status(chosen))
    return panes.shown(request, pk, changed=True)


@require_POST
@workspace_page
def snooze(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    ids = panes.guarded_ids(request, pk)
    try:
        services.snooze(request.member, ids, _until(request))
    except ValueError:
        messages.warning(request, _("Choose a moment in the future, at most a year away."))
    return panes.shown(request, pk, changed=True)


def _until(request: WorkspaceRequest) -> datetime:
    """The moment the form means: one of the choices, or a time on the company's clock. Raises ValueError."""
    zone = request.workspace.zone
    if choice := request.POST.get("choice", ""):
        return comes_back(Snooze(choice), now(), zone)
    wall = datetime.fromisoformat(request.POST.get("until", ""))
    return on_the_clock(wall.replace(tzinfo=None), zone)


@require_POST
@workspace_page
def assign(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    ids = panes.guarded_ids(request, pk)
    chosen = request.POST.get("member", "")
    people = {str(person.pk): person for person in queries.answerers(request.member)}
    if chosen and chosen not in people:
        raise Http404
    services.assign(request.member, ids, people.get(chosen))
    return panes.shown(request, pk, changed=True)


@require_POST
@workspace_page
def department(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    ids = panes.guarded_ids(request, pk)
    chosen = request.POST.get("department", "")
    known = {str(one.pk): one for one in workspaces.departments(request.workspace)}
    if chosen and chosen not in known:
        raise Http404
    services.move(request.member, ids, known.get(chosen))
    return panes.shown(request, pk, changed=True)


@require_POST
@workspace_page
def label(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Put a label on, by its name, or take one off."""
    ids = panes.guarded_ids(request, pk)
    if name := request.POST.get("add", "").strip():
        services.add_label(request.member, ids, name)
    known = {str(one.pk): one for one in queries.labels(request.member)}
    if gone := known.get(request.POST.get("remove", "")):
        services.remove_label(request.member, ids, gone)
    return panes.shown(request, pk, changed=True)


@require_POST
@workspace_page
def note(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    ids = panes.guarded_ids(request, pk)
    if text := request.POST.get("note", "").strip():
        services.add_note(request.member, ids[0], text)
    return panes.shown(request, pk, changed=True)


@require_POST
@workspace_page
def presence(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Say that one is here, and learn who else is."""
    conversation = panes.found(request, pk)
    if not panes.may_answer(request):
        others = presences.others(request.member, conversation)
    else:
        is_writing = request.POST.get("writing") == "yes"
        others = presences.look(request.member, conversation, writing=is_writing)
    return render(request, "inbox/presence.html", {"others": others})


def _taken(request: WorkspaceRequest, ids: list[int]) -> int:
    return services.assign(request.member, ids, request.member)


def _labelled(request: WorkspaceRequest, ids: list[int]) -> int:
    services.add_label(request.member, ids, request.POST.get("label", ""))
    return len(ids)


BULK: dict[str, Callable[[WorkspaceRequest, list[int]], int]] = {
    "open": lambda request, ids: services.set_status(request.member, ids, Status.OPEN),
    "pending": lambda request, ids: services.set_status(request.member, ids, Status.PENDING),
    "resolved": lambda request, ids: services.set_status(request.member, ids, Status.RESOLVED),
    "take": _taken,
    "label": _labelled,
}


@require_POST
@workspace_page
def bulk(request: WorkspaceRequest) -> HttpResponseBase:
    """One action for everything that is ticked."""
    ids = [int(value) for value in request.POST.getlist("ids") if value.isascii() and value.isdigit()]
    act = BULK.get(request.POST.get("action", ""))
    if act is None or len(ids) > services.MOST_AT_ONCE or any(number >= 2**63 for number in ids):
        raise Http404
    try:
        changed = act(request, ids)
    except services.NotThere as error:
        raise Http404 from error
    except ValueError:
        messages.warning(request, _("A label needs a name."))
    else:
        text = ngettext("{n} conversation changed.", "{n} conversations changed.", changed)
        messages.success(request, text.format(n=changed))
    return _list_again(request)


def _list_again(request: WorkspaceRequest) -> HttpResponse:
    if not request.htmx:
        return redirect(link(request.workspace, "inbox:index"))
    response = render(request, "inbox/list_body.html", lists.page(request))
    return trigger_client_event(response, "inbox-changed")
