"""The networks the harness publishes to: each is started, connected and, in the end, read."""

from __future__ import annotations

import html
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import httpx

from resonanz.connectorkit.fakes import FakeServer, Handle, NoAnswer
from tests.servers.atproto import BlueskyServers, bluesky
from tests.servers.mastodon import MastodonServer, mastodon

# What a served fake does with a request that publishes, in per cent; the rest it answers as it should.
FAULTS = {
    "hangs up after": 10,
    "hangs up before": 5,
    "500 after": 5,
    "503 before": 5,
    "slow, then accepts": 8,
    "accepts, then slow": 7,
}
LATENCY_SECONDS = 0.1
SLOW_SECONDS = (0.3, 2.0)


class Chaos:
    """A handle with faults around it, and what they came to."""

    def __init__(self, handle: Handle, seed: int, publishes: Callable[[httpx.Request], bool]) -> None:
        self._handle, self._publishes = handle, publishes
        self._random, self._lock = random.Random(seed), threading.Lock()
        self.happened: dict[str, int] = dict.fromkeys(FAULTS, 0)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not self._publishes(request):
            return self._handle(request)
        with self._lock:
            fault = self._choose()
            pause = self._random.uniform(*SLOW_SECONDS)
            self.happened[fault] = self.happened.get(fault, 0) + 1
        time.sleep(LATENCY_SECONDS)
        match fault:
            case "hangs up before":
                raise NoAnswer
            case "503 before":
                return httpx.Response(503, text="busy")
            case "slow, then accepts":
                time.sleep(pause)
        answer = self._handle(request)
        match fault:
            case "hangs up after":
                raise NoAnswer
            case "500 after":
                return httpx.Response(500, text="oops")
            case "accepts, then slow":
                time.sleep(pause)
        return answer

    def _choose(self) -> str:
        roll = self._random.uniform(0, 100)
        for fault, share in FAULTS.items():
            roll -= share
            if roll < 0:
                return fault
        return "no fault"


class Target(Protocol):
    """A network that runs. Django is set up when it is connected."""

    slug: str
    faults: dict[str, int]

    def connect(self, member: Any) -> Any:
        """A channel of `member`'s workspace on it."""

    def texts(self) -> list[str]:
        """Every post that is public there, read at the network itself."""


class PaperTarget:
    slug = "paper"

    def __init__(self, seed: int) -> None:
        from resonanz.outbound.publishing.tests.network import Paper

        self._paper = Paper()
        self._chaos = Chaos(self._paper.handle, seed, lambda request: request.method == "POST")
        self.faults = self._chaos.happened
        self.server = FakeServer(self._chaos)

    def connect(self, member: Any) -> Any:
        from resonanz.foundation.channels.models import Channel
        from resonanz.foundation.channels.secrets import seal

        return Channel.objects.create(
            workspace=member.workspace,
            network="paper",
            server=self.server.address,
            remote_id="1",
            handle="paper",
            secrets=seal({"token": "s3cret"}),
        )

    def texts(self) -> list[str]:
        return [post.text for post in self._paper.posts]


class FakeMastodonTarget:
    slug = "mastodon-fake"

    def __init__(self, seed: int) -> None:
        from resonanz.connectors.mastodon.fake import FakeMastodon

        self.server = FakeServer(lambda request: self._chaos(request))
        self._fake = FakeMastodon(self.server.address)
        # Without its keys: what a compatible server that ignores the header does.
        self._chaos = Chaos(
            self._without_key,
            seed,
            lambda request: (request.method, request.url.path) == ("POST", "/api/v1/statuses"),
        )
        self.faults = self._chaos.happened

    def _without_key(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("idempotency-key", None)
        return self._fake.handle(request)

    def connect(self, member: Any) -> Any:
        from resonanz.foundation.channels import services

        url = services.begin(member, "mastodon", {"server": self.server.address}, "https://we.example/back")
        return services.complete(member, self._fake.agree(url))

    def texts(self) -> list[str]:
        return [status.text for status in self._fake.statuses.values()]


class PdsTarget:
    """Bluesky's own PDS. It breaks nothing by itself; the killing does."""

    slug = "bluesky-pds"
    faults: dict[str, int] = {}

    def __init__(self, servers: BlueskyServers) -> None:
        self._servers = servers
        self._person = servers.join("werkbank.test", "Werkbank GmbH")

    def connect(self, member: Any) -> Any:
        from resonanz.foundation.channels import services

        answers = {"handle": self._person.handle, "app_password": self._person.app_password}
        return services.connect(member, "bluesky", {**answers, "server": self._servers.pds})

    def texts(self) -> list[str]:
        texts: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            where = {"repo": self._person.did, "collection": "app.bsky.feed.post", "limit": "100"}
            page = self._servers.call("com.atproto.repo.listRecords", **where, **cursor)
            texts += [record["value"]["text"] for record in page["records"]]
            if not page["records"] or "cursor" not in page:
                return texts
            cursor = {"cursor": page["cursor"]}


class MastodonMockTarget:
    """PyPI's mastodon-mock, a server that speaks Mastodon's API. It breaks nothing by itself; the killing does."""

    slug = "mastodon-mock"
    faults: dict[str, int] = {}

    def __init__(self, server: MastodonServer) -> None:
        self._server = server
        self._person = server.join("werkstatt")

    def connect(self, member: Any) -> Any:
        from resonanz.foundation.channels import services

        url = services.begin(member, "mastodon", {"server": self._server.address}, "https://we.example/back")
        return services.complete(member, self._server.agree(url, self._person.name))

    def texts(self) -> list[str]:
        path, older, texts = f"/api/v1/accounts/{self._person.id}/statuses?limit=40", "", []
        while page := self._server.call(self._person, "GET", path + older):
            texts += [re.sub(r"<[^>]+>", "", html.unescape(status["content"])) for status in page]
            older = f"&max_id={page[-1]['id']}"
        return texts


@contextmanager
def start(slug: str, seed: int) -> Iterator[Target]:
    """The network called `slug`, running."""
    if slug == PdsTarget.slug:
        with bluesky(appview=False) as servers:
            yield PdsTarget(servers)
        return
    if slug == MastodonMockTarget.slug:
        with mastodon() as server:
            yield MastodonMockTarget(server)
        return
    made: Any = {one.slug: one for one in (PaperTarget, FakeMastodonTarget)}[slug](seed)
    with made.server:
        yield made
