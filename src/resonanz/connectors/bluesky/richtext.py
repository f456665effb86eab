"""Links, mentions and hashtags in a text, as Bluesky wants them: ranges of UTF-8 bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import regex

MAX_TAG_GRAPHEMES = 64  # app.bsky.richtext.facet#tag
MAX_TAG_BYTES = 640

_OPENING = r"(?:^|(?<=[\s(\[{„“‚‘\"'«»/|·–—]))"
_LINK = regex.compile(r"(?<![\w/@])https?://[\w\[][^\s<>\"]*", regex.IGNORECASE)
# A handle is a host name: labels of letters, digits and inner hyphens; the last one starts with a letter.
_MENTION = regex.compile(
    r"(?<![\w@./])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![\w@-])",
    regex.IGNORECASE,
)
_TAG = regex.compile(_OPENING + r"[#＃]([\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_\-·・]*[\p{L}\p{M}\p{N}_])?)")
_TRAILING = ".,;:!?'\"»“”’…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


class SpanKind(StrEnum):
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` (characters) is a link, a mention or a hashtag; `value` without @ or #."""

    kind: SpanKind
    start: int
    end: int
    value: str


def spans(text: str) -> tuple[Span, ...]:
    """All links, mentions and hashtags of `text`, in order, without overlaps (a link swallows what lies in it)."""
    found: list[Span] = []
    for span in sorted(_candidates(text), key=lambda span: (span.start, -span.end)):
        if not found or span.start >= found[-1].end:
            found.append(span)
    return tuple(found)


def handles(text: str) -> tuple[str, ...]:
    """The handles that `text` mentions, in lower case, each once."""
    return tuple(dict.fromkeys(span.value for span in spans(text) if span.kind is SpanKind.MENTION))


def facets(text: str, dids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facets of `text`. dids: handle in lower case → DID; a handle that is missing there stays plain text."""
    done = []
    for span in spans(text):
        if (feature := _feature(span, dids)) is not None:
            start = len(text[: span.start].encode())
            end = start + len(text[span.start : span.end].encode())
            done.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return done


def _feature(span: Span, dids: Mapping[str, str]) -> dict[str, str] | None:
    match span.kind:
        case SpanKind.LINK:
            return {"$type": "app.bsky.richtext.facet#link", "uri": span.value}
        case SpanKind.TAG:
            return {"$type": "app.bsky.richtext.facet#tag", "tag": span.value}
        case SpanKind.MENTION:
            did = dids.get(span.value)
            return {"$type": "app.bsky.richtext.facet#mention", "did": did} if did else None


def _candidates(text: str) -> Iterator[Span]:
    for match in _LINK.finditer(text):
        link = _without_punctuation(match[0])
        yield Span(SpanKind.LINK, match.start(), match.start() + len(link), link)
    for match in _MENTION.finditer(text):
        if len(match[1]) <= 253:
            yield Span(SpanKind.MENTION, match.start(), match.end(), match[1].lower())
    for match in _TAG.finditer(text):
        tag = match[1]
        # "#1" is a rank, not a topic.
        if not tag.isdecimal() and len(tag) <= MAX_TAG_GRAPHEMES and len(tag.encode()) <= MAX_TAG_BYTES:
            yield Span(SpanKind.TAG, match.start(), match.end(), tag)


def _without_punctuation(link: str) -> str:
    """`link` without the punctuation of the sentence around it; brackets stay where they are balanced."""
    while True:
        last = link[-1]
        unpaired = last in _PAIRS and link.count(last) > link.count(_PAIRS[last])
        if last not in _TRAILING and not unpaired:
            break
        link = link[:-1]
    return link
