"""Mastodon for the contract suite: the fake, connected as a person would connect it."""

from __future__ import annotations

from resonanz.connectorkit.fakes import Handle
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectors.mastodon import NETWORK
from resonanz.connectors.mastodon.fake import FakeMastodon
from tests.contract.world import World


class MastodonWorld(World):
    network = NETWORK

    def open(self) -> None:
        self.fake = FakeMastodon(clock=self.clock)
        self.server = self.fake.address
        http = Http(open_client(transport=self.transport()), clock=self.clock)
        begun = NETWORK.auth.begin(http, {"server": self.server}, "https://we.example/back", "state-1")
        connected = NETWORK.auth.complete(http, begun.pending, self.fake.agree(begun.authorize_url))
        self.doors.insert(0, http)
        self.account, self.secrets = connected.account, connected.secrets

    def handle(self) -> Handle:
        return self.fake.handle

    def others_mention(self, text: str) -> str:
        return self._remote(self.fake.others_mention("kundin@anderswo.example", text))

    def others_reply(self, remote_id: str, text: str) -> str:
        handle = self.fake.people[self.fake.us].acct
        return self._remote(
            self.fake.others_say("kunde", f"@{handle} {text}", reply_to=remote_id.partition("@")[0])
        )

    def others_like(self, remote_id: str) -> None:
        self.fake.others_like("kunde", remote_id.partition("@")[0])

    def others_follow(self, handle: str) -> None:
        self.fake.others_follow(handle)

    def revoke(self) -> None:
        self.fake.revoke()

    def small_pages(self, size: int) -> None:
        self.fake.page_cap = size

    def _remote(self, status_id: str) -> str:
        return f"{status_id}@{self.account.settings['domain']}"
