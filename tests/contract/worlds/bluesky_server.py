"""Bluesky for the contract suite: real PDS, PLC and AppView, the same ones for all tests, new people for each."""

from __future__ import annotations

import atexit
import itertools
from contextlib import ExitStack
from functools import cache
from typing import Any

import httpx
import pytest

from resonanz.connectorkit.fakes import Handle
from resonanz.connectorkit.faults import Fault
from resonanz.connectorkit.guard import GuardedTransport, open_client
from resonanz.connectorkit.http import Http
from resonanz.connectors.bluesky import NETWORK
from resonanz.connectors.bluesky.richtext import facets
from tests.contract.world import RealClock, World
from tests.servers.atproto import BlueskyServers, CannotStart, bluesky

_numbers = itertools.count(1)


@cache
def servers() -> BlueskyServers:
    """The servers of this test run. Skips the test where they cannot be started."""
    stack = ExitStack()
    try:
        running = stack.enter_context(bluesky())
    except CannotStart as reason:
        pytest.skip(str(reason))
    atexit.register(stack.close)
    return running


class BlueskyServerWorld(World):
    network = NETWORK
    real = True
    knows_keys = True

    def __init__(self) -> None:
        super().__init__()
        self.clock = RealClock()  # type: ignore[assignment]

    def open(self) -> None:
        self.servers = servers()
        self.server = self.servers.pds
        number = next(_numbers)
        self.us = self.servers.join(f"werkbank{number}.test", "Werkbank GmbH")
        self.them = self.servers.join(f"kundin{number}.test")
        self.settle()
        http = Http(open_client(transport=self.transport()), clock=self.clock)
        self.doors.append(http)
        answers = {"server": self.server, "handle": self.us.handle, "app_password": self.us.app_password}
        connected = NETWORK.auth.connect(http, answers)
        self.account, self.secrets = connected.account, connected.secrets

    def transport(self, fault: Fault | None = None) -> httpx.BaseTransport:
        """The guarded way out, as in production, with leave for this machine; a fault lies before it."""
        real = GuardedTransport(["localhost"])
        return _Faulty(fault(real.handle_request)) if fault else real

    def handle(self) -> Handle:
        return GuardedTransport(["localhost"]).handle_request

    def others_mention(self, text: str) -> str:
        said = f"@{self.us.handle} {text}"
        return self.servers.post(self.them, said, facets=facets(said, {self.us.handle: self.us.did}))["uri"]

    def others_reply(self, remote_id: str, text: str) -> str:
        parent = self.reference(remote_id)
        root = self._record(remote_id).get("reply", {}).get("root", parent)
        return self.servers.post(self.them, text, reply={"root": root, "parent": parent})["uri"]

    def others_like(self, remote_id: str) -> None:
        self.servers.react(self.them, "app.bsky.feed.like", self.reference(remote_id))

    def others_follow(self, handle: str) -> None:
        # Their handles are host names; and of each there is one on these servers, in whatever test.
        follower = self.servers.join(handle if "." in handle else f"{handle}.test")
        self.servers.react(follower, "app.bsky.graph.follow", self.us.did)

    def settle(self) -> None:
        self.servers.settle()

    def reference(self, remote_id: str) -> dict[str, str]:
        return {"uri": remote_id, "cid": self._get(remote_id)["cid"]}

    def _record(self, remote_id: str) -> Any:
        return self._get(remote_id)["value"]

    def _get(self, remote_id: str) -> Any:
        did, collection, key = remote_id.removeprefix("at://").split("/")
        return self.servers.call("com.atproto.repo.getRecord", repo=did, collection=collection, rkey=key)


class _Faulty(httpx.BaseTransport):
    """A fault between us and the servers."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._handle(request)
