"""What a person should see first, as a moment: whoever has the earliest is next. Pure; in words: docs/inbox/urgency.md.

Urgency is the time somebody has been waiting plus a head start for what they said. All waiting grows by an hour an
hour, so the order never changes by itself: it is enough to store when somebody without any head start would have
had to begin to wait for the same urgency.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

# Hours, added up.
HOURS = {"complaint": 10.0, "question": 8.0, "negative": 4.0, "suggestion": 2.0}
DIRECT = 4.0  # said to us alone: nobody else can answer
REMINDER = 8.0  # we wanted to be reminded
# Where nothing is asked and nothing complained of, the strongest of these instead.
HOSTILE = -12.0
PRAISE = -6.0
ARTICLE = -24.0  # nobody can be answered there
NOBODY_WAITS = -72.0
FOLLOWERS_MOST = 2.0
_HOSTILE = frozenset({"toxic", "offensive"})
_ASKS = frozenset({"complaint", "question"})


@dataclass(frozen=True, slots=True)
class Situation:
    """What urgency depends on."""

    given: Set[str]  # what counts of the messages that wait, as understanding names its outputs
    waiting_since: datetime | None  # the oldest message nobody has answered
    last_at: datetime
    reminded_at: datetime | None = None  # when it came back by itself, having been snoozed
    is_direct: bool = False
    is_article: bool = False
    followers: int = 0  # of whoever began the conversation


def urgent_at(now_known: Situation) -> datetime:
    """The moment to sort by, the earliest first; between two conversations, never the moment of a deadline."""
    begins = [
        (now_known.waiting_since, head_start(now_known)),
        (now_known.reminded_at, timedelta(hours=REMINDER)),
    ]
    moments = [since - hours for since, hours in begins if since is not None]
    return min(moments, default=now_known.last_at - timedelta(hours=NOBODY_WAITS))


def head_start(now_known: Situation) -> timedelta:
    """How much longer than it really is somebody counts as waiting; below zero: shorter."""
    given = now_known.given
    hours = sum(value for name, value in HOURS.items() if name in given)
    if not given & _ASKS:
        # A word of abuse is negative by nature; that makes nobody's turn.
        hours = HOSTILE if given & _HOSTILE else hours + (PRAISE if "praise" in given else 0.0)
    hours += DIRECT * now_known.is_direct + ARTICLE * now_known.is_article
    return timedelta(hours=hours + min(log10(1 + now_known.followers) / 2, FOLLOWERS_MOST))
