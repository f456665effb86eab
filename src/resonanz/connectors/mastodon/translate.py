"""Mastodon's JSON ⇄ our words. Pure: no clock, no network.

Source of all field names: https://docs.joinmastodon.org/entities/ (read 2026-11-22). Other servers leave fields out or
send other types; only an id is insisted on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from resonanz.connectorkit import reading
from resonanz.connectorkit.html import Link, address_or_label, to_text
from resonanz.connectorkit.network import Account
from resonanz.connectorkit.reading import Unreadable, at, moment, need_moment, number, text
from resonanz.kernel.messages import (
    Attachment,
    Author,
    Counts,
    Message,
    MessageKind,
    Profile,
    Reference,
    Visibility,
)
from resonanz.kernel.publishing import Draft, Receipt, Upload

_THEIR_VISIBILITY = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.FOLLOWERS: "private",
    Visibility.DIRECT: "direct",
}
_OUR_VISIBILITY = {theirs: ours for ours, theirs in _THEIR_VISIBILITY.items()}
_MEDIA_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}


@dataclass(frozen=True, slots=True)
class Home:
    """From where we look: ids, and handles without a server, mean something on this server only."""

    domain: str  # what stands behind the second @; not always the host the server answers at
    account_id: str

    @classmethod
    def of(cls, account: Account) -> Home:
        host = urlsplit(account.server).netloc
        return cls(account.settings.get("domain", host), account.settings.get("id", ""))

    def remote_id(self, local_id: str) -> str:
        return f"{local_id}@{self.domain}"

    def handle(self, acct: str) -> str:
        return acct if "@" in acct else f"{acct}@{self.domain}"


def local_id(reference: Reference) -> str:
    """The id by which the server knows what `reference` means."""
    return reference.data.get("id") or reference.remote_id.rpartition("@")[0] or reference.remote_id


# --- people -------------------------------------------------------------------------------------------------------


def author(account: Any, home: Home) -> Author:
    acct = text(account, "acct") or reading.need_text(account, "username")
    return Author(
        remote_id=home.remote_id(identifier(account)),
        handle=home.handle(acct),
        name=text(account, "display_name"),
        url=text(account, "url"),
        avatar_url=text(account, "avatar"),
        followers=number(account, "followers_count"),
        is_bot=at(account, "bot") is True,
    )


def profile(account: Any, home: Home) -> Profile:
    return Profile(
        author=author(account, home),
        description=to_text(text(account, "note"))[0],
        posts=number(account, "statuses_count"),
        following=number(account, "following_count"),
    )


# --- messages -----------------------------------------------------------------------------------------------------


def message(status: Any, home: Home, now: datetime) -> Message:
    sender = author(at(status, "account"), home)
    said, links = status_text(status, home)
    reply_to = _optional_id(status, "in_reply_to_id")
    return Message(
        reference=_reference(status, sender, home),
        kind=_kind(status, sender, home),
        author=sender,
        text=said,
        sent_at=need_moment(status, "created_at", now=now),
        url=text(status, "url") or text(status, "uri"),
        language=text(status, "language"),
        reply_to=home.remote_id(reply_to) if reply_to else "",
        # What a server calls by a name of its own is shown to fewer people, not to more.
        visibility=_OUR_VISIBILITY.get(text(status, "visibility") or "public", Visibility.FOLLOWERS),
        content_warning=text(status, "spoiler_text"),
        links=links,
        attachments=_attachments(status),
        counts=counts(status),
        edited_at=moment(status, "edited_at", now=now),
    )


def own_message(status: Any, home: Home, now: datetime) -> Message | None:
    """One of our own public posts; None for boosts and what only some may see."""
    if at(status, "reblog") is not None:
        return None
    ours = message(status, home, now)
    return ours if ours.visibility in (Visibility.PUBLIC, Visibility.UNLISTED) else None


def thread(status: Any, context: Any, home: Home, now: datetime) -> tuple[Message, ...]:
    """A status with what came before and after it, oldest first."""
    itself = message(status, home, now)
    before, _ = reading.each(reading.items(context, "ancestors"), lambda s: message(s, home, now))
    after, _ = reading.each(reading.items(context, "descendants"), lambda s: message(s, home, now))
    root = (*before, itself)[0]
    # The root is the first however the clocks of its servers went.
    rest = sorted((m for m in (*before, itself, *after) if m is not root), key=lambda m: m.sent_at)
    return (root, *(replace(m, thread=root.remote_id) for m in rest))


def counts(status: Any) -> Counts:
    return Counts(
        likes=number(status, "favourites_count"),
        reposts=number(status, "reblogs_count"),
        quotes=number(status, "quotes_count"),
        replies=number(status, "replies_count"),
    )


def status_text(status: Any, home: Home) -> tuple[str, tuple[str, ...]]:
    """What a status says, with people's whole handles, and the addresses it links to."""
    # Mentions are links to people; only this list says which, and on which server.
    people = {text(one, "url"): home.handle(text(one, "acct")) for one in reading.items(status, "mentions")}
    tags: set[str] = set()

    def wording(link: Link) -> str:
        label = link.label.strip()
        if ("mention" in link.classes and "hashtag" not in link.classes) or link.href in people:
            tags.add(link.href)
            return f"@{people.get(link.href) or _guessed_handle(link)}"
        if "hashtag" in link.classes or label.startswith("#"):
            tags.add(link.href)
            return label
        return address_or_label(link)

    # Servers put a link to a quoted post in front, for clients that know no quotes.
    drop = "quote-inline" if at(status, "quote") is not None else ""
    said, links = to_text(text(status, "content"), wording, drop_class=drop)
    return said, tuple(link for link in links if link not in tags)


def _guessed_handle(link: Link) -> str:
    """Who a mention names that the server did not list: its label and the address it leads to tell."""
    name = link.label.strip().lstrip("@")
    host = urlsplit(link.href).hostname if link.href.startswith("http") and "[" not in link.href else None
    return name if "@" in name or not host else f"{name}@{host}"


def _kind(status: Any, sender: Author, home: Home) -> MessageKind:
    us = home.account_id
    if sender.remote_id == home.remote_id(us):
        return MessageKind.POST
    if text(status, "visibility") == "direct":
        return MessageKind.DIRECT
    if _optional_id(status, "in_reply_to_account_id") == us:
        return MessageKind.REPLY
    if _optional_id(at(status, "quote", "quoted_status", "account"), "id") == us:
        return MessageKind.QUOTE
    named = any(_optional_id(one, "id") == us for one in reading.items(status, "mentions"))
    return MessageKind.MENTION if named else MessageKind.POST


def _reference(status: Any, sender: Author, home: Home) -> Reference:
    """All an answer needs: the id, and whom to name in it (nobody, when it is ours)."""
    data = {"id": identifier(status)}
    if sender.remote_id != home.remote_id(home.account_id):
        # As one writes it on this server: its own people without it (a port would break a mention).
        data["acct"] = sender.handle.removesuffix(f"@{home.domain}")
    return Reference(home.remote_id(identifier(status)), data)


def _attachments(status: Any) -> tuple[Attachment, ...]:
    found = []
    for media in reading.items(status, "media_attachments"):
        if url := text(media, "url") or text(media, "remote_url"):
            kind = _MEDIA_KINDS.get(text(media, "type"), "other")
            found.append(Attachment(kind, url, text(media, "description")))
    return tuple(found)


def identifier(value: Any) -> str:
    if found := _optional_id(value, "id"):
        return found
    raise Unreadable("id")


def _optional_id(value: Any, *path: str | int) -> str:
    """An id. Some servers send numbers; none sends anything long."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**64:
        return str(found)
    found = text(value, *path)
    return (
        found if len(found) <= 100 and found.isprintable() and "/" not in found and "?" not in found else ""
    )


# --- publishing ---------------------------------------------------------------------------------------------------


def worded(typed: str, reply_to: Reference | None) -> str:
    """The text as it goes out: an answer names whom it answers, or they would not be told of it."""
    acct = reply_to.data.get("acct", "") if reply_to else ""
    named = rf"(?<!\w)@{re.escape(acct)}(?![\w@])"
    if not acct or re.search(named, typed, re.IGNORECASE):
        return typed
    return f"@{acct} {typed}"


def full_text(draft: Draft) -> str:
    """The text of `draft` as it goes out."""
    return worded(draft.text, draft.reply_to)


def status_body(draft: Draft, uploads: Sequence[Upload]) -> Mapping[str, Any]:
    """What is posted for `draft`; equal drafts give equal bodies."""
    body: dict[str, Any] = {
        "status": full_text(draft),
        "visibility": _THEIR_VISIBILITY[draft.visibility],
    }
    if uploads:
        body["media_ids"] = [upload.data["id"] for upload in uploads]
    if draft.content_warning:
        body |= {"spoiler_text": draft.content_warning, "sensitive": True}
    if draft.language:
        body["language"] = draft.language.split("-")[0]
    if draft.reply_to:
        body["in_reply_to_id"] = local_id(draft.reply_to)
    if draft.quote:
        body["quoted_status_id"] = local_id(draft.quote)
    return body


def receipt(status: Any, home: Home, now: datetime) -> Receipt:
    own = {"id": identifier(status)}
    return Receipt(
        reference=Reference(home.remote_id(identifier(status)), own),
        url=text(status, "url") or text(status, "uri"),
        published_at=need_moment(status, "created_at", now=now),
    )


def upload(media_id: str, attachment: Any, ready: bool) -> Upload:
    return Upload(media_id, {"id": identifier(attachment)}, ready)
