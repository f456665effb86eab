"""Connecting channels from the pages, on networks that live in the test."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from resonanz.connectorkit.errors import AccessLost, RateLimited, Rejected, Unavailable
from resonanz.connectorkit.manifest import ConnectField, ConnectFlow, FieldKind, Limits, Manifest
from resonanz.connectorkit.network import Account, Begun, Connected, Network
from resonanz.foundation.channels import networks, queries
from resonanz.foundation.channels.models import Channel
from resonanz.kernel.messages import Author

C = "/w/lindner/channels/"
CONNECTED = Connected(Account("https://net.example", Author("1", "lindner")), {"token": "very-secret-token"})


@dataclass
class FakeAuth:
    """Connects whatever it is asked to, or raises what it was given."""

    error: Exception | None = None
    asked: list = field(default_factory=list)

    def _answer(self, asked):
        self.asked.append(asked)
        if self.error:
            raise self.error
        return CONNECTED

    def connect(self, http, answers):
        return self._answer(answers)

    def begin(self, http, answers, redirect_uri, state):
        self._answer((redirect_uri, state))
        return Begun(f"https://net.example/authorize?state={state}", {"redirect_uri": redirect_uri})

    def complete(self, http, pending, query):
        return self._answer(query)


@pytest.fixture
def network(monkeypatch):
    """network(flow): the only network of the installation is a fake; returns how it connects."""

    def install(flow=ConnectFlow.FORM):
        auth = FakeAuth()
        manifest = Manifest(
            slug="net",
            name="Net",
            homepage="https://net.example",
            capabilities=frozenset(),
            limits=Limits(),
            connect_flow=flow,
            connect_fields=(
                ConnectField("handle", FieldKind.TEXT),
                ConnectField("app_password", FieldKind.SECRET),
                ConnectField("server", FieldKind.ADDRESS, default="https://net.example", advanced=True),
            ),
            poll_seconds=60,
        )
        fake = Network(manifest=manifest, auth=auth, connector=lambda http, account: None)
        monkeypatch.setattr(networks, "all_networks", lambda: {"net": fake})
        return auth

    return install


ANSWERS = {"handle": "lindner", "app_password": "very-secret", "server": "https://net.example"}


def test_a_channel_is_connected_by_a_form(client_of, manager, network):
    auth = network()
    client = client_of(manager)
    assert "Net" in client.get(C + "connect/").content.decode()
    assert "App password" in client.get(C + "connect/net/").content.decode()
    page = client.post(C + "connect/net/", ANSWERS, follow=True).content.decode()
    assert auth.asked == [ANSWERS]
    assert "Net · lindner is connected." in page
    assert "very-secret" not in page


def test_a_channel_is_connected_by_agreeing_there(client_of, manager, network, settings):
    auth = network(ConnectFlow.CODE)
    client = client_of(manager)
    page = client.post(C + "connect/net/", ANSWERS).content.decode()
    assert "https://net.example/authorize?state=" in page
    redirect_uri, state = auth.asked[0]
    assert redirect_uri == settings.BASE_URL + C + "back/"
    assert client.get(C + "back/", {"state": state, "code": "c"}).url == C
    assert queries.of(manager.workspace).count() == 1
    again = client.get(C + "back/", {"state": state, "code": "c"})
    assert again.status_code == 422
    assert "loaded twice" in again.content.decode()


def test_coming_back_with_another_persons_state_connects_nothing(client_of, manager, owner, network):
    auth = network(ConnectFlow.CODE)
    client_of(manager).post(C + "connect/net/", ANSWERS)
    assert client_of(owner).get(C + "back/", {"state": auth.asked[0][1], "code": "c"}).status_code == 422
    assert not queries.of(owner.workspace)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Rejected("wrong_password", field="app_password"), "The name or the password is not right."),
        (Rejected("bad_address", field="server"), "This is not an address."),
        (Rejected("odd", field="handle", detail="no such thing"), "no such thing"),
        (Unavailable("unreachable"), "does not answer"),
        (Unavailable("private_address"), "RESONANZ_ALLOW_PRIVATE_HOSTS"),
        (AccessLost("scope_missing"), "A right is missing."),
    ],
)
def test_what_goes_wrong_is_said_on_the_form(client_of, manager, network, error, says):
    network().error = error
    response = client_of(manager).post(C + "connect/net/", ANSWERS)
    assert response.status_code == 422
    page = response.content.decode()
    assert says in page
    assert "very-secret" not in page, "a password is never sent back"
    assert not queries.of(manager.workspace)


def test_being_slowed_down_says_until_when(client_of, manager, network):
    from datetime import timedelta

    from django.utils.timezone import now

    network().error = RateLimited(now() + timedelta(minutes=5, seconds=30))
    assert "in 5 min" in client_of(manager).post(C + "connect/net/", ANSWERS).content.decode()


def test_hostile_words_of_a_network_are_only_shown(client_of, manager, network):
    network().error = Rejected("odd", detail="<script>alert(1)</script>")
    page = client_of(manager).post(C + "connect/net/", ANSWERS).content.decode()
    assert "<script>alert" not in page


def test_an_unknown_network_is_not_found(client_of, manager, network):
    network()
    assert client_of(manager).get(C + "connect/other/").status_code == 404


@pytest.fixture
def channel(workspace, network):
    network()
    return Channel.objects.create(
        workspace=workspace, network="net", server="https://net.example", remote_id="1", handle="lindner"
    )


def test_a_channel_is_paused_resumed_and_removed(client_of, manager, channel):
    client = client_of(manager)
    for action, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        client.post(f"{C}{channel.pk}/{action}/")
        channel.refresh_from_db()
        assert channel.state == state
    assert client.post(f"{C}{channel.pk}/resume/").status_code == 404


@pytest.mark.parametrize("role", ["editor", "agent", "analyst", "approver", "agency"])
def test_others_see_channels_and_change_nothing(role, request, client_of, channel):
    client = client_of(request.getfixturevalue(role))
    assert "lindner" in client.get(C).content.decode()
    assert client.get(C + "connect/").status_code == 403
    assert client.post(C + "connect/net/", ANSWERS).status_code == 403
    for action in ("pause", "resume", "remove"):
        assert client.post(f"{C}{channel.pk}/{action}/").status_code == 403
    channel.refresh_from_db()
    assert channel.state == "active"


def test_channels_of_other_companies_are_not_found(client_of, outsider, channel):
    assert client_of(outsider).post(f"/w/anderswo/channels/{channel.pk}/remove/").status_code == 404


def test_lost_access_is_on_today_and_at_the_rail(client_of, manager, channel):
    Channel.objects.filter(pk=channel.pk).update(state="access_lost", state_reason="token_void")
    page = client_of(manager).get("/w/lindner/today/").content.decode()
    assert "Net · lindner needs to be reconnected" in page
    assert '<b class="count">1</b>' in page
    assert "no longer accepts our access" in client_of(manager).get(C).content.decode()
