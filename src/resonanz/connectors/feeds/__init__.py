"""Feeds: RSS, Atom, JSON Feed and podcasts, as channels that are only listened to."""

from resonanz.connectorkit.network import Network
from resonanz.connectors.feeds.auth import FeedAuth
from resonanz.connectors.feeds.connector import FeedReader, explain
from resonanz.connectors.feeds.manifest import MANIFEST

__all__ = ["NETWORK"]

NETWORK = Network(manifest=MANIFEST, auth=FeedAuth(), connector=FeedReader, explain=explain)
