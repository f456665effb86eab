"""A company with two channels on the networks this installation speaks with, and pictures of its own."""

from __future__ import annotations

import io

import pytest

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.media import services as media
from resonanz.foundation.media.tests import samples
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.walltime import WallTime


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    backend = settings.STORAGES["default"]
    options = {**backend["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**backend, "OPTIONS": options}}


def connect(workspace, network: str, handle: str = "lindner") -> Channel:
    return Channel.objects.create(
        workspace=workspace, network=network, server="https://example.org", remote_id=handle, handle=handle
    )


@pytest.fixture
def channels(workspace) -> list[Channel]:
    return [connect(workspace, "bluesky"), connect(workspace, "mastodon")]


@pytest.fixture
def content(editor, channels):
    """A draft for both channels."""
    made = services.save(
        editor, new_key(), 0, title="Open day", text="Come on 12 May (hall 4)", language="de"
    )
    services.choose(editor, made, channels)
    return made


@pytest.fixture
def picture(editor):
    return media.upload(editor, io.BytesIO(samples.photo(60, 40)), "hall.jpg")


@pytest.fixture
def scheduled(editor, content):
    """The draft's publications, for 9:30 on Tuesday, 12 May 2126 in Berlin."""
    orders = [scheduling.Order(variant, new_key()) for variant in queries.variants(content)]
    return scheduling.schedule(editor, content, orders, WallTime.parse("2126-05-12T09:30", "Europe/Berlin"))
