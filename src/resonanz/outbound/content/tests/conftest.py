"""Two networks that only exist as manifests: nothing of a content needs more of a network than its limits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from resonanz.connectorkit.manifest import (
    Capability,
    ConnectFlow,
    Limits,
    Manifest,
    MediaLimit,
    Source,
    TextLimit,
)
from resonanz.connectorkit.network import Network
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.models import Channel
from resonanz.kernel.messages import Visibility
from resonanz.kernel.text import TextUnit

SOURCE = Source("https://example.org/limits", date(2026, 11, 1))
IMAGES = MediaLimit(4, frozenset({"image/jpeg", "image/png"}), 1_000_000, SOURCE, max_alt=100)


def _network(slug: str, text: TextLimit, capabilities: frozenset[Capability], **more) -> Network:
    manifest = Manifest(
        slug=slug,
        name=slug.title(),
        homepage="https://example.org",
        capabilities=capabilities,
        limits=Limits(text=(text,), images=IMAGES),
        connect_flow=ConnectFlow.FORM,
        connect_fields=(),
        poll_seconds=60,
        **more,
    )
    return Network(manifest=manifest, auth=None, connector=None)


NETWORKS = {
    "plain": _network("plain", TextLimit(30, TextUnit.GRAPHEMES, SOURCE), frozenset(Capability)),
    "weighted": _network(
        "weighted",
        TextLimit(50, TextUnit.GRAPHEMES, SOURCE, link_units=23, short_mentions=True),
        frozenset(Capability),
        visibilities=(Visibility.PUBLIC, Visibility.UNLISTED),
        content_warnings=True,
    ),
    "readonly": _network("readonly", TextLimit(1, TextUnit.BYTES, SOURCE), frozenset({Capability.INBOUND})),
}


@pytest.fixture(autouse=True)
def _networks(monkeypatch):
    monkeypatch.setattr(networks, "all_networks", lambda: NETWORKS)


@pytest.fixture
def connect(workspace):
    """connect("plain"): a channel of the company there."""

    def connected(slug: str, handle: str = "lindner", owner=workspace) -> Channel:
        return Channel.objects.create(
            workspace=owner, network=slug, server="https://example.org", remote_id=handle, handle=handle
        )

    return connected


@pytest.fixture
def moment():
    """Sunday, 1 March 2026, 9:00 in Berlin; moment.shift(…) moves on."""
    with time_machine.travel(datetime(2026, 3, 1, 8, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller
