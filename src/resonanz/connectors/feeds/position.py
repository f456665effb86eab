"""What of a feed has been handed on, and how to ask whether there is more. Pure.

A feed has no order that could be trusted: entries move, come back, and are dated in the past. So the position is the
set of entries that were handed on, as short hashes, and what the server wants to hear to say "nothing new".
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from resonanz.connectorkit.http import Answer
from resonanz.connectorkit.reading import text
from resonanz.connectors.feeds import translate
from resonanz.connectors.feeds.translate import Entry, Feed
from resonanz.kernel.messages import Author, Message
from resonanz.kernel.paging import Cursor, Page

_PAGE = 100  # entries handed on at once
_REMEMBERED = 1_000  # entries; those that are in the document now come first
_MARK = 8  # characters for an entry: 48 bits, so two of 1,000 are mistaken once in 500 million feeds


@dataclass(frozen=True, slots=True)
class Position:
    etag: str = ""
    modified: str = ""
    moved_to: str = ""  # the feed's address, if its server said that it moved for good
    seen: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursor: Cursor) -> Position:
        try:
            said = json.loads(cursor or "{}")
        except ValueError:
            said = {}
        marks = text(said, "s")
        return cls(
            text(said, "e"),
            text(said, "m"),
            text(said, "u"),
            tuple(marks[start : start + _MARK] for start in range(0, len(marks), _MARK)),
        )

    def write(self) -> Cursor:
        said = {"e": self.etag, "m": self.modified, "u": self.moved_to, "s": "".join(self.seen)}
        return Cursor(json.dumps({name: value for name, value in said.items() if value}))

    def conditions(self) -> Mapping[str, str]:
        """Headers that ask for the feed only if it changed."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in said.items() if value}

    def moved(self, answer: Answer) -> Position:
        return replace(self, moved_to=answer.moved_to or self.moved_to)


def page(feed: Feed, answer: Answer, position: Position, author: Author, now: datetime) -> Page[Message]:
    """The entries of `feed` that were not handed on, oldest first."""
    entries = {mark(entry): entry for entry in reversed(feed.entries)}
    known = set(position.seen)
    fresh = sorted(
        ((one, translate.message(entry, author, now)) for one, entry in entries.items() if one not in known),
        key=lambda pair: pair[1].sent_at,
    )
    handed_on = fresh[:_PAGE]
    more = len(fresh) > _PAGE
    again = more or not feed.is_whole
    now_known = known | {one for one, _ in handed_on}
    seen = [one for one in entries if one in now_known]
    seen += [one for one in position.seen if one not in entries]
    following = replace(
        position.moved(answer),
        # With more to hand on, the next question must bring the whole feed again.
        etag="" if again else answer.headers.get("etag", "")[:500],
        modified="" if again else answer.headers.get("last-modified", "")[:100],
        seen=tuple(seen[:_REMEMBERED]),
    )
    return Page(
        tuple(message for _, message in handed_on), following.write(), more, feed.skipped, feed.left_out
    )


def mark(entry: Entry) -> str:
    digest = hashlib.sha256(entry.id.encode()).digest()
    return base64.urlsafe_b64encode(digest[: _MARK * 3 // 4]).decode()
