"""What is kept of people: for how long, and one person's data handed out or erased."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from resonanz.foundation.workspaces.roles import Permission
from resonanz.foundation.workspaces.services import set_retention
from resonanz.inbound.privacy import queries, services
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.places import link
from resonanz.web.settings.forms import RetentionForm
from resonanz.web.settings.tabs import tabs


@require_http_methods(["GET", "POST"])
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    request.member.require(Permission.MANAGE)
    days = request.workspace.retention_days
    form = RetentionForm(days, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_retention(request.member, form.cleaned_data["days"])
        messages.success(request, _("Saved."))
        return redirect(link(request.workspace, "settings:privacy"))
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "tabs": tabs(request, "privacy"),
        "form": form,
        "preview": _preview(request, days),
        "words": words,
        "people": queries.people(request.member, words),
    }
    return render(request, "settings/privacy.html", context, status=422 if form.errors else 200)


def _preview(request: WorkspaceRequest, days: int | None) -> Any:
    return queries.preview(request.member, days) if days else None


@require_safe
@workspace_page
def preview(request: WorkspaceRequest) -> HttpResponseBase:
    """What the chosen time would erase now; nothing is changed."""
    request.member.require(Permission.MANAGE)
    form = RetentionForm(request.workspace.retention_days, request.GET)
    days = form.cleaned_data["days"] if form.is_valid() else None
    return render(request, "settings/retention_preview.html", {"preview": _preview(request, days)})


@require_POST
@workspace_page
def export(request: WorkspaceRequest, author_id: int) -> HttpResponseBase:
    """Everything known of one person, as a file."""
    try:
        known = services.export(request.member, author_id)
    except services.Missing as error:
        raise Http404 from error
    name = f"resonanz-{known['person']['network']}-{author_id}.json"
    text = json.dumps(known, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(text, content_type="application/json", headers=headers)


@require_POST
@workspace_page
def erase(request: WorkspaceRequest, author_id: int) -> HttpResponseBase:
    try:
        gone = services.erase_person(request.member, author_id)
    except services.Missing as error:
        raise Http404 from error
    except services.AnswerUnderway:
        said = _("An answer to this person is on its way right now. Please try again when it is out.")
        messages.error(request, said)
    else:
        said = ngettext("Erased, with %(n)d message.", "Erased, with %(n)d messages.", gone.messages)
        messages.success(request, said % {"n": gone.messages})
    return redirect(link(request.workspace, "settings:privacy"))
