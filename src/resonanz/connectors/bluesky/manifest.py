"""Bluesky as its connector presents it. Limits come from the network's own lexicons and client."""

from __future__ import annotations

from datetime import date

from resonanz.connectorkit.manifest import (
    Capability,
    ConnectField,
    ConnectFlow,
    FieldKind,
    Limits,
    Look,
    Manifest,
    MediaLimit,
    Source,
    TextLimit,
)
from resonanz.kernel.text import TextUnit

_CHECKED = date(2026, 11, 22)
_LEXICONS = "https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky"
_POST = Source(f"{_LEXICONS}/feed/post.json", _CHECKED)
_IMAGES = Source(f"{_LEXICONS}/embed/images.json", _CHECKED)

# The lexicon leaves alternative text open; this is where Bluesky's own client stops:
# https://github.com/bluesky-social/social-app/blob/main/src/lib/constants.ts (MAX_ALT_TEXT), checked on that day.
_MAX_ALT_GRAPHEMES = 2000

LIMITS = Limits(
    text=(
        TextLimit(300, TextUnit.GRAPHEMES, _POST),
        TextLimit(3000, TextUnit.BYTES, _POST),
    ),
    images=MediaLimit(
        maximum=4,
        # The lexicon takes image/*. GIF is left out because it would be shown without its movement.
        content_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        max_bytes=2_000_000,  # 1,000,000 until 2026; a server that has not been updated refuses more than that
        source=_IMAGES,
        max_alt=_MAX_ALT_GRAPHEMES,
    ),
)

MANIFEST = Manifest(
    slug="bluesky",
    name="Bluesky",
    homepage="https://bsky.app",
    capabilities=frozenset(Capability) - {Capability.SERVER_LIMITS},
    limits=LIMITS,
    connect_flow=ConnectFlow.FORM,
    connect_fields=(
        ConnectField("handle", FieldKind.TEXT),
        ConnectField("app_password", FieldKind.SECRET),
        ConnectField("server", FieldKind.ADDRESS, default="https://bsky.social", advanced=True),
        # A DID with a service id (did:web:api.bsky.app#bsky_appview) or the address of a public AppView.
        ConnectField("appview", FieldKind.TEXT, required=False, advanced=True),
    ),
    poll_seconds=60,
    # Drawn after Bluesky's own web client.
    look=Look(accent="#0560d6", accent_dark="#4da3ff"),
)
