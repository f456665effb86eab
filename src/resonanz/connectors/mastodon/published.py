"""Recognising a publication of ours among what the server shows. Pure.

A Mastodon server keeps no trace of our key that could be asked for. What identifies a post is what it says, to whom,
with how many files, and that it is not older than the draft.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from resonanz.connectorkit import reading
from resonanz.connectorkit.html import Link, to_text
from resonanz.connectorkit.reading import Unreadable, at, text
from resonanz.connectors.mastodon import translate
from resonanz.connectors.mastodon.translate import Home
from resonanz.kernel.publishing import Draft, Receipt

# By how much a server's dates may be older than its clock said a moment before.
_SLACK = timedelta(seconds=60)
# Servers that do not tell their clock may be wrong by this much.
_CLOCKS_DIFFER = timedelta(hours=3)
_MENTION = re.compile(r"@([\w.-]+)@[\w.-]+\w")
_MARKUP = frozenset("`~<>")


def fingerprint(said: str) -> str:
    """What is left of a text when all is gone that servers change: spaces, punctuation, markup, servers of mentions.

    A text of nothing else keeps all but its spaces.
    """
    said = _MENTION.sub(r"@\1", unicodedata.normalize("NFKC", said)).casefold()
    kept = "".join(one for one in said if unicodedata.category(one)[0] not in "PZC" and one not in _MARKUP)
    return kept or "".join(said.split())


def oldest_possible(draft: Draft, now: datetime, server_now: datetime | None) -> datetime:
    """The earliest date, on the server's clock, that `draft` can have if it is there."""
    if server_now is None:
        return draft.created_at - _CLOCKS_DIFFER
    return draft.created_at + (server_now - now) - _SLACK


@dataclass(frozen=True, slots=True)
class Look:
    """One page looked through. `before` is where the next begins; empty: nothing older can be it."""

    found: Receipt | None
    before: str


def look(
    statuses: Any, draft: Draft, since: datetime, taken: Container[str], home: Home, now: datetime
) -> Look:
    """Search one page (newest first) of our own statuses. Of several that fit, the oldest is it."""
    if not isinstance(statuses, list):
        raise Unreadable("statuses")
    found, before, passed = None, "", False
    for status in statuses:
        # Not one of them may be passed over: it could be the one. So an unreadable one is no answer.
        before = translate.identifier(status)
        sent = reading.need_moment(status, "created_at", now=now + timedelta(days=1))
        # Pinned or re-dated statuses may stand out of order; only an old one at the end ends the search.
        passed = sent < since
        if not passed and home.remote_id(before) not in taken and _is_same(status, draft):
            found = translate.receipt(status, home, now)
    return Look(found, "" if passed else before)


def _is_same(status: Any, draft: Draft) -> bool:
    if at(status, "reblog") is not None or len(reading.items(status, "media_attachments")) != len(
        draft.media
    ):
        return False
    return (
        _answers_the_same(status, draft)
        and fingerprint(text(status, "spoiler_text")) == fingerprint(draft.content_warning)
        and fingerprint(_as_typed(status)) == fingerprint(translate.full_text(draft))
    )


def _answers_the_same(status: Any, draft: Draft) -> bool:
    """Whether both answer the same. A server forgets what was answered when that is deleted."""
    theirs = at(status, "in_reply_to_id")
    if draft.reply_to is None:
        return theirs is None
    return theirs is None or str(theirs) == translate.local_id(draft.reply_to)


def _as_typed(status: Any) -> str:
    """The text as it was typed: of links the label, which holds the whole address, hidden parts included."""

    def typed(link: Link) -> str:
        return link.label if not link.label.endswith("…") else link.href

    drop = "quote-inline" if at(status, "quote") is not None else ""
    return to_text(text(status, "content"), typed, drop_class=drop)[0]
