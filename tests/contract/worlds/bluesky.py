"""Bluesky for the contract suite: the fake, connected as a person would connect it."""

from __future__ import annotations

from resonanz.connectorkit.fakes import Handle
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectors.bluesky import NETWORK
from resonanz.connectors.bluesky.fake import FakeBluesky
from tests.contract.world import World

US, THEM = "werkbank.test", "kundin.test"


class BlueskyWorld(World):
    network = NETWORK
    knows_keys = True
    can_renew = True

    def open(self) -> None:
        self.fake = FakeBluesky(clock=self.clock)
        self.server = self.fake.address
        self.fake.join(US, "Werkbank GmbH")
        http = Http(open_client(transport=self.transport()), clock=self.clock)
        answers = {"server": self.server, "handle": US, "app_password": self.fake.app_password(US)}
        connected = NETWORK.auth.connect(http, answers)
        self.doors.append(http)
        self.account, self.secrets = connected.account, connected.secrets

    def handle(self) -> Handle:
        return self.fake.handle

    def others_mention(self, text: str) -> str:
        return self.fake.post(THEM, f"@{US} {text}")

    def others_reply(self, remote_id: str, text: str) -> str:
        return self.fake.post(THEM, text, reply_to=remote_id)

    def others_like(self, remote_id: str) -> None:
        self.fake.like(THEM, remote_id)

    def others_follow(self, handle: str) -> None:
        # Their handles are host names.
        self.fake.follow(handle if "." in handle else f"{handle}.test", US)

    def revoke(self) -> None:
        self.fake.expire(US)
        self.fake.revoke(US)

    def expire(self) -> None:
        self.fake.expire(US)

    def small_pages(self, size: int) -> None:
        self.fake.page_cap = size
