"""A small web site with feeds of all kinds, in memory: for the contract suite, the demo and browser tests."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

import httpx

from resonanz.kernel.clock import Clock, utcnow

RSS, ATOM, JSON, PODCAST = "/feed.xml", "/atom.xml", "/feed.json", "/podcast.xml"


@dataclass(frozen=True)
class Item:
    number: int
    title: str
    html: str
    at: datetime


class FakeSite:
    """The site. `publish` adds an entry to all its feeds; `items` may be moved about by a test."""

    def __init__(
        self, address: str = "https://blog.example", *, clock: Clock = utcnow, name: str = "Werkstattblatt"
    ) -> None:
        self.address = address
        self.name = name
        self.clock = clock
        self.items: list[Item] = []  # newest first, as feeds have it
        self.shown = 50  # entries in a feed
        self.password = ""  # of the user "leser"; empty: the site is open
        self.moved: dict[str, str] = {}  # path → where it has moved for good
        self.pages: dict[str, tuple[str, bytes]] = {}  # path → content type and body, instead of our own
        self.answered: list[tuple[str, int]] = []  # path and status of every answer
        self._number = 0
        self._lock = threading.Lock()

    def publish(self, title: str, html: str = "", at: datetime | None = None) -> Item:
        with self._lock:
            self._number += 1
            item = Item(self._number, title, html or f"<p>{escape(title)}</p>", at or self.clock())
            self.items.insert(0, item)
            return item

    def handle(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            status, headers, body = self._answer(request)
            self.answered.append((request.url.path, status))
        return httpx.Response(
            status,
            headers={"date": format_datetime(self.clock(), usegmt=True), **headers},
            content=body,
        )

    def _answer(self, request: httpx.Request) -> tuple[int, Mapping[str, str], bytes]:
        path = request.url.path
        wanted = "Basic " + base64.b64encode(f"leser:{self.password}".encode()).decode()
        if self.password and request.headers.get("authorization") != wanted:
            return 401, {"www-authenticate": "Basic"}, b"password, please"
        if path in self.moved:
            return 301, {"location": self.moved[path]}, b""
        if (found := self._page(path)) is None:
            return 404, {}, b"not here"
        content_type, body = found
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"content-type": content_type, "etag": etag}
        if request.headers.get("if-none-match") == etag:
            return 304, headers, b""
        return 200, headers, body

    def _page(self, path: str) -> tuple[str, bytes] | None:
        if path in self.pages:
            return self.pages[path]
        items = self.items[: self.shown]
        match path:
            case "/":
                return "text/html; charset=utf-8", self._home().encode()
            case "/feed.xml":
                return "application/rss+xml", self._rss(items, podcast=False).encode()
            case "/podcast.xml":
                return "application/rss+xml", self._rss(items, podcast=True).encode()
            case "/atom.xml":
                return "application/atom+xml", self._atom(items).encode()
            case "/feed.json":
                return "application/feed+json", self._json(items).encode()
        return None

    def _home(self) -> str:
        return (
            f"<!doctype html><html lang=de><head><title>{escape(self.name)}</title>"
            '<link rel="stylesheet" href="/style.css">'
            f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{RSS}">'
            f"<LINK href='{ATOM}' type='application/atom+xml' rel='alternate home'>"
            "</head><body><p>Willkommen</p></body></html>"
        )

    def _link(self, item: Item) -> str:
        return f"{self.address}/{item.number}"

    def _rss(self, items: list[Item], *, podcast: bool) -> str:
        def entry(item: Item) -> str:
            sound = (
                f'<enclosure url="{self._link(item)}.mp3" length="1000" type="audio/mpeg"/>'
                if podcast
                else ""
            )
            return (
                f"<item><title>{escape(item.title)}</title><link>{self._link(item)}</link>"
                f'<guid isPermaLink="false">{item.number}</guid>'
                f"<pubDate>{format_datetime(item.at)}</pubDate>"
                f"<description>{escape(item.html)}</description>{sound}</item>"
            )

        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(self.name)}</title>'
            f"<link>{self.address}/</link><description>Aus der Werkstatt</description><language>de</language>"
            f"{''.join(map(entry, items))}</channel></rss>"
        )

    def _atom(self, items: list[Item]) -> str:
        def entry(item: Item) -> str:
            return (
                f"<entry><id>tag:{item.number}</id><title>{escape(item.title)}</title>"
                f'<link href="{self._link(item)}"/><updated>{item.at.isoformat()}</updated>'
                f'<content type="html">{escape(item.html)}</content></entry>'
            )

        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">'
            f"<title>{escape(self.name)}</title><id>{self.address}/</id>{''.join(map(entry, items))}</feed>"
        )

    def _json(self, items: list[Item]) -> str:
        entries = [
            {
                "id": str(item.number),
                "url": self._link(item),
                "title": item.title,
                "content_html": item.html,
                "date_published": item.at.isoformat(),
            }
            for item in items
        ]
        return json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": self.name,
                "language": "de",
                "items": entries,
            }
        )
