"""The shell's own pages: theme, language, Ctrl-K, the app's manifest, the gallery of components."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from resonanz.foundation.workspaces import services
from resonanz.web import places
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.context import THEMES

A_YEAR = timedelta(days=365)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the form stood on, if that is one of ours."""
    target = request.POST.get("next", "/")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if ours else "/")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=204) if getattr(request, "htmx", False) else _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language with the person, or in a cookie for somebody who is not signed in."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if check_for_language(chosen):
        if request.user.is_authenticated:
            services.update_profile(request.user, language=chosen)
        response.set_cookie(
            "django_language", chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a browser needs to install Resonanz as an app."""
    sizes = (
        ("icon-192", "192x192", "any"),
        ("icon-512", "512x512", "any"),
        ("icon-maskable", "512x512", "maskable"),
    )
    content = {
        "name": "Resonanz",
        "short_name": "Resonanz",
        "description": _("Listen, answer, publish."),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f3ee",
        "theme_color": "#0f5c5c",
        "icons": [
            {"src": static(f"vendor/{name}.png"), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in sizes
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@workspace_page
def workspace_home(request: WorkspaceRequest) -> HttpResponseBase:
    """A workspace opens with its first place."""
    first = places.place_configs()[0].place
    return redirect(places.link(request.workspace, f"{first.key}:index"))


@require_safe
@workspace_page
def commands(request: WorkspaceRequest) -> HttpResponseBase:
    """The list of Ctrl-K: everything without a text, what fits with one."""
    text = " ".join(request.GET.get("q", "").split())[:80]
    entries = [e for e in places.commands(request.member) if _fits(e, text)]
    found = places.found(request.member, text) if len(text) > 1 else []
    return render(request, "web/commands.html", {"entries": entries[:12], "found": found[:12], "text": text})


def _fits(entry: places.Entry, text: str) -> bool:
    """Whether every typed word begins a word of the entry, in either language."""
    haystack = f"{entry.name} {entry.hint} {entry.words}".casefold().replace("-", " ").split()
    return all(any(word.startswith(part) for word in haystack) for part in text.casefold().split())


@require_safe
@workspace_page
def components(request: WorkspaceRequest) -> HttpResponseBase:
    """The gallery: every component with an example, for those who build pages. Only with RESONANZ_DEBUG."""
    messages.success(request, _("Saved."))
    moments: dict[str, Any] = {
        "just": now() - timedelta(seconds=20),
        "minutes": now() - timedelta(minutes=5),
        "hours": now() - timedelta(hours=3),
        "yesterday": now() - timedelta(days=1),
        "ahead": now() + timedelta(minutes=50),
    }
    return render(request, "web/gallery.html", {"moments": moments, "shades": range(8)})
