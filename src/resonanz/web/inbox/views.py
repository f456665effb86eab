"""Reading the inbox: the list, a conversation, a person."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.inbox import lists, panes


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    """The list, and beside it how to begin."""
    values = {**lists.page(request), **lists.menus(request), "show": "list"}
    return render(request, "inbox/index.html", values)


@require_safe
@workspace_page
def rows(request: WorkspaceRequest) -> HttpResponseBase:
    """A page of the list, to be put in place of the first or after the last."""
    template = "inbox/rows.html" if request.GET.get("after") else "inbox/list_body.html"
    return render(request, template, lists.page(request))


@require_safe
@workspace_page
def conversation(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    return panes.shown(request, pk)


@require_safe
@workspace_page
def thread(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """The thread as it is now, for the page that is open."""
    values = panes.thread(request, panes.found(request, pk)) | {"may_answer": panes.may_answer(request)}
    return render(request, "inbox/thread.html", values)
