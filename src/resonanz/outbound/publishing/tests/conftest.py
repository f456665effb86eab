"""The cast: an owner, an editor, an agent, an analyst and an outsider, and a channel on a network in this process."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

from resonanz.connectorkit.fakes import FakeTransport
from resonanz.foundation.channels import doors, networks
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.channels.secrets import seal
from resonanz.foundation.workspaces.models import Member, User, Workspace
from resonanz.foundation.workspaces.roles import Role
from resonanz.outbound.publishing.tests import network

ADDRESS = "http://paper.invalid"


def member(workspace: Workspace, role: str) -> Member:
    user = User.objects.create(email=f"{role}@{workspace.slug}.invalid", name=role.title())
    return Member.objects.create(workspace=workspace, user=user, role=role)


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    house = Workspace.objects.create(name="House", slug="house")
    other = Workspace.objects.create(name="Other", slug="other")
    roles = {role: member(house, role) for role in Role.values}
    return SimpleNamespace(workspace=house, outsider=member(other, Role.OWNER), **roles)


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
def channel(cast: SimpleNamespace, paper: network.Paper) -> Channel:
    return connect(cast.workspace, "paper")


@pytest.fixture
def blind(cast: SimpleNamespace, paper: network.Paper) -> Channel:
    return connect(cast.workspace, "blind")
