"""The networks Resonanz speaks with: the only place that names them. Removing a line removes a network."""

CONNECTORS: list[str] = [
    "resonanz.connectors.bluesky",
    "resonanz.connectors.mastodon",
    "resonanz.connectors.feeds",
]
