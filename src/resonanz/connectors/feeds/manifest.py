"""What can be done with a feed: read it."""

from __future__ import annotations

from resonanz.connectorkit.manifest import (
    Capability,
    ConnectField,
    ConnectFlow,
    FieldKind,
    Limits,
    Manifest,
)

MANIFEST = Manifest(
    slug="feeds",
    name="RSS · Atom · JSON Feed",
    homepage="https://www.rssboard.org/rss-specification",
    capabilities=frozenset({Capability.PROFILE, Capability.INBOUND}),
    limits=Limits(),
    connect_flow=ConnectFlow.FORM,
    connect_fields=(
        ConnectField("address", FieldKind.ADDRESS),
        ConnectField("username", FieldKind.TEXT, required=False, advanced=True),
        ConnectField("password", FieldKind.SECRET, required=False, advanced=True),
    ),
    poll_seconds=900,
    conversational=False,
)
