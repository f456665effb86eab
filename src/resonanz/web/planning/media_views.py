"""Handing pictures to members, in a way that no browser can take for anything else."""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from resonanz.foundation.media import queries, services
from resonanz.web.access import WorkspaceRequest, workspace_page


@require_safe
@workspace_page
def original(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    file = queries.find(request.member, pk)
    if file is None:
        raise Http404
    return _sent(file)


@require_safe
@workspace_page
def small(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    file = queries.find(request.member, pk)
    if file is None:
        raise Http404
    return _sent(services.thumbnail(file))


def _sent(stored: services.Stored) -> HttpResponseBase:
    """Only we wrote these bytes; still a browser shall run nothing in them and no shared cache shall keep them."""
    response = FileResponse(stored.open(), content_type=stored.content_type)
    response["Content-Length"] = str(stored.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # A picture never changes under its address; whoever leaves the workspace has seen it anyway.
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
