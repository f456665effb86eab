"""Channels: connecting, secrets at rest, renewing them once, losing access."""

import threading
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, connections
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, Rejected, Unavailable
from resonanz.connectorkit.manifest import (
    ConnectField,
    ConnectFlow,
    FieldKind,
    Limits,
    Manifest,
    MediaLimit,
    Source,
    TextLimit,
)
from resonanz.connectorkit.network import Account, Begun, Connected, Network, bearer
from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels import doors, limits, networks, secrets, services
from resonanz.foundation.channels.models import Channel, ChannelState, PendingConnection
from resonanz.kernel.messages import Author
from resonanz.kernel.text import TextUnit

SECRET = "geheim-4711"
CHECKED = Source("https://example.org/limits", date(2026, 11, 22))


class TestAuth:
    """A network that hands out numbered tokens."""

    __test__ = False

    def __init__(self) -> None:
        self.renewals = 0
        self.renewed: dict[str, str] | Exception | None = {"token": "fresh"}

    def connect(self, http, answers):
        if answers["password"] != SECRET:
            raise Rejected("wrong_password", field="password")
        account = Account("https://net.example", Author("id-1", answers["name"]), {"colour": "blue"})
        return Connected(account, {"token": SECRET}, ("read",))

    def begin(self, http, answers, redirect_uri, state):
        return Begun(f"https://net.example/agree?state={state}", {"verifier": SECRET})

    def complete(self, http, pending, query):
        assert pending == {"verifier": SECRET}
        return self.connect(http, {"name": "frieda", "password": SECRET})

    def headers(self, secrets):
        return bearer(secrets, "token")

    def renew(self, http, account, secrets):
        self.renewals += 1
        if isinstance(self.renewed, Exception):
            raise self.renewed
        return self.renewed


@pytest.fixture
def auth(monkeypatch) -> TestAuth:
    auth = TestAuth()
    manifest = Manifest(
        slug="testnet",
        name="Testnet",
        homepage="https://net.example",
        capabilities=frozenset(),
        limits=Limits(),
        connect_flow=ConnectFlow.FORM,
        connect_fields=(ConnectField("name", FieldKind.TEXT), ConnectField("password", FieldKind.SECRET)),
        poll_seconds=60,
    )
    network = Network(manifest, auth, lambda http, account: SimpleNamespace(http=http))
    monkeypatch.setattr(networks, "all_networks", lambda: {"testnet": network})
    return auth


@pytest.fixture
def channel(owner, auth) -> Channel:
    return services.connect(owner, "testnet", {"name": "frieda", "password": SECRET})


def test_reconnecting_listens_on_and_connecting_anew_begins_again(owner, channel):
    answers = {"name": "frieda", "password": SECRET}
    begun = channel.listening_since
    services.access_lost(channel, AccessLost("token_void"))
    assert services.connect(owner, "testnet", answers).listening_since == begun
    services.remove(owner, channel)
    assert services.connect(owner, "testnet", answers).listening_since > begun


def test_connecting_stores_no_secret_in_the_clear(channel):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM channels_channel")
        stored = repr(cursor.fetchall())
    assert SECRET not in stored
    assert secrets.unseal(channel.secrets) == {"token": SECRET}
    assert SECRET not in repr(list(Entry.objects.values()))


@pytest.mark.parametrize("role", ["editor", "agent", "analyst", "approver", "agency"])
def test_only_owner_and_manager_connect_and_remove(request, auth, channel, role):
    member = request.getfixturevalue(role)
    for attempt in (
        lambda: services.connect(member, "testnet", {"name": "x", "password": SECRET}),
        lambda: services.begin(member, "testnet", {"name": "x", "password": SECRET}, "https://here/"),
        lambda: services.pause(member, channel),
        lambda: services.remove(member, channel),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_another_workspace_cannot_touch_a_channel(channel, outsider):
    with pytest.raises(Channel.DoesNotExist):
        services.pause(outsider, channel)


def test_a_missing_answer_names_its_field(owner, auth):
    with pytest.raises(Rejected) as caught:
        services.connect(owner, "testnet", {"name": "frieda", "password": "  "})
    assert (caught.value.reason, caught.value.field) == ("required", "password")


def test_reconnecting_is_the_same_channel_and_keeps_everything_else(owner, auth, channel):
    services.access_lost(channel, AccessLost("token_void"))
    again = services.connect(owner, "testnet", {"name": "frieda-neu", "password": SECRET})
    assert again.pk == channel.pk
    assert (again.state, again.handle) == (ChannelState.ACTIVE, "frieda-neu")
    assert secrets.unseal(again.secrets) == {"token": SECRET}
    assert Channel.objects.count() == 1


def test_lost_access_is_said_once(channel):
    for _ in range(3):
        services.access_lost(channel, AccessLost("token_void"))
    channel.refresh_from_db()
    assert channel.state == ChannelState.ACCESS_LOST
    assert Entry.objects.filter(action="channel.access_lost").count() == 1


def test_removing_forgets_the_secrets(owner, channel):
    services.remove(owner, channel)
    channel.refresh_from_db()
    assert (channel.secrets, channel.state) == ("", ChannelState.REMOVED)


def test_the_way_back_from_the_network_works_once_and_for_one_person(owner, manager, auth):
    address = services.begin(owner, "testnet", {"name": "frieda", "password": SECRET}, "https://here/")
    state = address.split("state=")[1]
    assert SECRET not in repr(list(PendingConnection.objects.values()))
    with pytest.raises(AccessLost):
        services.complete(manager, {"state": state})
    assert services.complete(owner, {"state": state, "code": "c"}).handle == "frieda"
    with pytest.raises(AccessLost):
        services.complete(owner, {"state": state, "code": "c"})


def test_an_expired_way_back_is_refused(owner, auth):
    services.begin(owner, "testnet", {"name": "frieda", "password": SECRET}, "https://here/")
    PendingConnection.objects.update(expires_at=now() - timedelta(seconds=1))
    with pytest.raises(AccessLost) as caught:
        services.complete(owner, {"state": PendingConnection.objects.get().state})
    assert caught.value.reason == "connection_expired"


@pytest.mark.parametrize("stored", ["", "garbage", None])
def test_what_is_stored_and_opens_nothing_asks_for_reconnecting(channel, auth, stored):
    Channel.objects.update(secrets=secrets.seal({"token": ""}) if stored is None else stored)
    channel.refresh_from_db()
    with pytest.raises(AccessLost):
        doors.StoredAccess(channel, auth).headers()


def test_renewed_secrets_are_stored_before_they_are_used(channel, auth):
    access = doors.StoredAccess(channel, auth)
    used = access.headers()
    assert access.renew(used)
    channel.refresh_from_db()
    assert secrets.unseal(channel.secrets) == {"token": "fresh"}
    assert access.headers() == {"Authorization": "Bearer fresh"}
    assert channel.renewing_until is None


def test_who_comes_second_takes_the_first_ones_renewal(channel, auth):
    first, second = doors.StoredAccess(channel, auth), doors.StoredAccess(channel, auth)
    used = second.headers()
    assert first.renew(first.headers())
    assert second.renew(used)
    assert second.headers() == first.headers()
    assert auth.renewals == 1


def test_while_one_renews_another_comes_back_later(channel, auth):
    Channel.objects.update(renewing_until=now() + timedelta(seconds=30))
    with pytest.raises(Unavailable):
        doors.StoredAccess(channel, auth).renew({})
    assert auth.renewals == 0


def test_a_renewal_whose_worker_died_is_taken_up(channel, auth):
    Channel.objects.update(renewing_until=now() - timedelta(seconds=1))
    assert doors.StoredAccess(channel, auth).renew({})


def test_a_failed_renewal_leaves_the_old_secrets(channel, auth):
    auth.renewed = Unavailable("timeout")
    with pytest.raises(Unavailable):
        doors.StoredAccess(channel, auth).renew({})
    channel.refresh_from_db()
    assert secrets.unseal(channel.secrets) == {"token": SECRET}
    assert channel.renewing_until is None


@pytest.mark.django_db(transaction=True)
def test_eight_threads_renew_once(channel, auth):
    accesses = [doors.StoredAccess(channel, auth) for _ in range(8)]
    outcomes: list[str] = []

    def renew(access: doors.StoredAccess) -> None:
        try:
            outcomes.append("renewed" if access.renew({"authorization": "stale"}) else "no way")
        except (Unavailable, OperationalError):
            # In memory, several connections to one SQLite database refuse one another instead of waiting.
            outcomes.append("later")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=renew, args=(access,)) for access in accesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert auth.renewals == 1
    assert len(outcomes) == 8
    assert "no way" not in outcomes


def test_rotation_keeps_every_secret_readable_and_the_old_key_is_needed_no_more(channel, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = lambda: [old]
    Channel.objects.update(secrets=secrets.seal({"token": SECRET}))
    settings.ENCRYPTION_KEYS = lambda: [new, old]
    assert services.rotate_secrets() == 1
    settings.ENCRYPTION_KEYS = lambda: [new]
    channel.refresh_from_db()
    assert secrets.unseal(channel.secrets) == {"token": SECRET}


def test_a_lost_key_means_reconnect_not_crash(channel, settings):
    settings.ENCRYPTION_KEYS = lambda: [Fernet.generate_key().decode()]
    with pytest.raises(AccessLost) as caught:
        doors.connector(channel)
    assert caught.value.reason == "undecipherable"


def test_limits_survive_the_database():
    given = Limits(
        text=(TextLimit(500, TextUnit.GRAPHEMES, CHECKED, link_units=23, short_mentions=True),),
        images=MediaLimit(4, frozenset({"image/png", "image/jpeg"}), 2**20, CHECKED, max_alt=1500),
    )
    assert limits.from_json(limits.to_json(given)) == given
