"""Mastodon and servers that speak its language (GoToSocial, Pleroma, Friendica, Pixelfed …)."""

from resonanz.connectorkit.network import Network
from resonanz.connectors.mastodon.auth import MastodonAuth
from resonanz.connectors.mastodon.connector import Mastodon, explain
from resonanz.connectors.mastodon.manifest import MANIFEST
from resonanz.connectors.mastodon.translate import worded

__all__ = ["NETWORK"]

NETWORK = Network(manifest=MANIFEST, auth=MastodonAuth(), connector=Mastodon, explain=explain, worded=worded)
