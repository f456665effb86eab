"""Channels of the company on networks that answer inside this process."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from resonanz.connectorkit.fakes import FakeTransport
from resonanz.foundation.channels import doors, networks
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.channels.secrets import seal
from resonanz.foundation.workspaces.models import Workspace
from resonanz.outbound.publishing.tests import network

ADDRESS = "http://paper.invalid"


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Iterator[network.Paper]:
    """The network behind the channels, answering inside this process."""
    server = network.Paper()
    known = {"paper": network.NETWORK, "blind": network.BLIND}
    monkeypatch.setattr(networks, "all_networks", lambda: known)
    client = httpx.Client(transport=FakeTransport({ADDRESS: lambda request: server.handle(request)}))
    monkeypatch.setattr(doors, "client", lambda: client)
    yield server
    client.close()


def connect(workspace: Workspace, slug: str, remote_id: str = "1") -> Channel:
    return Channel.objects.create(
        workspace=workspace,
        network=slug,
        server=ADDRESS,
        remote_id=remote_id,
        handle=f"{slug}-{remote_id}",
        secrets=seal({"token": "s3cret-token"}),
    )


@pytest.fixture
def channel(workspace: Workspace, paper: network.Paper) -> Channel:
    return connect(workspace, "paper")


@pytest.fixture
def blind(workspace: Workspace, paper: network.Paper) -> Channel:
    return connect(workspace, "blind")
