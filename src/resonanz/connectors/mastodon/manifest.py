"""Mastodon as it presents itself before a server has been asked for its own limits."""

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
from resonanz.kernel.messages import Visibility
from resonanz.kernel.text import TextUnit

# This page: 500 characters, 23 for a link, and of a mention only the name. That clusters of characters are counted,
# and the content warning with the text, stands in Mastodon's source, app/validators/status_length_validator.rb.
_POSTING = Source("https://docs.joinmastodon.org/user/posting/", date(2026, 11, 22))
_INSTANCE = Source("https://docs.joinmastodon.org/methods/instance/#v2", date(2026, 11, 22))

SCOPES = ("read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media")

LIMITS = Limits(
    text=(
        TextLimit(500, TextUnit.GRAPHEMES, _POSTING, link_units=23, short_mentions=True, counts_warning=True),
    ),
    images=MediaLimit(
        maximum=4,
        content_types=frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
        max_bytes=16_777_216,
        source=_INSTANCE,
        max_alt=1500,
        max_pixels=33_177_600,
    ),
    video=MediaLimit(
        maximum=1,
        content_types=frozenset({"video/mp4", "video/webm", "video/quicktime"}),
        max_bytes=103_809_024,
        source=_INSTANCE,
        max_alt=1500,
        max_pixels=8_294_400,
    ),
)

MANIFEST = Manifest(
    slug="mastodon",
    name="Mastodon",
    homepage="https://joinmastodon.org",
    capabilities=frozenset(Capability),
    limits=LIMITS,
    connect_flow=ConnectFlow.CODE,
    connect_fields=(ConnectField("server", FieldKind.ADDRESS, default="mastodon.social"),),
    # 300 calls in five minutes are allowed: https://docs.joinmastodon.org/api/rate-limits/ (2026-11-22)
    poll_seconds=30,
    settle_seconds=20,
    scopes=SCOPES,
    visibilities=(Visibility.PUBLIC, Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT),
    content_warnings=True,
    # Drawn after Mastodon's own web client.
    look=Look(avatar="rounded", stacked=True, accent="#563acc", accent_dark="#a79bff"),
)
