"""Who may open a page of a workspace, and in whose time and language it is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from resonanz.foundation.workspaces import queries

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member, Workspace

P = ParamSpec("P")


class WorkspaceRequest(HttpRequest):
    """A request to a page of a workspace, from one of its members."""

    workspace: Workspace
    member: Member
    htmx: HtmxDetails


Page = Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]


def _to_login(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in page; for a fragment the whole page must go there."""
    if getattr(request, "htmx", False):
        here = request.htmx.current_url_abs_path or request.get_full_path()  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(here).url)
    return redirect_to_login(request.get_full_path())


def workspace_page(view: Page[P]) -> Callable[..., HttpResponseBase]:
    """Resolve the address's workspace and its member, then show the page in the workspace's time zone.

    Strangers go to the sign-in page. Somebody who is not a member gets the same 404 as for a workspace that does
    not exist, so that nobody learns which companies are here.
    """

    @wraps(view)
    def page(request: Any, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_login(request)
        member = queries.membership(request.user, slug)
        if member is None:
            raise Http404
        request.member, request.workspace = member, member.workspace
        if request.session.get("workspace") != slug:
            request.session["workspace"] = slug
        with timezone.override(member.workspace.zone):
            return view(request, *args, **kwargs)

    page.is_workspace_page = True  # type: ignore[attr-defined]
    return page
