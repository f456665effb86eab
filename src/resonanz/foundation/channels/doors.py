"""The door of a channel: its secrets, its rate limits, and the shared guarded client behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from threading import Lock
from typing import Any

import httpx
from django.conf import settings
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, Unavailable
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.network import Auth
from resonanz.connectorkit.ratelimit import RateMemory
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.channels.secrets import UndecipherableSecrets, seal, unseal

RENEW_SECONDS = 45
_rates = RateMemory()


_opening = Lock()


def client() -> httpx.Client:
    """The one HTTP client of this process, made when it is first needed, once, however many threads need it."""
    with _opening:
        return _client()


@cache
def _client() -> httpx.Client:
    """The demo's networks are the only ones that live inside the process."""
    mounts = (
        {"all://*.demo.invalid": import_string(settings.DEMO_TRANSPORT)()} if settings.DEMO_TRANSPORT else {}
    )
    return open_client(settings.PRIVATE_HOSTS_ALLOWED, mounts=mounts)


class StoredAccess:
    """The secrets of a channel in the database. Renewing is done by one worker at a time and stored before use."""

    def __init__(self, channel: Channel, auth: Auth) -> None:
        self._pk, self._auth, self._account = channel.pk, auth, channel.account
        self._load(channel)

    def _load(self, channel: Channel) -> None:
        try:
            self._secrets = unseal(channel.secrets)
        except UndecipherableSecrets as error:
            raise AccessLost("undecipherable") from error
        self._number = channel.secrets_number

    def headers(self) -> Mapping[str, str]:
        return self._auth.headers(self._secrets)

    def secrets(self) -> tuple[str, ...]:
        return tuple(self._secrets.values())

    def renew(self, used: Mapping[str, str]) -> bool:
        if self._was_renewed_by_another():
            return self._auth.headers(self._secrets) != used
        if not self._begin():
            # Two renewals at once would void each other's tokens; the other one is done in a moment.
            raise Unavailable("renewing")
        try:
            fresh = self._auth.renew(Http(client(), self._account.server), self._account, self._secrets)
        except BaseException:
            self._mine().update(renewing_until=None)
            raise
        if fresh is None:
            self._mine().update(renewing_until=None)
            return False
        self._mine().update(secrets=seal(fresh), secrets_number=F("secrets_number") + 1, renewing_until=None)
        self._secrets, self._number = dict(fresh), self._number + 1
        return True

    def _was_renewed_by_another(self) -> bool:
        channel = Channel.objects.get(pk=self._pk)
        if channel.secrets_number == self._number:
            return False
        self._load(channel)
        return True

    def _begin(self) -> bool:
        is_free = Q(renewing_until=None) | Q(renewing_until__lte=now())
        return bool(
            self._mine().filter(is_free).update(renewing_until=now() + timedelta(seconds=RENEW_SECONDS))
        )

    def _mine(self) -> Any:
        return Channel.objects.filter(pk=self._pk, secrets_number=self._number)


def anonymous_door(server: str, network: str) -> Http:
    """A door without secrets, for connecting."""
    return Http(client(), server, explain=networks.get(network).explain, rate=_rates)


def connector(channel: Channel) -> Any:
    """The object that speaks with `channel`'s network; its capabilities are the manifest's. Raises AccessLost."""
    network = networks.get(channel.network)
    http = Http(
        client(),
        channel.server,
        access=StoredAccess(channel, network.auth),
        explain=network.explain,
        rate=_rates,
        rate_key=f"channel {channel.pk}",
    )
    return network.connector(http, channel.account)
