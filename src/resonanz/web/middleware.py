"""Around every page: typed text without NUL, the person's language, messages that reach the page after a fragment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]


def without_nul(get_response: GetResponse) -> GetResponse:
    """Take the character NUL out of what comes in: nobody types it, and PostgreSQL takes it for a fault."""

    def middleware(request: Any) -> HttpResponse:
        request.GET = _without_nul(request.GET)
        if request.method == "POST":
            request.POST = _without_nul(request.POST)
        return get_response(request)

    return middleware


def _without_nul(given: QueryDict) -> QueryDict:
    if not any("\0" in value for _name, values in given.lists() for value in values):
        return given
    clean = given.copy()
    for name, values in given.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def language(get_response: GetResponse) -> GetResponse:
    """Speak the signed-in person's language; strangers get the browser's (LocaleMiddleware)."""

    def middleware(request: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.language != translation.get_language():
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def fragment_messages(get_response: GetResponse) -> GetResponse:
    """Append waiting messages to an htmx fragment, to be swapped into the page's list of messages."""

    def middleware(request: Any) -> HttpResponse:
        response = get_response(request)
        is_fragment = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
        leaves = "HX-Redirect" in response or "HX-Refresh" in response or "HX-Location" in response
        html = response.get("Content-Type", "").startswith("text/html")
        if is_fragment and html and response.status_code == 200 and not leaves and not response.streaming:
            fragment = render_to_string("components/messages.html", {"oob": True}, request)
            if fragment.strip():
                response.content += fragment.encode()
        return response

    return middleware
