"""A second opinion: what we publish, Mastodon.py reads as it was meant, and what it says, we read so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from resonanz.kernel.messages import Visibility
from resonanz.kernel.paging import START
from resonanz.kernel.publishing import Media
from tests.contract.test_publishing import PNG
from tests.contract.worlds.mastodon_server import MastodonServerWorld

pytestmark = [
    pytest.mark.server,
    # Its own imports and the time zones it makes.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture
def ours() -> Iterator[MastodonServerWorld]:
    made = MastodonServerWorld()
    made.open()
    yield made
    made.close()


@pytest.fixture
def sdk(ours: MastodonServerWorld) -> Iterator[Any]:
    """Mastodon.py, signed in as somebody else."""
    import requests
    from mastodon import Mastodon

    with requests.Session() as session:
        yield Mastodon(access_token=ours.them.token, api_base_url=ours.server, session=session)


def test_what_we_publish_is_read_as_meant(ours: MastodonServerWorld, sdk: Any) -> None:
    connector = ours.connector()
    media = Media("m1", "image/png", len(PNG), lambda: io.BytesIO(PNG), "Eine Werkbank", 1, 1)
    asked = sdk.status_post(f"@{ours.us.name} Wann öffnen Sie?", visibility="unlisted")
    question = connector.inbound(START).items[0]
    assert (question.text.partition(" ")[2], question.visibility) == ("Wann öffnen Sie?", Visibility.UNLISTED)
    draft = ours.draft(
        "Um acht – mit Kaffee ☕ #Werkstatt",
        language="de",
        media=(media,),
        reply_to=question.reference,
        visibility=Visibility.UNLISTED,
        content_warning="Koffein",
    )
    receipt = connector.publish(draft, [connector.upload(media)])
    status = sdk.status(receipt.reference.data["id"])
    assert status.account.username == ours.us.name
    assert status.in_reply_to_id == asked.id
    assert "Um acht – mit Kaffee ☕" in status.content
    assert (status.visibility, status.language, status.spoiler_text) == ("unlisted", "de", "Koffein")
    assert [one.description for one in status.media_attachments] == ["Eine Werkbank"]
    assert [one.name.lower() for one in status.tags] == ["werkstatt"]
    heard = [one for one in sdk.notifications() if one.type == "mention"]
    assert [str(one.status.id) for one in heard] == [receipt.reference.data["id"]]
    assert connector.find_published(draft) is not None
