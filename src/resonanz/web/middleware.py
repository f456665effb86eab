"""What every response needs: the person's language, and messages that reach the page after a fragment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]


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
