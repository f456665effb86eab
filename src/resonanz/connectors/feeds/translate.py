"""Documents of all kinds of feeds → our words. Pure."""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
from calendar import timegm
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from resonanz.connectorkit import reading
from resonanz.connectorkit.html import label_only, to_text
from resonanz.connectorkit.reading import Unreadable, at, clean, moment, text
from resonanz.connectors.feeds.sieve import MAX_BYTES, MAX_ENTRIES, TooMuch, sieve
from resonanz.kernel.messages import Attachment, Author, Message, MessageKind, Reference

_LINK_TAG = re.compile(r"<link\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]{1,30})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MAX_ADDRESS = 2000
_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, still without the feed it belongs to."""

    id: str  # stable: what the feed says, else its address, else a hash of its words
    title: str
    text: str
    url: str
    links: tuple[str, ...]
    sent_at: datetime | None
    edited_at: datetime | None
    language: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole document."""

    title: str
    description: str
    homepage: str
    image: str
    entries: tuple[Entry, ...]  # as they stand there
    skipped: int  # entries that could not be read
    left_out: int = 0  # older entries beyond the MAX_ENTRIES newest
    is_whole: bool = True  # False: perhaps cut off, so it has to be fetched again


def feed(body: bytes, content_type: str, address: str) -> Feed:
    """The feed in `body`, which came from `address`. Raises Unreadable, with the reason, for everything else."""
    if len(body) > MAX_BYTES:
        raise Unreadable(f"more than {MAX_BYTES} bytes")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        part = partial(_json_feed, body, address)
    elif start in (b"<", b"\xff", b"\xfe") or b"<" in body[:200]:
        part = partial(_xml_feed, body, content_type, address)
    else:
        raise Unreadable("empty" if not start else "neither XML nor JSON")
    found = part(last=False)
    return part(last=True) if _ends_before_the_news(found) else found


def _ends_before_the_news(found: Feed) -> bool:
    """Whether entries were left out behind ones that grow newer: some podcasts list their first episode first."""
    dated = [entry.sent_at for entry in found.entries if entry.sent_at]
    return bool(found.left_out and dated and dated[0] < dated[-1])


def message(entry: Entry, author: Author, now: datetime) -> Message:
    return Message(
        # Feeds number their entries as they like, so only with the feed's own id is it one of its kind.
        reference=Reference(digest(f"{author.remote_id}\n{entry.id}")),
        kind=MessageKind.ARTICLE,
        author=author,
        text=entry.text,
        title=entry.title,
        # Feeds announce things to come, and some leave out the date: neither is later than now.
        sent_at=min(entry.sent_at or now, now),
        url=entry.url,
        language=entry.language,
        links=entry.links,
        attachments=entry.attachments,
        edited_at=min(entry.edited_at, now) if entry.edited_at else None,
    )


def feed_author(found: Feed, address: str) -> Author:
    """A feed as somebody who says something. `address` is its name for ever, also after it has moved."""
    return Author(
        remote_id=address,
        handle=(urlsplit(address).hostname or address).removeprefix("www."),
        name=found.title,
        url=found.homepage or address,
        avatar_url=found.image,
    )


def digest(entry_id: str) -> str:
    """40 hexadecimal digits for an id of any length."""
    return hashlib.sha256(entry_id.encode()).hexdigest()[:40]


def feeds_of_page(page: str, address: str) -> tuple[str, ...]:
    """The addresses of the feeds that an HTML page names in its <link rel="alternate">."""
    found = []
    for tag in _LINK_TAG.finditer(page[:500_000]):
        said = {
            match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(tag[1])
        }
        is_feed = said.get("type", "").split(";")[0].strip().lower() in _FEED_TYPES
        if is_feed and "alternate" in said.get("rel", "").lower().split():
            found.append(web_address(said.get("href", "").replace("&amp;", "&"), address))
    return tuple(dict.fromkeys(filter(None, found)))


def web_address(value: str, base: str) -> str:
    """`value` as a whole http(s) address; empty if it is none."""
    try:
        whole = urljoin(base, value.strip()) if value.strip() else ""
        parts = urlsplit(whole)
    except ValueError:
        return ""
    return clean(whole) if parts.scheme in ("http", "https") and len(whole) <= _MAX_ADDRESS else ""


# --- RSS and Atom -------------------------------------------------------------------------------------------------


def _xml_feed(body: bytes, content_type: str, address: str, *, last: bool) -> Feed:
    try:
        sieved = sieve(body, last=last)
        parsed: Any = feedparser.parse(
            # A stream: a string that looks like an address would be fetched.
            io.BytesIO(sieved.body),
            # Without the address: ids are resolved against it, and would change when the feed moves.
            response_headers={"content-type": content_type},
            sanitize_html=False,  # it is turned into text here
            resolve_relative_uris=False,
        )
    except TooMuch as error:
        raise Unreadable(str(error)) from error
    except Exception as error:  # the parser's own faults on odd input are the feed's, for us
        raise Unreadable(f"the parser failed: {type(error).__name__}") from error
    if not parsed.get("version"):
        raise Unreadable("not a feed")
    about = parsed.get("feed", {})
    language = _language(about.get("language"))
    entries, skipped = reading.each(
        parsed.get("entries", [])[:MAX_ENTRIES], lambda one: _xml_entry(one, address, language)
    )
    return Feed(
        title=_plain(about.get("title_detail")) or clean(str(about.get("title", ""))),
        description=_plain(about.get("subtitle_detail")),
        homepage=web_address(str(about.get("link", "")), address),
        image=web_address(str(about.get("image", {}).get("href", "")), address),
        entries=entries,
        skipped=skipped,
        left_out=sieved.left_out,
        is_whole=not sieved.is_guess,
    )


def _xml_entry(entry: Any, address: str, language: str) -> Entry:
    title = _plain(entry.get("title_detail"))
    body = next((one for one in entry.get("content", []) if one.get("value")), entry.get("summary_detail"))
    said, links = _said(body, address)
    url = web_address(str(entry.get("link", "")), address)
    # dict's own get: feedparser's would give the one date for the other, with a warning.
    published, updated = (_date(dict.get(entry, name)) for name in ("published_parsed", "updated_parsed"))
    return Entry(
        id=_identity(str(entry.get("id", "")), url, title, said),
        title=title,
        text=said,
        url=url,
        links=links,
        sent_at=published or updated,
        edited_at=updated if published and updated and updated > published else None,
        language=_language(_own_language(body)) or language,
        attachments=_attachments(_xml_files(entry), address),
    )


def _own_language(body: Any) -> Any:
    return body.get("language") if body else None


def _xml_files(entry: Any) -> Iterable[tuple[str, str, str]]:
    for one in entry.get("enclosures", []):
        yield str(one.get("href", "")), str(one.get("type", "")), ""
    for one in entry.get("media_content", []):
        yield str(one.get("url", "")), str(one.get("type") or f"{one.get('medium', '')}/"), ""


def _said(detail: Any, address: str) -> tuple[str, tuple[str, ...]]:
    """Text and links of one of feedparser's "details"."""
    if not detail:
        return "", ()
    value = str(detail.get("value", ""))
    if detail.get("type") == "text/plain":
        return clean(value).strip(), ()
    said, links = to_text(value, label_only)
    return said, tuple(link for one in links if (link := web_address(one, address)))


def _plain(detail: Any) -> str:
    return " ".join(_said(detail, "")[0].split())


def _date(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(value), UTC) if value else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


# --- JSON Feed (https://www.jsonfeed.org/version/1.1/, read 2026-11-22) ------------------------------------------


def _json_feed(body: bytes, address: str, *, last: bool) -> Feed:
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if "jsonfeed.org/version/" not in text(document, "version"):
        raise Unreadable("not a feed")
    language = _language(at(document, "language"))
    listed = reading.items(document, "items")
    part = listed[-MAX_ENTRIES:] if last else listed[:MAX_ENTRIES]
    entries, skipped = reading.each(part, lambda one: _json_entry(one, address, language))
    return Feed(
        title=text(document, "title"),
        description=text(document, "description"),
        homepage=web_address(text(document, "home_page_url"), address),
        image=web_address(text(document, "icon") or text(document, "favicon"), address),
        entries=entries,
        skipped=skipped,
        left_out=len(listed) - len(part),
    )


def _json_entry(entry: Any, address: str, language: str) -> Entry:
    if not isinstance(entry, Mapping):
        raise Unreadable("entry")
    plain = text(entry, "content_text") or text(entry, "summary")
    markup = text(entry, "content_html")
    said, links = _said({"value": markup or plain, "type": "" if markup else "text/plain"}, address)
    url = web_address(text(entry, "url") or text(entry, "external_url"), address)
    title = text(entry, "title")
    number = reading.number(entry, "id")
    published = moment(entry, "date_published", now=_EVER)
    updated = moment(entry, "date_modified", now=_EVER)
    files = [
        (text(one, "url"), text(one, "mime_type"), text(one, "title"))
        for one in reading.items(entry, "attachments")
    ]
    return Entry(
        id=_identity(text(entry, "id") or ("" if number is None else str(number)), url, title, said),
        title=title,
        text=said,
        url=url,
        links=links,
        sent_at=published or updated,
        edited_at=updated if published and updated and updated > published else None,
        language=_language(at(entry, "language")) or language,
        attachments=_attachments(files, address),
    )


# --- both ---------------------------------------------------------------------------------------------------------


def _identity(stated: str, url: str, title: str, said: str) -> str:
    if stated := clean(stated).strip():
        return stated
    if url:
        return url
    if not title and not said:
        raise Unreadable("an entry that says nothing")
    return "hash:" + digest(unicodedata.normalize("NFKC", f"{title}\n{said}"))


def _language(value: Any) -> str:
    value = value if isinstance(value, str) else ""
    return value if len(value) <= 35 and _LANGUAGE.fullmatch(value) else ""


def _attachments(files: Iterable[tuple[str, str, str]], address: str) -> tuple[Attachment, ...]:
    found = {}
    for href, content_type, alt in files:
        if url := web_address(href, address):
            kind = content_type.split("/")[0].lower()
            found[url] = Attachment(kind if kind in ("image", "video", "audio") else "other", url, clean(alt))
    return tuple(found.values())[:20]
