"""Pure: what Bluesky's AppView and PDS say, in our words; and what their errors mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from resonanz.connectorkit import reading
from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    NotFound,
    RateLimited,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.http import Answer
from resonanz.connectorkit.ratelimit import retry_at
from resonanz.connectors.bluesky.records import WEB, StrongRef, Target, authority, reference_data, web_address
from resonanz.kernel.clock import utcnow
from resonanz.kernel.messages import Attachment, Author, Counts, Message, MessageKind, Profile, Reference

REASONS: Mapping[str, MessageKind] = {
    "reply": MessageKind.REPLY,
    "quote": MessageKind.QUOTE,
    "mention": MessageKind.MENTION,
}


def author(view: Any) -> Author:
    """A profile view of any size. Raises Unreadable."""
    did = reading.need_text(view, "did")
    handle = reading.text(view, "handle")
    return Author(
        remote_id=did,
        handle=handle or did,
        name=reading.text(view, "displayName"),
        url=f"{WEB}/profile/{did}",
        avatar_url=reading.text(view, "avatar"),
        followers=reading.number(view, "followersCount"),
    )


def profile(view: Any) -> Profile:
    return Profile(
        author(view),
        description=reading.text(view, "description"),
        posts=reading.number(view, "postsCount"),
        following=reading.number(view, "followsCount"),
    )


def counts(view: Any) -> Counts:
    return Counts(
        likes=reading.number(view, "likeCount"),
        reposts=reading.number(view, "repostCount"),
        quotes=reading.number(view, "quoteCount"),
        replies=reading.number(view, "replyCount"),
    )


def message(view: Any, did: str, now: datetime) -> Message:
    """A post view, or a notification about a post, as the channel `did` sees it at `now`. Raises Unreadable."""
    uri, cid, record = (
        reading.need_text(view, "uri"),
        reading.need_text(view, "cid"),
        reading.at(view, "record"),
    )
    if not isinstance(reading.at(record, "text"), str):
        raise reading.Unreadable("record.text")
    root = reading.text(record, "reply", "root", "uri")
    return Message(
        reference=Reference(uri, reference_data(uri, cid, record)),
        kind=kind(view, did),
        author=author(reading.at(view, "author")),
        text=reading.text(record, "text"),
        sent_at=_sent_at(view, record, now),
        url=web_address(uri),
        language=reading.text(record, "langs", 0),
        reply_to=reading.text(record, "reply", "parent", "uri"),
        thread=root if root != uri else "",
        content_warning=", ".join(
            filter(None, (reading.text(label, "val") for label in reading.items(record, "labels", "values")))
        ),
        links=_links(record),
        attachments=attachments(reading.at(view, "embed")),
        counts=counts(view),
    )


def kind(view: Any, did: str) -> MessageKind:
    """What a post is to the channel `did`: the first that fits, in MessageKind's order."""
    record = reading.at(view, "record")
    if reading.text(view, "author", "did") == did:
        return MessageKind.POST
    answered = (reading.text(record, "reply", end, "uri") for end in ("parent", "root"))
    if did in map(authority, answered):
        return MessageKind.REPLY
    if authority(_quoted(record)) == did:
        return MessageKind.QUOTE
    if any(reading.text(feature, "did") == did for feature in _features(record)):
        return MessageKind.MENTION
    return REASONS.get(reading.text(view, "reason"), MessageKind.POST)


def attachments(embed: Any) -> tuple[Attachment, ...]:
    """The pictures and films of an embed as the AppView shows it (its addresses lead to its own copies)."""
    media = reading.at(embed, "media") or embed
    found = [
        Attachment("image", reading.text(image, "fullsize"), reading.text(image, "alt"))
        for image in (*reading.items(media, "images"), *reading.items(media, "items"))
    ]
    if playlist := reading.text(media, "playlist"):
        found.append(Attachment("video", playlist, reading.text(media, "alt")))
    return tuple(attachment for attachment in found if attachment.url)


def has_media(view: Any) -> bool:
    """Whether a record carries files whose addresses only the AppView knows."""
    embed = reading.at(view, "record", "embed")
    media = reading.at(embed, "media") or embed
    return any(reading.at(media, name) for name in ("images", "items", "video"))


def target(view: Any) -> Target:
    """A post view (or a record read from its repository) as something to answer or quote. Raises Unreadable."""
    uri, cid = reading.need_text(view, "uri"), reading.need_text(view, "cid")
    data = reference_data(uri, cid, reading.at(view, "record") or reading.at(view, "value"))
    return Target(StrongRef(uri, cid), StrongRef(data["root_uri"], data["root_cid"]))


def thread(answer: Any, did: str, now: datetime) -> tuple[Message, ...]:
    """getPostThread, flattened, oldest first. What is blocked, deleted or unreadable in it is left out."""
    views: list[Any] = []
    waiting = [reading.at(answer, "thread")]
    while waiting and len(views) < 1000:
        node = waiting.pop()
        if reading.at(node, "post"):
            views.append(reading.at(node, "post"))
        waiting.extend(
            child for child in (reading.at(node, "parent"), *reading.items(node, "replies")) if child
        )
    found, _skipped = reading.each(views, lambda view: message(view, did, now))
    unique = {message.remote_id: message for message in found}
    return tuple(sorted(unique.values(), key=lambda message: (message.sent_at, message.remote_id)))


def explain(answer: Answer) -> ConnectorError | None:
    """An XRPC error ({"error": name, "message": words}) in our words; None where the status says it all."""
    try:
        said = answer.json()
    except ConnectorError:
        said = None
    name, words = reading.text(said, "error"), reading.text(said, "message")
    if not name and answer.status in (403, 404):
        # Not the network's way of talking: something in between answered, and knows nothing of our account.
        return Unavailable("not_the_network", detail=str(answer.status))
    detail = f"{name}: {words}" if words else name
    if name == "RateLimitExceeded":
        return RateLimited(retry_at(answer.headers, utcnow()), detail=detail)
    if words.startswith("Could not locate record"):
        name = "RecordNotFound"
    if name in _GONE:
        return NotFound(_GONE[name], detail=detail)
    if name in _ACCESS:
        return AccessLost(_ACCESS[name], detail=detail)
    if name in _LATER:
        return Unavailable(_LATER[name], detail=detail)
    if name in _REFUSED:
        field, reason = _REFUSED[name]
        return Rejected(reason, field=field, detail=detail)
    if answer.status == 400:
        return _invalid(words, detail)
    return None


_GONE = {
    "RecordNotFound": "record_not_found",
    "NotFound": "not_found",
    "ActorNotFound": "not_found",
}
_ACCESS = {
    # "token_expired" makes the door renew and try once more.
    "ExpiredToken": "token_expired",
    "InvalidToken": "token_expired",
    "AuthMissing": "token_void",
    "AuthenticationRequired": "token_void",
    "AuthFactorTokenRequired": "app_password_needed",
    "AccountNotFound": "account_gone",
    "AccountTakedown": "account_taken_down",
    "AccountDeactivated": "account_deactivated",
    "AccountSuspended": "account_taken_down",
    "RepoTakendown": "account_taken_down",
    "RepoSuspended": "account_taken_down",
    "RepoDeactivated": "account_deactivated",
}
# Asked of a server that is only half there (a PDS without an AppView): nothing happened, nothing is lost.
_LATER = {
    "XRPCNotSupported": "unsupported_by_server",
    "MethodNotImplemented": "unsupported_by_server",
}
_REFUSED = {
    "InvalidSwap": ("", "key_taken"),
    "BlobTooLarge": ("media", "too_large"),
    "PayloadTooLarge": ("media", "too_large"),
    "BlobNotFound": ("media", "upload_gone"),
    "InvalidMimeType": ("media", "wrong_type"),
    "InvalidSize": ("media", "upload_gone"),
    "BlockedActor": ("reply_to", "blocked"),
    "BlockedByActor": ("reply_to", "blocked"),
}


_WHERE = re.compile(r" at \$\.(?:record\.)?(\w+)(?:\.(\w+))?")
_FIELDS = {"text": "text", "facets": "text", "langs": "language", "reply": "reply_to", "embed": "media"}
_TOO_BIG = {"grapheme": "too_long", "string": "too_long", "blob": "too_large", "array": "too_many"}


def _invalid(words: str, detail: str) -> ConnectorError:
    """A request the server found fault with: which part of the content is meant, as far as it says."""
    if words.startswith(("No service configured", "could not resolve proxy did")):
        return Unavailable("unsupported_by_server", detail=detail)
    if words.startswith("Could not find repo"):
        return AccessLost("account_gone", detail=detail)  # we only ever ask for our own
    if words == "Profile not found":
        return NotFound(detail=detail)
    where = _WHERE.search(words)
    field = _FIELDS.get(where[1], "") if where else ""
    if where and where[1] == "embed" and where[2] == "record":
        field = "quote"
    what, too_big, _rest = words.partition(" too big ")
    return Rejected(
        _TOO_BIG.get(what.split(" ")[-1], "refused") if too_big else "refused", field=field, detail=detail
    )


def _sent_at(view: Any, record: Any, now: datetime) -> datetime:
    """When it was said: as its author's program states, but never later than the network saw it."""
    seen = reading.need_moment(view, "indexedAt", now=now)
    stated = reading.moment(record, "createdAt", now=now)
    return min(stated, seen) if stated else seen


def _features(record: Any) -> list[Any]:
    return [
        feature
        for facet in reading.items(record, "facets")
        for feature in reading.items(facet, "features")
    ]  # fmt: skip


def _quoted(record: Any) -> str:
    embed = reading.at(record, "embed")
    return reading.text(embed, "record", "uri") or reading.text(embed, "record", "record", "uri")


def _links(record: Any) -> tuple[str, ...]:
    """Where a post leads: links in its text, its link card, the post it quotes. Each once."""
    embed = reading.at(record, "embed")
    found = [reading.text(feature, "uri") for feature in _features(record)]
    found += [reading.text(embed, "external", "uri"), reading.text(embed, "media", "external", "uri")]
    found = [link for link in found if link.startswith(("https://", "http://"))]
    if quoted := web_address(_quoted(record)):
        found.append(quoted)
    return tuple(dict.fromkeys(found))
