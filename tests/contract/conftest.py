"""Which networks the suite runs on. A connector is one line in WORLDS; `@needs` picks those that can do it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from resonanz.connectorkit.manifest import Capability
from tests.contract.world import World

# id of the tests → "module:class" of the world, and whether it is a real server (run by `make check`).
WORLDS: dict[str, tuple[str, bool]] = {
    "bluesky": ("tests.contract.worlds.bluesky:BlueskyWorld", False),
    "bluesky-server": ("tests.contract.worlds.bluesky_server:BlueskyServerWorld", True),
    "mastodon": ("tests.contract.worlds.mastodon:MastodonWorld", False),
    "mastodon-server": ("tests.contract.worlds.mastodon_server:MastodonServerWorld", True),
    "rss": ("tests.contract.worlds.feeds:FeedsWorld", False),
    "atom": ("tests.contract.worlds.feeds:AtomWorld", False),
    "json feed": ("tests.contract.worlds.feeds:JsonFeedWorld", False),
}


def _world(path: str) -> type[World]:
    module, _, name = path.partition(":")
    found: type[World] = getattr(import_module(module), name)
    return found


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(*capabilities): the test runs for connectors that have them all"
    )
    config.addinivalue_line(
        "markers", "fake_only: the test breaks or moves what a real server would not let it"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "world" not in metafunc.fixturenames:
        return
    needed: set[Capability] = set()
    for mark in metafunc.definition.iter_markers("needs"):
        needed |= set(mark.args)
    fake_only = metafunc.definition.get_closest_marker("fake_only") is not None
    chosen = []
    for name, (path, real) in WORLDS.items():
        world = _world(path)
        if needed <= world.network.manifest.capabilities and not (real and fake_only):
            chosen.append(pytest.param(world, id=name, marks=[pytest.mark.server] if real else []))
    metafunc.parametrize("world", chosen, indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = request.param()
    made.open()
    yield made
    made.close()
