"""A server's limits as JSON and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from resonanz.connectorkit.manifest import Limits, MediaLimit, Source, TextLimit
from resonanz.kernel.text import TextUnit


def to_json(limits: Limits) -> dict[str, Any]:
    """`limits` in what JSON knows."""
    plain = asdict(limits)
    for part in (*plain["text"], *(plain[name] for name in ("images", "video") if plain[name])):
        part["source"]["checked"] = part["source"]["checked"].isoformat()
        if "content_types" in part:
            part["content_types"] = sorted(part["content_types"])
    return plain


def from_json(plain: dict[str, Any]) -> Limits:
    """What `to_json` was given."""
    text = tuple(
        TextLimit(**{**part, "unit": TextUnit(part["unit"]), "source": _source(part)})
        for part in plain["text"]
    )
    return Limits(text=text, images=_media(plain["images"]), video=_media(plain["video"]))


def _media(plain: dict[str, Any] | None) -> MediaLimit | None:
    if plain is None:
        return None
    return MediaLimit(
        **{**plain, "content_types": frozenset(plain["content_types"]), "source": _source(plain)}
    )


def _source(part: dict[str, Any]) -> Source:
    return Source(part["source"]["url"], date.fromisoformat(part["source"]["checked"]))
