"""Bluesky and every other server of the AT Protocol that speaks app.bsky."""

from resonanz.connectorkit.network import Network
from resonanz.connectors.bluesky.auth import AppPassword
from resonanz.connectors.bluesky.connector import Bluesky
from resonanz.connectors.bluesky.manifest import MANIFEST
from resonanz.connectors.bluesky.translate import explain

NETWORK = Network(manifest=MANIFEST, auth=AppPassword(), connector=Bluesky, explain=explain)
