"""Today: one glance at what waits, in the order in which it matters."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from resonanz.web import places
from resonanz.web.access import WorkspaceRequest, workspace_page


def _hidden_key(request: WorkspaceRequest) -> str:
    return f"checklist-hidden-{request.workspace.pk}"


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    # Whoever looks around in the demo company has nothing to set up.
    steps = [] if request.workspace.is_demo else places.steps(request.member)
    done = sum(step.done for step in steps)
    hidden = request.session.get(_hidden_key(request), False)
    context = {
        "sections": places.sections(request.member),
        "steps": [] if hidden or done == len(steps) else steps,
        "done": done,
    }
    return render(request, "today/index.html", context)


@require_POST
@workspace_page
def hide_checklist(request: WorkspaceRequest) -> HttpResponseBase:
    request.session[_hidden_key(request)] = True
    return redirect(places.link(request.workspace, "today:index"))
