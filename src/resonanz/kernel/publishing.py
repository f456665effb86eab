"""What is to be published, and the proof that it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from resonanz.kernel.messages import Reference, Visibility


@dataclass(frozen=True, slots=True)
class Media:
    """A file to publish. `open` gives a fresh stream from the first byte each time it is called."""

    id: str  # ours; stable
    content_type: str  # sniffed, never the uploader's word
    size_bytes: int
    open: Callable[[], BinaryIO]
    alt: str = ""
    width: int | None = None  # pixels
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies at the network. `data` is its connector's own note; JSON-serialisable strings."""

    media_id: str
    data: Mapping[str, str]
    ready: bool = True  # False: the network still works on it; ask again


@dataclass(frozen=True, slots=True)
class Draft:
    """One publication as its network shall get it. The same publication always makes an equal draft."""

    key: str  # idempotency key: made once, stored before the first call; [a-z0-9], 26 characters
    text: str
    created_at: datetime  # aware; fixed with the key, so that a repeat is the same to the byte
    language: str = ""
    media: tuple[Media, ...] = ()
    reply_to: Reference | None = None
    quote: Reference | None = None
    visibility: Visibility = Visibility.PUBLIC
    content_warning: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that something is public (or that it was found there when we looked)."""

    reference: Reference
    url: str
    published_at: datetime
    data: Mapping[str, str] = field(default_factory=dict)
