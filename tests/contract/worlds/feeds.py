"""Feeds for the contract suite: a fake site whose feed is found from its front page."""

from __future__ import annotations

from html import escape

from resonanz.connectorkit.fakes import Handle
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectors.feeds import NETWORK
from resonanz.connectors.feeds.fake import FakeSite
from resonanz.connectors.feeds.translate import digest
from tests.contract.world import World


class FeedsWorld(World):
    network = NETWORK
    start = "/"  # what the person types

    def open(self) -> None:
        self.fake = FakeSite(clock=self.clock)
        self.fake.password = "offen-gesagt"
        self.server = self.fake.address
        http = Http(open_client(transport=self.transport()), explain=NETWORK.explain, clock=self.clock)
        answers = {"address": self.server + self.start, "username": "leser", "password": self.fake.password}
        connected = NETWORK.auth.connect(http, answers)
        self.doors.insert(0, http)
        self.account, self.secrets = connected.account, connected.secrets

    def handle(self) -> Handle:
        return self.fake.handle

    def others_mention(self, text: str) -> str:
        item = self.fake.publish("Aus der Presse", f"<p>{escape(text)}</p>".replace("\n", "<br>"))
        guid = f"tag:{item.number}" if "atom" in self.account.settings["feed"] else str(item.number)
        return digest(f"{self.account.author.remote_id}\n{guid}")

    def revoke(self) -> None:
        self.fake.password = "ganz-anders"

    def small_pages(self, size: int) -> None:
        self.fake.shown = 1_000  # a feed has no pages; the connector makes its own of 100


class AtomWorld(FeedsWorld):
    start = "/atom.xml"


class JsonFeedWorld(FeedsWorld):
    start = "/feed.json"
