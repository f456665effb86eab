"""Who appears in the tests of this connector, and the door they use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from resonanz.connectorkit.fakes import FakeTransport, Handle
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.network import Account, Connected
from resonanz.connectors.bluesky import NETWORK, Bluesky
from resonanz.connectors.bluesky.fake import FakeBluesky
from resonanz.kernel.publishing import Draft

NOON = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
US = "werkbank.test"
THEM = "kundin.test"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> datetime:
        self.now += timedelta(**amount)
        return self.now


class MemoryAccess:
    """Secrets in memory; `stored` is every set of them that was kept."""

    def __init__(self, http: Http, connected: Connected) -> None:
        self._http, self._account = http, connected.account
        self.stored = [dict(connected.secrets)]

    def headers(self) -> Mapping[str, str]:
        return NETWORK.auth.headers(self.stored[-1])

    def renew(self, used: Mapping[str, str]) -> bool:
        if used != self.headers():
            return True
        fresh = NETWORK.auth.renew(self._http, self._account, self.stored[-1])
        if fresh is None:
            return False
        self.stored.append(dict(fresh))
        return True

    def secrets(self) -> tuple[str, ...]:
        return tuple(self.stored[-1].values())


class World:
    """A fake network, our channel on it, and the door to it. `handle` may be wrapped in faults."""

    def __init__(self, **settings: str) -> None:
        self.clock = Clock()
        self.network = FakeBluesky(clock=self.clock)
        self.network.join(US, "Werkbank GmbH", "Wir bauen Werkbänke.")
        self.network.join(THEM, "Kundin")
        self.handle: Handle = self.network.handle
        self.client = open_client(
            transport=FakeTransport({self.network.address: lambda request: self.handle(request)})
        )
        self.password = self.network.app_password(US)
        self.connected = NETWORK.auth.connect(self.anonymous(), self.answers(**settings))
        self.access = MemoryAccess(Http(self.client, clock=self.clock), self.connected)
        self.us = self.connector()

    def answers(self, **changed: str) -> dict[str, str]:
        known = {"server": self.network.address, "handle": US, "app_password": self.password, "appview": ""}
        return known | changed

    def anonymous(self) -> Http:
        return Http(self.client, "", explain=NETWORK.explain, clock=self.clock)

    def connector(self, account: Account | None = None) -> Bluesky:
        account = account or self.connected.account
        door = Http(self.client, account.server, self.access, NETWORK.explain, clock=self.clock)
        made: Bluesky = NETWORK.connector(door, account)
        return made

    @property
    def did(self) -> str:
        return self.connected.account.author.remote_id


def draft(text: str = "Guten Morgen!", key: str = "01hq3v7c8m0000000000000001", **more: Any) -> Draft:
    return Draft(**{"key": key, "text": text, "created_at": NOON, "language": "de", **more})
