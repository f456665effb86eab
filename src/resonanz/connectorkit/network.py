"""A connector as the rest of the house meets it: manifest, way in, and class, bound together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from resonanz.connectorkit.errors import AccessLost
from resonanz.connectorkit.http import Explain, Http
from resonanz.connectorkit.manifest import Manifest
from resonanz.kernel.messages import Author, Reference


@dataclass(frozen=True, slots=True)
class Account:
    """The connected profile, without its secrets: those stay with the door."""

    server: str  # base address, without a trailing slash
    author: Author
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connected:
    """What connecting a channel gave."""

    account: Account
    secrets: Mapping[str, str]
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A connection that a person must agree to at `authorize_url`; `pending` is secret and comes back later."""

    authorize_url: str
    pending: Mapping[str, str]


def bearer(secrets: Mapping[str, str], name: str) -> dict[str, str]:
    """The header that carries the token `name`. Raises AccessLost where what is stored can be nobody's token."""
    token = secrets.get(name, "")
    if not _TOKEN.fullmatch(token):
        raise AccessLost("token_missing")
    return {"Authorization": f"Bearer {token}"}


# RFC 6750, 2.1, and whatever else a header can hold: servers are free in what they give.
_TOKEN = re.compile(r"[\x21-\x7e]+")


class Auth(Protocol):
    """How a person connects a channel. Which of the methods are used, the manifest's flow says."""

    def connect(self, http: Http, answers: Mapping[str, str]) -> Connected:
        """ConnectFlow.FORM: check the answers at the network and return the channel. Raises Rejected(field=…)."""

    def begin(self, http: Http, answers: Mapping[str, str], redirect_uri: str, state: str) -> Begun:
        """ConnectFlow.CODE, first half."""

    def complete(self, http: Http, pending: Mapping[str, str], query: Mapping[str, str]) -> Connected:
        """ConnectFlow.CODE, second half, with the query the network sent the person back with."""

    def headers(self, secrets: Mapping[str, str]) -> Mapping[str, str]:
        """The headers that carry the secrets. Raises AccessLost for what cannot be sent; see `bearer`."""

    def renew(self, http: Http, account: Account, secrets: Mapping[str, str]) -> Mapping[str, str] | None:
        """Fresh secrets for stale ones (all of them: what is left out is gone). None: there is no way to.

        Raises AccessLost when the network says that only a person can help.
        """


@dataclass(frozen=True, slots=True)
class Network:
    """Everything a package under `connectors/` exports, as NETWORK.

    connector: called with (http, account), gives an object with the manifest's capabilities.
    explain: reads the network's own errors.
    worded: a text as it will stand there, in answer to something or to nothing; limits are counted in it.
    """

    manifest: Manifest
    auth: Auth
    connector: Callable[[Http, Account], Any]
    explain: Explain | None = None
    worded: Callable[[str, Reference | None], str] = lambda text, _reply_to: text
