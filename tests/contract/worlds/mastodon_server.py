"""Mastodon for the contract suite: mastodon-mock, one server for all tests, new people for each."""

from __future__ import annotations

import atexit
import itertools
from contextlib import ExitStack
from functools import cache

import httpx
import pytest

from resonanz.connectorkit.faults import Fault
from resonanz.connectorkit.guard import GuardedTransport, open_client
from resonanz.connectorkit.http import Http
from resonanz.connectors.mastodon import NETWORK
from tests.contract.world import RealClock, World
from tests.servers.mastodon import CannotStart, MastodonServer, mastodon

_numbers = itertools.count(1)


@cache
def server() -> MastodonServer:
    """The server of this test run. Skips the test where it cannot be started."""
    stack = ExitStack()
    try:
        running = stack.enter_context(mastodon())
    except CannotStart as reason:
        pytest.skip(str(reason))
    atexit.register(stack.close)
    return running


class MastodonServerWorld(World):
    network = NETWORK
    real = True

    def __init__(self) -> None:
        super().__init__()
        self.clock = RealClock()  # type: ignore[assignment]

    def open(self) -> None:
        self.host = server()
        self.server = self.host.address
        number = next(_numbers)
        self.us = self.host.join(f"werkstatt{number}")
        self.them = self.host.join(f"kundin{number}")
        http = Http(open_client(transport=self.transport()), clock=self.clock)
        self.doors.append(http)
        begun = NETWORK.auth.begin(http, {"server": self.server}, "https://we.example/back", "state-1")
        back = self.host.agree(begun.authorize_url, self.us.name)
        connected = NETWORK.auth.complete(http, begun.pending, back)
        self.account, self.secrets = connected.account, connected.secrets

    def transport(self, fault: Fault | None = None) -> httpx.BaseTransport:
        """The guarded way out, as in production, with leave for this machine."""
        assert fault is None
        return GuardedTransport(["localhost"])

    def others_mention(self, text: str) -> str:
        return self._say({"status": f"@{self.us.name} {text}"})

    def others_reply(self, remote_id: str, text: str) -> str:
        return self._say({"status": f"@{self.us.name} {text}", "in_reply_to_id": remote_id.partition("@")[0]})

    def others_like(self, remote_id: str) -> None:
        self.host.call(self.them, "POST", f"/api/v1/statuses/{remote_id.partition('@')[0]}/favourite")

    def others_follow(self, handle: str) -> None:
        who = self.host.join(f"{handle}x{next(_numbers)}")
        self.host.call(who, "POST", f"/api/v1/accounts/{self.us.id}/follow")

    def small_pages(self, size: int) -> None:
        pytest.skip("its pages are as long as they are")

    def settle(self) -> None:
        pass  # it answers when all is done

    def _say(self, status: dict[str, str]) -> str:
        made = self.host.call(self.them, "POST", "/api/v1/statuses", status)
        return f"{made['id']}@{self.account.settings['domain']}"
