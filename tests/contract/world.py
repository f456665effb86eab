"""What the suite needs of a network, and the door it calls a connector through."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from resonanz.connectorkit.fakes import FakeTransport, Handle
from resonanz.connectorkit.faults import Fault
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.manifest import Capability
from resonanz.connectorkit.network import Account, Network
from resonanz.kernel.clock import utcnow
from resonanz.kernel.ids import new_key
from resonanz.kernel.publishing import Draft

START_OF_TIME = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class MovableClock:
    """A clock that only moves when told to, a little with each look so that no two moments are the same."""

    def __init__(self, now: datetime = START_OF_TIME) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._now += timedelta(milliseconds=1)
            return self._now

    def advance(self, **amount: float) -> None:
        with self._lock:
            self._now += timedelta(**amount)

    def shifted(self, **amount: float) -> Any:
        """The same clock, wrong by so much."""
        return lambda: self() + timedelta(**amount)


class RealClock:
    """The servers' clock is this machine's, and nobody moves it."""

    def __call__(self) -> datetime:
        return utcnow()

    def advance(self, **amount: float) -> None:
        pass

    def shifted(self, **amount: float) -> Any:
        return lambda: self() + timedelta(**amount)


class MemoryAccess:
    """Access whose secrets lie in memory; renews once for all who found the same ones stale."""

    def __init__(self, network: Network, http: Http, account: Account, secrets: Mapping[str, str]) -> None:
        self._network, self._http, self._account = network, http, account
        self._secrets = dict(secrets)
        self._ever: set[str] = set()
        self._lock = threading.Lock()
        self.renewals = 0

    def headers(self) -> Mapping[str, str]:
        return self._network.auth.headers(self._secrets)

    def renew(self, used: Mapping[str, str]) -> bool:
        with self._lock:
            if used != self.headers():
                return True
            fresh = self._network.auth.renew(self._http, self._account, self._secrets)
            if fresh is None:
                return False
            self._ever |= set(self._secrets.values())
            self._secrets = dict(fresh)
            self.renewals += 1
            return True

    def secrets(self) -> tuple[str, ...]:
        return (*self._secrets.values(), *self._ever)


class World:
    """One network with a channel on it. A module under `worlds` inherits it and fills in what others do.

    A method that its network has no use for (answers to a feed) is left as it is; the tests that call it ask for the
    capability it belongs to.
    """

    network: Network
    server: str  # base address
    account: Account
    secrets: Mapping[str, str]
    # Real servers have clocks and delays of their own: tests that move time or count to a number leave them out.
    real = False
    # Whether a repeat of the same draft is harmless at the network itself (else it is found by looking first).
    repeat_is_harmless = True
    # Whether two publications with the same words can be told apart without knowing the other's proof.
    knows_keys = False
    can_renew = False

    def __init__(self) -> None:
        self.clock = MovableClock()
        self.access: MemoryAccess | None = None
        self.doors: list[Http] = []

    def handle(self) -> Handle:
        """The fake's own handle."""
        raise NotImplementedError

    def open(self) -> None:
        """Make the fake, the channel and its secrets. Called once."""
        raise NotImplementedError

    def close(self) -> None:
        for door in self.doors:
            door.client.close()

    # --- what others do; each gives the remote id of what came to be, where there is one -------------------------

    def others_mention(self, text: str) -> str:
        raise NotImplementedError

    def others_reply(self, remote_id: str, text: str) -> str:
        raise NotImplementedError

    def others_like(self, remote_id: str) -> None:
        raise NotImplementedError

    def others_follow(self, handle: str) -> None:
        raise NotImplementedError

    # --- what the network does ------------------------------------------------------------------------------------

    def revoke(self) -> None:
        """All tokens are void, for good."""
        raise NotImplementedError

    def expire(self) -> None:
        """The token is stale; a fresh one can be had (only where `can_renew`)."""
        raise NotImplementedError

    def small_pages(self, size: int) -> None:
        """Lists come in pages of at most so many."""
        raise NotImplementedError

    def settle(self) -> None:
        """Let pass what the network needs until it shows what happened."""
        self.clock.advance(minutes=2)

    # --- calling --------------------------------------------------------------------------------------------------

    def transport(self, fault: Fault | None = None) -> Any:
        return FakeTransport({self.server: fault(self.handle()) if fault else self.handle()})

    def client(self, fault: Fault | None = None) -> httpx.Client:
        """The client for all doors, or one of its own for a fault."""
        if fault is None and self.doors:
            return self.doors[0].client
        return open_client(transport=self.transport(fault))

    def connector(
        self, fault: Fault | None = None, *, clock: Any = None, secrets: Mapping[str, str] | None = None
    ) -> Any:
        """A connector behind a door of its own: no memory of rate limits, its own copy of the secrets."""
        client = self.client(fault)
        clock = clock or self.clock
        plain = Http(client, self.server, explain=self.network.explain, clock=clock)
        self.access = MemoryAccess(
            self.network, plain, self.account, self.secrets if secrets is None else secrets
        )
        door = Http(client, self.server, self.access, self.network.explain, clock=clock)
        self.doors.append(door)
        return self.network.connector(door, self.account)

    def can(self, *capabilities: Capability) -> bool:
        return all(self.network.manifest.can(one) for one in capabilities)

    def draft(self, text: str = "Guten Morgen aus der Werkstatt", **options: Any) -> Draft:
        moment = self.clock()
        return Draft(key=new_key(moment.timestamp()), text=text, created_at=moment, **options)
