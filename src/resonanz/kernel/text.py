"""Counting text the way networks count it."""

from __future__ import annotations

from enum import StrEnum

import regex

_GRAPHEME = regex.compile(r"\X")
_LINK = regex.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'»“”]", regex.IGNORECASE)
_REMOTE_MENTION = regex.compile(r"(?<![\w@/])(@[\w.-]+)@[\w.-]+\w")


class TextUnit(StrEnum):
    """What one unit of a text limit is."""

    GRAPHEMES = "graphemes"  # what a person sees as one character (UAX #29)
    CODEPOINTS = "codepoints"
    UTF16 = "utf16"  # UTF-16 code units, as JavaScript counts
    BYTES = "bytes"  # of UTF-8


def length(text: str, unit: TextUnit, *, link_units: int | None = None, short_mentions: bool = False) -> int:
    """The length of `text` in `unit`.

    link_units: every http(s) link counts as so many units, whatever its length (Mastodon: 23).
    short_mentions: of @name@server only @name counts (Mastodon).
    """
    extra = 0
    if link_units is not None:
        text, links = _LINK.subn("", text)
        extra = links * link_units
    if short_mentions:
        text = _REMOTE_MENTION.sub(r"\1", text)
    match unit:
        case TextUnit.GRAPHEMES:
            counted = len(_GRAPHEME.findall(text)) if not text.isascii() or "\r" in text else len(text)
        case TextUnit.CODEPOINTS:
            counted = len(text)
        case TextUnit.UTF16:
            counted = len(text.encode("utf-16-le", "surrogatepass")) // 2
        case TextUnit.BYTES:
            counted = len(text.encode("utf-8", "surrogatepass"))
    return counted + extra


def graphemes(text: str) -> list[str]:
    """`text` in the pieces that a person sees as characters."""
    return _GRAPHEME.findall(text)
