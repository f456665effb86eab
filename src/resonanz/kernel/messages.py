"""What is said and by whom, in one form for every network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """How a message reached us. One that fits several is the first of them in this order."""

    DIRECT = "direct"  # only for us
    REPLY = "reply"  # an answer to something of ours
    QUOTE = "quote"  # passes ours on with words of its own
    MENTION = "mention"  # names us
    POST = "post"  # ours, or found by a search
    ARTICLE = "article"  # an entry of a feed, blog or podcast


class Visibility(StrEnum):
    PUBLIC = "public"
    UNLISTED = "unlisted"  # public, but not in public timelines
    FOLLOWERS = "followers"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who says something, as one network knows them."""

    remote_id: str  # stable on its network: a DID, an account's id with its server, a feed's address
    handle: str  # as people write it, without a leading @
    name: str = ""
    url: str = ""
    avatar_url: str = ""
    followers: int | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Something on a network, with what its connector needs to refer to it (opaque to everybody else)."""

    remote_id: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, video or sound that came with a message; its address is never shown to a browser unguarded."""

    kind: str  # image, video, audio, other
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often people reacted. None: the network does not say."""

    likes: int | None = None
    reposts: int | None = None
    quotes: int | None = None
    replies: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance, in any direction."""

    reference: Reference  # unique in its network; all an answer needs
    kind: MessageKind
    author: Author
    text: str  # plain text, NFC, no markup
    sent_at: datetime  # aware, UTC; never in the future of the moment it was read
    url: str = ""
    title: str = ""
    language: str = ""  # BCP 47 as its author or network stated it; empty: not stated
    reply_to: str = ""  # remote id of what it answers
    # Remote id of the first message of its thread. Empty: it is the first, or, where `reply_to` is set, its network
    # does not say with the message (ask for the thread).
    thread: str = ""
    visibility: Visibility = Visibility.PUBLIC
    content_warning: str = ""
    links: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    counts: Counts = Counts()
    edited_at: datetime | None = None

    @property
    def remote_id(self) -> str:
        return self.reference.remote_id


@dataclass(frozen=True, slots=True)
class Profile:
    """A channel as its network shows it."""

    author: Author
    description: str = ""
    posts: int | None = None
    following: int | None = None
