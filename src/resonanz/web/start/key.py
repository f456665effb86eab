"""Who may set up a fresh installation: somebody at the machine itself, or whoever has the key that it printed.

Without this, an installation that is reachable from elsewhere would belong to the first stranger who finds it.
"""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from resonanz.foundation.workspaces.setup import set_up_key

SESSION_KEY = "set-up-allowed"


def _is_local(request: HttpRequest) -> bool:
    """Whether the request comes from this machine and no proxy stands between."""
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def remember(request: HttpRequest) -> bool:
    """Whether this browser may set up the installation. A right key in a form is remembered; no address carries it."""
    if _is_local(request) or request.session.get(SESSION_KEY):
        return True
    if constant_time_compare(request.POST.get("key", "").strip(), set_up_key()):
        request.session[SESSION_KEY] = True
        return True
    return False
