"""The privacy page: a time chosen with its consequences in view, and one person's data handed out or erased."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.conversations.threads import ingest
from resonanz.inbound.intake.models import StoredAuthor
from resonanz.kernel.messages import Author, Message, MessageKind, Reference

P = "/w/lindner/settings/privacy/"
ROLES = {
    "owner": 200,
    "manager": 200,
    "editor": 403,
    "agent": 403,
    "analyst": 403,
    "approver": 403,
    "agency": 403,
}


@pytest.fixture
def anna(workspace) -> StoredAuthor:
    """She wrote 400 days ago, and it was settled."""
    channel = Channel.objects.create(
        workspace=workspace, network="mastodon", server="https://m.example", remote_id="1", handle="lindner",
        listening_since=now() - timedelta(days=500),
    )  # fmt: skip
    sent_at = now() - timedelta(days=400)
    author = Author("a1", "anna@m.example", "Anna <b>Öz</b>")
    ingest(channel, [Message(Reference("1"), MessageKind.MENTION, author, "My kickstand broke", sent_at)])
    Conversation.objects.update(status="resolved", waiting_since=None)
    return StoredAuthor.objects.get()


@pytest.mark.parametrize(("role", "status"), ROLES.items())
def test_the_page_is_for_those_who_manage(role, status, request, client_of):
    client = client_of(request.getfixturevalue(role))
    assert client.get(P).status_code == status
    assert client.post(P, {"days": "90"}).status_code == (302 if status == 200 else 403)
    assert client.get(P + "preview/", {"days": "90"}).status_code == status


def test_what_a_choice_would_erase_is_shown_before_it_is_made(client_of, manager, anna):
    client = client_of(manager)
    assert "Nothing is erased by itself" in client.get(P).content.decode()
    assert (
        "Would erase 1 messages in 1 conversation"
        in client.get(P + "preview/", {"days": "365"}).content.decode()
    )
    assert "Would erase nothing today" in client.get(P + "preview/", {"days": "730"}).content.decode()
    manager.workspace.refresh_from_db()
    assert manager.workspace.retention_days is None


def test_a_time_is_chosen_and_taken_back(client_of, manager):
    client = client_of(manager)
    for sent, stored in (("365", 365), ("0", None)):
        assert client.post(P, {"days": sent}).status_code == 302
        manager.workspace.refresh_from_db()
        assert manager.workspace.retention_days == stored
    assert client.post(P, {"days": "1"}).status_code == 422


def test_a_person_is_found_handed_out_and_erased(client_of, manager, anna):
    client = client_of(manager)
    page = client.get(P, {"q": "anna"}).content.decode()
    assert "Anna &lt;b&gt;Öz" in page
    assert "<b>Öz" not in page
    response = client.post(f"{P}people/{anna.pk}/export/")
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(response.content)["messages"][0]["text"] == "My kickstand broke"
    assert client.post(f"{P}people/{anna.pk}/erase/").status_code == 302
    assert not StoredAuthor.objects.exists()
    assert "Nobody of this name" in client.get(P, {"q": "anna"}).content.decode()


def test_the_outsider_and_those_who_do_not_manage_get_nothing(client_of, outsider, agent, anna):
    for act in ("export", "erase"):
        assert client_of(outsider).post(f"{P}people/{anna.pk}/{act}/").status_code == 404
        assert (
            client_of(outsider).post(f"/w/anderswo/settings/privacy/people/{anna.pk}/{act}/").status_code
            == 404
        )
        assert client_of(agent).post(f"{P}people/{anna.pk}/{act}/").status_code == 403
    assert StoredAuthor.objects.exists()
