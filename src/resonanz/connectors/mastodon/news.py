"""Where in the notifications we are, so that nothing is read twice and nothing is passed over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from resonanz.connectorkit import reading
from resonanz.connectorkit.reading import Unreadable, at, moment, text
from resonanz.connectors.mastodon import translate
from resonanz.connectors.mastodon.translate import Home
from resonanz.kernel.messages import Message
from resonanz.kernel.paging import Cursor, Page

# Ids are given out before their transaction is committed, so a smaller one may appear after a greater one. Whatever is
# younger than this is therefore read again, and what of it was handed on is left out.
SETTLED_AFTER = timedelta(seconds=30)
# … but no more than so many, or a flood would be read for ever.
_KEPT = 10
# A page this long may not be the last (some servers give fewer than we ask for).
_FULL = 15
_TELLING = {"mention", "quote", "status"}


@dataclass(frozen=True, slots=True)
class Position:
    """`after`: the newest notification all before which is settled. `seen`: those behind it that were handed on."""

    after: str = "0"
    seen: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursor: Cursor) -> Position:
        after, *seen = cursor.split() or ["0"]
        return cls(after, tuple(seen))

    def write(self) -> Cursor:
        return Cursor(" ".join((self.after, *self.seen)))


def page(
    notifications: Any, position: Position, home: Home, now: datetime, server_now: datetime
) -> Page[Message]:
    """One answer to "what is after `position`?".

    notifications: as sent, newest first (or oldest first: that is looked at). server_now: their clock, by which their
    dates are judged.
    """
    if not isinstance(notifications, list):
        raise Unreadable("notifications")
    known = [(found, one) for one in notifications if (found := _notification_id(one))]
    news = _oldest_first(_after(known, position))
    fresh = [one for found, one in news if found not in position.seen]
    full = len(notifications) >= _FULL
    messages, skipped = reading.each(fresh, lambda one: _message(one, home, now))
    return Page(
        items=messages,
        cursor=_moved_on(position, news, full, server_now).write(),
        more=bool(fresh) and full,
        skipped=skipped + len(notifications) - len(known),
    )


def _after(known: list[tuple[str, Any]], position: Position) -> list[tuple[str, Any]]:
    """What is newer than the position, also from a server that does not know `min_id` and sends its newest."""
    ids = [found for found, _ in known]
    return known[: ids.index(position.after)] if position.after in ids else known


def _oldest_first(known: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    def rank(found: str) -> tuple[int, str]:
        return len(found), found

    newest_first = len(known) < 2 or rank(known[0][0]) > rank(known[-1][0])
    return known[::-1] if newest_first else known


def _moved_on(position: Position, news: list[tuple[str, Any]], full: bool, server_now: datetime) -> Position:
    """The position after `news`. full: there may be more behind them, handed on already or not."""
    after, unsettled = position.after, [found for found, _ in news]
    beyond = tuple(one for one in position.seen if full and one not in unsettled)
    for found, one in news:
        sent = moment(one, "created_at", now=server_now)
        if sent is not None and sent > server_now - SETTLED_AFTER and len(unsettled) <= _KEPT:
            break
        after = found
        unsettled.pop(0)
    return Position(after, (*unsettled, *beyond))


def _message(notification: Any, home: Home, now: datetime) -> Message | None:
    """What a notification tells us; None for those that bring no words of others."""
    if text(notification, "type") not in _TELLING:
        return None
    said = translate.message(at(notification, "status"), home, now)
    return None if said.author.remote_id == home.remote_id(home.account_id) else said


def _notification_id(notification: Any) -> str:
    try:
        found = translate.identifier(notification)
    except Unreadable:
        return ""
    return "" if " " in found else found
