"""Paper: a small network for these tests that knows no idempotency keys, so every request makes another post."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx

from resonanz.connectorkit.fakes import NoAnswer
from resonanz.connectorkit.http import Effect, Http
from resonanz.connectorkit.manifest import (
    Capability,
    ConnectFlow,
    Limits,
    Manifest,
    MediaLimit,
    Source,
    TextLimit,
)
from resonanz.connectorkit.network import Account, Network
from resonanz.kernel.messages import Reference
from resonanz.kernel.publishing import Draft, Media, Receipt, Upload
from resonanz.kernel.text import TextUnit

SETTLE_SECONDS = 3
_SOURCE = Source("https://paper.invalid/limits", date(2026, 11, 22))


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    text: str
    media: tuple[str, ...]
    answers: str  # what it is a reply to


Fault = Callable[["Paper", httpx.Request, Callable[[], httpx.Response]], httpx.Response]


@dataclass
class Paper:
    """The network itself: keeps every post it accepted. `fault` may stand between a POST and its answer."""

    fault: Fault | None = None
    posts: list[Post] = field(default_factory=list)
    uploads: dict[str, int] = field(default_factory=dict)  # id → how often it is still "in work" when asked
    slow_uploads: int = 0

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path == "/posts":
            wanted = request.url.params["text"]
            return httpx.Response(200, json=[self._shown(post) for post in self.posts if post.text == wanted])
        if request.url.path.startswith("/media"):
            return self._media(request)
        if self.fault is not None:
            return self.fault(self, request, lambda: self._accept(request))
        return self._accept(request)

    def _accept(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        with self._lock:
            post = Post(str(next(self._ids)), body["text"], tuple(body["media"]), body["reply_to"])
            self.posts.append(post)
        return httpx.Response(200, json=self._shown(post))

    def _media(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            if request.method == "POST":
                name = f"m{next(self._ids)}"
                self.uploads[name] = self.slow_uploads
            else:
                name = request.url.path.rsplit("/", 1)[1]
                self.uploads[name] = max(self.uploads[name] - 1, 0)
            return httpx.Response(200, json={"id": name, "ready": not self.uploads[name]})

    def _shown(self, post: Post) -> dict[str, str]:
        return {"id": post.id, "url": f"https://paper.invalid/{post.id}"}


def hang_up_after(
    paper: Paper, request: httpx.Request, accept: Callable[[], httpx.Response]
) -> httpx.Response:
    """Accepts the post and dies before it answers."""
    accept()
    raise NoAnswer


def error_after(paper: Paper, request: httpx.Request, accept: Callable[[], httpx.Response]) -> httpx.Response:
    """Accepts the post, and the gateway says 500."""
    accept()
    return httpx.Response(500, text="oops")


def always(status: int, text: str = "", headers: Mapping[str, str] | None = None) -> Fault:
    """Does nothing but answer so."""
    return lambda _paper, _request, _accept: httpx.Response(status, text=text, headers=headers)


class PaperConnector:
    def __init__(self, http: Http, account: Account) -> None:
        self._http = http

    def publish(self, draft: Draft, uploads: Sequence[Upload]) -> Receipt:
        body = {
            "text": draft.text,
            "media": [upload.data["id"] for upload in uploads],
            "reply_to": draft.reply_to.remote_id if draft.reply_to else "",
        }
        return _receipt(self._http.call("POST", "posts", effect=Effect.WRITE, body=body).json())

    def find_published(self, draft: Draft, taken: Container[str] = ()) -> Receipt | None:
        found = self._http.call("GET", "posts", effect=Effect.READ, params={"text": draft.text}).json()
        return next((_receipt(post) for post in found if post["id"] not in taken), None)

    def upload(self, media: Media) -> Upload:
        with media.open() as file:
            answer = self._http.call("POST", "media", effect=Effect.REPEATABLE, content=file.read()).json()
        return Upload(media.id, {"id": answer["id"]}, ready=answer["ready"])

    def upload_state(self, upload: Upload) -> Upload:
        answer = self._http.call("GET", f"media/{upload.data['id']}", effect=Effect.READ).json()
        return Upload(upload.media_id, upload.data, ready=answer["ready"])


def _receipt(shown: Mapping[str, str]) -> Receipt:
    return Receipt(Reference(shown["id"], {"of": "paper"}), shown["url"], datetime.now(UTC))


class PaperAuth:
    def headers(self, secrets: Mapping[str, str]) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {secrets.get('token', '')}"}

    def renew(self, http: Http, account: Account, secrets: Mapping[str, str]) -> Mapping[str, str] | None:
        return None


def _network(slug: str, *without: Capability) -> Network:
    able = {
        Capability.PUBLISH,
        Capability.FIND_PUBLISHED,
        Capability.UPLOAD,
        Capability.REPLY,
    }
    manifest = Manifest(
        slug=slug,
        name=slug.title(),
        homepage="https://paper.invalid",
        capabilities=frozenset(able - set(without)),
        limits=Limits(
            text=(TextLimit(200, TextUnit.GRAPHEMES, _SOURCE),),
            images=MediaLimit(2, frozenset({"image/png"}), 100_000, _SOURCE, max_alt=20),
        ),
        connect_flow=ConnectFlow.FORM,
        connect_fields=(),
        poll_seconds=60,
        settle_seconds=SETTLE_SECONDS,
    )
    auth: Any = PaperAuth()
    return Network(manifest, auth, PaperConnector)


NETWORK = _network("paper")
# The same, only that nobody can look there.
BLIND = _network("blind", Capability.FIND_PUBLISHED, Capability.UPLOAD)
