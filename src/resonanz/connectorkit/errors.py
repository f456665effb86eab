"""How a call to a network can fail, and what each failure means.

ConnectorError
├── Unavailable            it did not happen: try later
│   └── RateLimited        it did not happen: try at `retry_at`
├── OutcomeUnknown         it may have happened: ask the network, never repeat blindly
├── Rejected               it did not happen and never will as it is: a person must change it
├── AccessLost             we may not (any longer): a person must reconnect
└── NotFound               what it is about is gone

Errors carry codes; the sentences people read are in the user interface. `detail` is for the engineer's log and the
network's own reason, with secrets already removed by the door.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum


class Effect(Enum):
    """What a request does, and so what a missing answer means."""

    READ = "read"  # nothing
    REPEATABLE = "repeatable"  # the same if done twice
    WRITE = "write"  # something that must not happen twice


class ConnectorError(Exception):
    """Something between us and a network went wrong in a way we know."""

    code = "error"

    def __init__(self, reason: str = "", *, detail: str = "") -> None:
        super().__init__(reason or self.code, detail)
        self.reason = reason or self.code  # stable code: unreachable, timeout, server_error, unreadable, …
        self.detail = detail[:500]

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


class Unavailable(ConnectorError):
    """The network could not do it now; nothing happened there."""

    code = "unavailable"


class RateLimited(Unavailable):
    """Too many requests. `retry_at` (aware, UTC) is when to come back; `scope` names what is exhausted."""

    code = "rate_limited"

    def __init__(self, retry_at: datetime, *, scope: str = "channel", detail: str = "") -> None:
        super().__init__("rate_limited", detail=detail)
        self.retry_at = retry_at
        self.scope = scope


class OutcomeUnknown(ConnectorError):
    """The request went out and no usable answer came back."""

    code = "outcome_unknown"


class Rejected(ConnectorError):
    """The network refused the content. `field` is what to change (text, media, reply_to …), `reason` a code."""

    code = "rejected"

    def __init__(self, reason: str = "", *, field: str = "", detail: str = "") -> None:
        super().__init__(reason, detail=detail)
        self.field = field


class AccessLost(ConnectorError):
    """The token is void, or lacks `scope`."""

    code = "access_lost"

    def __init__(self, reason: str = "", *, scope: str = "", detail: str = "") -> None:
        super().__init__(reason or "token_void", detail=detail)
        self.scope = scope


class NotFound(ConnectorError):
    """The target no longer exists, or is not visible to us."""

    code = "not_found"


def failure(effect: Effect, reason: str, detail: str = "") -> ConnectorError:
    """The error for an answer that is missing or no use."""
    return (
        OutcomeUnknown(reason, detail=detail)
        if effect is Effect.WRITE
        else Unavailable(reason, detail=detail)
    )
