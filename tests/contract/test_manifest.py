"""What a connector declares is what it does, and says where it knows it from."""

from __future__ import annotations

import inspect
from dataclasses import fields

import pytest

from resonanz.connectorkit.capabilities import PROTOCOLS
from resonanz.connectorkit.manifest import Capability, ConnectFlow, FieldKind, MediaLimit, TextLimit
from resonanz.kernel.paging import START
from tests.contract.world import World

pytestmark = pytest.mark.fake_only


def test_the_manifest_declares_exactly_what_the_class_does(world: World) -> None:
    connector = world.connector()
    fields_of_a_draft = {Capability.REPLY, Capability.QUOTE}
    for capability, protocol in PROTOCOLS.items():
        if capability in fields_of_a_draft:
            assert not world.can(capability) or world.can(Capability.PUBLISH)
        else:
            assert world.can(capability) == isinstance(connector, protocol), capability


def test_every_method_is_called_as_the_contract_says(world: World) -> None:
    connector = world.connector()
    for capability, protocol in PROTOCOLS.items():
        if not world.can(capability):
            continue
        for name, agreed in inspect.getmembers(protocol, inspect.isfunction):
            if name.startswith("_"):
                continue
            theirs = inspect.signature(getattr(type(connector), name))
            ours = inspect.signature(agreed)
            assert list(theirs.parameters) == list(ours.parameters), name


def test_the_class_does_nothing_that_is_not_in_the_contract(world: World) -> None:
    agreed = {
        name
        for protocol in PROTOCOLS.values()
        for name, _ in inspect.getmembers(protocol, inspect.isfunction)
    }
    public = {name for name, _ in inspect.getmembers(type(world.connector()), inspect.isfunction)}
    assert {name for name in public if not name.startswith("_")} <= agreed


def test_limits_have_a_source_and_a_day(world: World) -> None:
    limits = world.network.manifest.limits
    declared: list[TextLimit | MediaLimit] = [*limits.text, *filter(None, (limits.images, limits.video))]
    for limit in declared:
        assert limit.source.url.startswith("https://")
        assert limit.source.checked.year >= 2026
    assert bool(limits.text) == world.can(Capability.PUBLISH)
    assert bool(limits.images) == world.can(Capability.UPLOAD)


@pytest.mark.needs(Capability.SERVER_LIMITS)
def test_the_servers_own_limits_say_where_they_are_from(world: World) -> None:
    limits = world.connector().server_limits()
    assert limits.text[0].maximum > 0
    assert limits.text[0].source.url.startswith(world.server)


def test_what_is_asked_when_connecting_has_a_name_and_a_kind(world: World) -> None:
    manifest = world.network.manifest
    names = [one.name for one in manifest.connect_fields]
    assert len(names) == len(set(names)) > 0
    assert all(isinstance(one.kind, FieldKind) and one.name.isidentifier() for one in manifest.connect_fields)
    assert manifest.connect_flow in ConnectFlow
    assert manifest.poll_seconds >= 10
    assert manifest.slug.isidentifier()


def test_a_channel_knows_itself(world: World) -> None:
    profile = world.connector().profile()
    assert profile.author.remote_id == world.account.author.remote_id
    assert profile.author.handle
    assert not set(world.secrets.values()) & {
        getattr(profile.author, one.name) for one in fields(profile.author)
    }
    assert world.account.server == world.server
    assert not world.account.server.endswith("/")


@pytest.mark.needs(Capability.FOLLOWERS)
def test_followers_come_page_by_page(world: World) -> None:
    world.small_pages(20)
    for number in range(45):
        world.others_follow(f"kunde{number}")
    world.settle()
    connector, found = world.connector(), []
    page = connector.followers(START)
    assert page.more
    found += page.items
    for _ in range(10):
        if not page.more:
            break
        page = connector.followers(page.cursor)
        found += page.items
    assert len({one.remote_id for one in found}) == len(found) == 45
