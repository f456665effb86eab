"""What a server says about itself: its limits, its domain, whether it takes quotes. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from resonanz.connectorkit import reading
from resonanz.connectorkit.manifest import Limits, MediaLimit, Source
from resonanz.connectorkit.reading import at, number, text
from resonanz.connectors.mastodon.manifest import LIMITS

# https://docs.joinmastodon.org/client/quotes/ (2026-11-22): quoting begins with this version of the API.
_QUOTES_SINCE = 7


def domain(instance: Any, host: str) -> str:
    """What stands behind the second @ of the server's people."""
    said = text(instance, "domain") or text(instance, "uri")
    return said.removeprefix("https://").removeprefix("http://").strip("/") or host


def takes_quotes(instance: Any) -> bool:
    return (number(instance, "api_versions", "mastodon") or 0) >= _QUOTES_SINCE


def limits(instance: Any, address: str, today: date) -> Limits:
    """The server's own limits; what it does not say is as the manifest has it.

    instance: /api/v2/instance or the older /api/v1/instance, whose `configuration` is the same. `max_toot_chars`,
    `upload_limit` and `description_limit` at the top are Pleroma's way.
    """
    source = Source(address, today)
    configuration = at(instance, "configuration")
    statuses = at(configuration, "statuses")
    maximum = _positive(statuses, "max_characters") or _positive(instance, "max_toot_chars")
    shown = LIMITS.text[0]
    return Limits(
        text=(
            replace(
                shown,
                maximum=maximum or shown.maximum,
                link_units=_positive(statuses, "characters_reserved_per_url") or shown.link_units,
                source=source,
            ),
        ),
        images=_media(instance, LIMITS.images, "image", source),
        video=_media(instance, LIMITS.video, "video", source),
    )


def _media(instance: Any, usual: MediaLimit | None, kind: str, source: Source) -> MediaLimit | None:
    if usual is None:
        return None
    said = at(instance, "configuration", "media_attachments")
    offered = frozenset(
        one for one in reading.items(said, "supported_mime_types")
        if isinstance(one, str) and one.startswith(f"{kind}/") and len(one) < 100
    )  # fmt: skip
    per_post = _positive(instance, "configuration", "statuses", "max_media_attachments")
    alt = _positive(said, "description_limit") or _positive(instance, "description_limit")
    return replace(
        usual,
        maximum=per_post or usual.maximum if kind == "image" else usual.maximum,
        content_types=offered or usual.content_types,
        max_bytes=_positive(said, f"{kind}_size_limit")
        or _positive(instance, "upload_limit")
        or usual.max_bytes,
        max_pixels=_positive(said, f"{kind}_matrix_limit") or usual.max_pixels,
        max_alt=alt or usual.max_alt,
        source=source,
    )


def _positive(value: Any, *path: str | int) -> int | None:
    found = number(value, *path)
    return found if found and found > 0 else None
