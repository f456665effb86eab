"""The first page, the set-up of a company, the way in by invitation."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from resonanz.demo import company
from resonanz.foundation.workspaces import queries, services
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.start import key
from resonanz.web.start.forms import CompanyForm, PersonForm, SetUpForm

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The first page: into the workspace, to the sign-in, or, on a new installation, to the choice of two."""
    if request.user.is_authenticated:
        return _home(request)
    if queries.anybody():
        return redirect_to_login("/")
    allowed = key.remember(request)
    if request.method == "POST" and allowed:
        return redirect("start:index")
    status = 403 if request.method == "POST" else 200
    return render(request, "start/welcome.html", {"allowed": allowed, "wrong": status == 403}, status=status)


def _home(request: HttpRequest) -> HttpResponse:
    memberships = list(queries.memberships(request.user))
    if not memberships:
        return redirect("start:new_company")
    slugs = [m.workspace.slug for m in memberships]
    last = request.session.get("workspace")
    return redirect("workspace", last if last in slugs else slugs[0])


@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    if queries.anybody():
        return redirect("start:index")
    if not key.remember(request):
        raise PermissionDenied("set_up")
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = services.set_up(language=get_language() or "de", **form.cleaned_data)
        login(request, member.user, backend=BACKEND)
        return redirect("workspace", member.workspace.slug)
    return render(request, "start/set_up.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def new_company(request: HttpRequest) -> HttpResponse:
    """Somebody who belongs nowhere (yet) may start a company of their own."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        member = services.create_workspace(
            request.user,  # type: ignore[arg-type]
            name=values["company"],
            timezone=values["timezone"],
            language=get_language() or "de",
        )
        return redirect("workspace", member.workspace.slug)
    return render(request, "start/new_company.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link. People with a sign-in use it; others choose a name and a password here."""
    invitation = services.open_invitation(token)
    if invitation is None:
        return render(request, "start/invitation_gone.html", status=410)
    context: dict[str, Any] = {"invitation": invitation}
    if request.user.is_authenticated:
        if request.method == "POST":
            with suppress(services.Refused):  # a member already; the invitation stays open for somebody else
                services.accept_invitation(token, request.user)
            return redirect("workspace", invitation.workspace.slug)
        return render(request, "start/join.html", context)
    if queries.person(invitation.email):
        return redirect_to_login(request.get_full_path())
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = services.accept_as_new_person(token, language=get_language() or "de", **form.cleaned_data)
        login(request, member.user, backend=BACKEND)
        return redirect("workspace", member.workspace.slug)
    return render(request, "start/join.html", context | {"form": form}, status=422 if form.errors else 200)


@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """Build the demo company, or step into the one there is: as oneself, on a new installation as its owner."""
    if request.user.is_authenticated:
        member = company.create(request.user)
    elif not queries.anybody() and key.remember(request):
        member = company.create()
        login(request, member.user, backend=BACKEND)
    else:
        raise PermissionDenied("demo")
    return redirect("workspace", member.workspace.slug)


@require_POST
@workspace_page
def leave_demo(request: WorkspaceRequest) -> HttpResponseBase:
    """Forget the demo company with everybody in it."""
    if not request.workspace.is_demo:
        raise PermissionDenied("demo")
    company.remove(request.member)
    messages.success(request, _("The demo company is gone."))
    return redirect("/")
