"""What a connector declares about its network: capabilities, limits with their source, how a person connects it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from resonanz.kernel.messages import Visibility
from resonanz.kernel.text import TextUnit, length


class Capability(StrEnum):
    """One thing a connector can do; each is a Protocol in capabilities.py."""

    PROFILE = "profile"
    PUBLISH = "publish"
    FIND_PUBLISHED = "find_published"
    UPLOAD = "upload"
    REPLY = "reply"
    QUOTE = "quote"
    DELETE = "delete"
    INBOUND = "inbound"
    OWN_POSTS = "own_posts"
    THREAD = "thread"
    COUNTS = "counts"
    FOLLOWERS = "followers"
    SERVER_LIMITS = "server_limits"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit comes from and when somebody last looked."""

    url: str
    checked: date


@dataclass(frozen=True, slots=True)
class TextLimit:
    """At most `maximum` units of text."""

    maximum: int
    unit: TextUnit
    source: Source
    link_units: int | None = None
    short_mentions: bool = False
    counts_warning: bool = False  # a content warning counts too

    def used(self, text: str, content_warning: str = "") -> int:
        used = length(text, self.unit, link_units=self.link_units, short_mentions=self.short_mentions)
        return used + (length(content_warning, self.unit) if self.counts_warning else 0)


@dataclass(frozen=True, slots=True)
class MediaLimit:
    """How many files of which types, how large."""

    maximum: int  # files in one post
    content_types: frozenset[str]
    max_bytes: int
    source: Source
    max_alt: int | None = None  # graphemes of alternative text
    max_pixels: int | None = None  # width × height


@dataclass(frozen=True, slots=True)
class Limits:
    """All of them hold at once. `text[0]` is the one people are shown."""

    text: tuple[TextLimit, ...] = ()
    images: MediaLimit | None = None
    video: MediaLimit | None = None


class FieldKind(StrEnum):
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 (the kind of a form field)
    ADDRESS = "address"  # a server or page: host name or http(s) address
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ConnectField:
    """One question when a channel is connected. The user interface words it from `name`."""

    name: str
    kind: FieldKind
    default: str = ""
    required: bool = True
    advanced: bool = False  # shown on request


class ConnectFlow(StrEnum):
    FORM = "form"  # answers suffice
    CODE = "code"  # the person agrees on the network's own page and comes back with a code (OAuth)


@dataclass(frozen=True, slots=True)
class Look:
    """How the network's own web page shows a post, as far as a preview needs it. Lengths in CSS pixels."""

    width: int = 600  # of a post in the timeline
    avatar: str = "circle"  # or "rounded"
    stacked: bool = False  # the handle stands below the name, not beside it
    accent: str = "#0f5c5c"  # links, mentions and hashtags on a light ground
    accent_dark: str = "#7accc4"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One network as its connector presents it."""

    slug: str
    name: str  # as the network writes itself; never translated
    homepage: str
    capabilities: frozenset[Capability]
    limits: Limits
    connect_flow: ConnectFlow
    connect_fields: tuple[ConnectField, ...]
    poll_seconds: int  # how often to ask for news when nothing pushes them
    settle_seconds: int = 20  # how long a request may still land after its sender died
    scopes: tuple[str, ...] = ()
    # Who a post may be shown to; the first is the usual one.
    visibilities: tuple[Visibility, ...] = (Visibility.PUBLIC,)
    content_warnings: bool = False  # a post may be folded behind a line of warning
    look: Look = Look()
    # False: nobody can be answered there (a feed), so its messages are only read.
    conversational: bool = True

    def can(self, capability: Capability) -> bool:
        return capability in self.capabilities
