"""The demo company's networks: fakes inside this process, fed by the story as time goes on.

What the user does there (posts, answers) is kept as a journal of requests. After a restart the story and the journal
are played again in order of time, so the networks are what they were.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
from django.conf import settings

from resonanz.connectors.bluesky.fake import FakeBluesky
from resonanz.connectors.mastodon.fake import FakeMastodon
from resonanz.demo import texts
from resonanz.demo.story import Event, story
from resonanz.kernel.clock import utcnow

BLUESKY = "https://bluesky.demo.invalid"
MASTODON = "https://mastodon.demo.invalid"
MAGAZINE = "https://radmagazin.demo.invalid"
BLUESKY_HANDLE = f"{texts.HANDLE}.example"
_KEPT_HEADERS = ("authorization", "content-type", "idempotency-key", "atproto-proxy")
AGREE = "AGREE"  # the one act in the journal that is no request: a person's, in a browser
_FEW_LIKES = 25  # a heart more or less tells nothing, and each is a row in the fake


@dataclass(frozen=True, slots=True)
class _Request:
    """Something the user's Resonanz wrote to a network, at a time."""

    at: datetime
    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Stage:
    """All three networks, played up to the present before every request."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._lock = threading.RLock()
        self._moment = utcnow()
        self.begin = self._opened()
        self.bluesky = FakeBluesky(BLUESKY, clock=lambda: self._moment)
        self.mastodon = FakeMastodon(MASTODON, clock=lambda: self._moment, name=texts.HANDLE)
        self.mastodon.people[self.mastodon.us].name = texts.COMPANY
        self.app_password = self.bluesky.app_password(BLUESKY_HANDLE)
        self.bluesky.join(BLUESKY_HANDLE).name = texts.COMPANY
        self.remote_ids: dict[int, str] = {}  # by number of the event
        self.articles: list[Event] = []
        self.told: list[Event] = []
        # What the company itself says after the beginning, it says through Resonanz.
        self._coming = [event for event in story(self.begin) if event.who is not None or event.at <= self.begin
                        or event.network == "feeds"]  # fmt: skip
        for request in list(self._written()):
            self._advance(request.at)
            self._moment = request.at
            if request.method == AGREE:
                self.mastodon.agree(request.url)
            else:
                self._answer(_as_httpx(request))

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request as of now."""
        with self._lock:
            self._advance(utcnow())
            self._moment = utcnow()
            if request.method != "GET":
                self._write(request)
            return self._answer(request)

    def agree(self, authorize_url: str) -> dict[str, str]:
        """The company agrees on Mastodon's page to what Resonanz asks for; the query it comes back with."""
        with self._lock:
            self._advance(utcnow())
            self._moment = utcnow()
            self._write(httpx.Request(AGREE, authorize_url))
            return self.mastodon.agree(authorize_url)

    def advance(self) -> None:
        """Let everything happen that should have by now."""
        with self._lock:
            self._advance(utcnow())

    def _answer(self, request: httpx.Request) -> httpx.Response:
        handlers: dict[str, Callable[[httpx.Request], httpx.Response]] = {
            BLUESKY: self.bluesky.handle,
            MASTODON: self.mastodon.handle,
            MAGAZINE: self._magazine,
        }
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        if origin not in handlers:
            raise httpx.ConnectError(f"the demo has no {origin}", request=request)
        return handlers[origin](request)

    # --- the story ---

    def _advance(self, until: datetime) -> None:
        while self._coming and self._coming[0].at <= until:
            event = self._coming.pop(0)
            self._moment = event.at.astimezone(UTC)
            self._play(event)

    def _play(self, event: Event) -> None:
        self.told.append(event)
        if event.network == "feeds":
            self.articles.append(event)
            return
        # An answer to something the story skipped (our own future words) is skipped with it.
        if event.answers is not None and event.answers not in self.remote_ids:
            return
        parent = self.remote_ids.get(event.answers) if event.answers is not None else None
        say = self._say_on_bluesky if event.network == "bluesky" else self._say_on_mastodon
        self.remote_ids[event.number] = say(event, parent)

    def _say_on_bluesky(self, event: Event, parent: str | None) -> str:
        handle = bluesky_handle(event.who)
        person = self.bluesky.join(handle)
        person.name = person_name(event.who)
        text = event.text.replace("@us", f"@{BLUESKY_HANDLE}")
        uri = self.bluesky.post(handle, text, reply_to=parent or "")
        for fan in _fans(event.likes):
            self.bluesky.like(bluesky_handle(fan), uri)
        for fan in _fans(event.reposts):
            self.bluesky.repost(bluesky_handle(fan), uri)
        return uri

    def _say_on_mastodon(self, event: Event, parent: str | None) -> str:
        acct = mastodon_acct(event.who)
        self.mastodon.people[self.mastodon.add_person(acct)].name = person_name(event.who)
        text = event.text.replace("@us", f"@{texts.HANDLE}")
        if parent:
            answered = self.mastodon.people[self.mastodon.statuses[parent].person].acct
            text = f"@{answered} {text}"
        status = self.mastodon.others_say(acct, text, reply_to=parent, language="de")
        for fan in _fans(event.likes):
            self.mastodon.others_like(mastodon_acct(fan), status)
        for fan in _fans(event.reposts):
            self.mastodon.others_boost(mastodon_acct(fan), status)
        return status

    def _magazine(self, request: httpx.Request) -> httpx.Response:
        tag = f'"{len(self.articles)}"'
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304, headers={"etag": tag})
        entries = "".join(
            f"<item><guid>{MAGAZINE}/{event.number}</guid><title>{escape(event.title)}</title>"
            f"<link>{MAGAZINE}/{event.number}</link><pubDate>{format_datetime(event.at)}</pubDate>"
            f"<description>{escape(event.text)}</description></item>"
            for event in reversed(self.articles)
        )
        body = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Radmagazin Nord</title>'
            f"<link>{MAGAZINE}/</link><description>Alles, was Pedale hat</description>{entries}</channel></rss>"
        )
        headers = {"content-type": "application/rss+xml; charset=utf-8", "etag": tag}
        return httpx.Response(200, headers=headers, content=body.encode())

    # --- the journal ---

    def _opened(self) -> datetime:
        """When the demo began: the journal's first line, written now if there is none."""
        if not self._journal.exists():
            descriptor = os.open(self._journal, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(json.dumps({"begin": utcnow().isoformat()}) + "\n")
        with self._journal.open() as file:
            return datetime.fromisoformat(json.loads(file.readline())["begin"])

    def _written(self) -> Iterator[_Request]:
        with self._journal.open() as file:
            next(file)
            for line in file:
                try:
                    stored = json.loads(line)
                except ValueError:
                    continue  # the process died while it wrote this line
                yield _Request(
                    datetime.fromisoformat(stored["at"]), stored["method"], stored["url"], stored["headers"],
                    base64.b64decode(stored["body"]),
                )  # fmt: skip

    def _write(self, request: httpx.Request) -> None:
        stored = {
            "at": self._moment.isoformat(),
            "method": request.method,
            "url": str(request.url),
            "headers": {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers},
            "body": base64.b64encode(request.content).decode(),
        }
        with self._journal.open("a") as file:
            file.write(json.dumps(stored) + "\n")


def _as_httpx(request: _Request) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers, content=request.body)


def _fans(count: int) -> range:
    return range(min(count, _FEW_LIKES, len(texts.PEOPLE)))


def person_name(who: int | None) -> str:
    return texts.COMPANY if who is None else texts.PEOPLE[who][0]


def bluesky_handle(who: int | None) -> str:
    if who is None:
        return BLUESKY_HANDLE
    return texts.PEOPLE[who][1].replace("_", "-").replace(".", "-") + ".bsky.example"


def mastodon_acct(who: int | None) -> str:
    return texts.HANDLE if who is None else texts.PEOPLE[who][1].replace(".", "_") + "@nordsee.example"


def _journal_path() -> Path:
    return Path(settings.DATA) / "demo-networks.jsonl"


@cache
def stage() -> Stage:
    """The networks of this process."""
    return Stage(_journal_path())


def close() -> None:
    """Forget everything that happened on the demo's networks."""
    stage.cache_clear()
    _journal_path().unlink(missing_ok=True)


class Transport(httpx.BaseTransport):
    """Hands requests to the stage; its name stands in the settings."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return stage().handle(request)


def server_of(network: str) -> str:
    """Where the demo's network of that name lives."""
    return {"bluesky": BLUESKY, "mastodon": MASTODON, "feeds": MAGAZINE}[network]
