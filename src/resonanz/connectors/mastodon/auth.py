"""How a person connects a Mastodon channel: our application is registered at their server, then they agree there.

Sources, read 2026-11-22: https://docs.joinmastodon.org/methods/oauth/ for the flow and its fields; for PKCE
https://github.com/mastodon/mastodon/pull/31129 (merged July 2024; S256 only, asked of nobody).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets as random
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from resonanz.connectorkit.errors import AccessLost, Effect, NotFound, Rejected
from resonanz.connectorkit.http import Answer, Http
from resonanz.connectorkit.network import Account, Begun, Connected, bearer
from resonanz.connectorkit.reading import need_text, text
from resonanz.connectors.mastodon import instance, translate
from resonanz.connectors.mastodon.connector import read_instance
from resonanz.connectors.mastodon.manifest import SCOPES
from resonanz.connectors.mastodon.translate import Home

_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?")
_SCOPE = " ".join(SCOPES)


class MastodonAuth:
    """The code flow with PKCE (servers that do not know it pass over it), and the shorter way with a ready token."""

    def connect(self, http: Http, answers: Mapping[str, str]) -> Connected:
        """With a token that the person made at their server (Preferences, Development): answers `server`, `token`."""
        token = answers.get("token", "").strip()
        if not token or not token.isascii() or not token.isprintable():
            raise Rejected("missing", field="token")
        try:
            return _connected(http, server_address(answers.get("server", "")), token, SCOPES)
        except AccessLost as error:
            raise Rejected("token_refused", field="token", detail=error.detail) from error

    def begin(self, http: Http, answers: Mapping[str, str], redirect_uri: str, state: str) -> Begun:
        server = server_address(answers.get("server", ""))
        app = _register(http, server, redirect_uri)
        verifier = random.token_urlsafe(48)
        query = {
            "response_type": "code",
            "client_id": app["client_id"],
            "redirect_uri": redirect_uri,
            "scope": _SCOPE,
            "state": state,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        pending = {
            **app,
            "server": server,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_verifier": verifier,
        }
        return Begun(f"{server}/oauth/authorize?{urlencode(query)}", pending)

    def complete(self, http: Http, pending: Mapping[str, str], query: Mapping[str, str]) -> Connected:
        if not hmac.compare_digest(query.get("state", "").encode(), pending["state"].encode()):
            raise Rejected("state_mismatch")
        if "error" in query or not query.get("code"):
            raise Rejected("denied", detail=query.get("error", "")[:100])
        token, scopes = _exchange(http, pending, query["code"])
        if missing := [one for one in SCOPES if not _grants(scopes, one)]:
            raise AccessLost("scope_missing", scope=" ".join(missing))
        return _connected(http, pending["server"], token, scopes)

    def headers(self, secrets: Mapping[str, str]) -> Mapping[str, str]:
        return bearer(secrets, "access_token")

    def renew(self, http: Http, account: Account, secrets: Mapping[str, str]) -> Mapping[str, str] | None:
        return None  # Mastodon's tokens hold until they are revoked


def server_address(answer: str) -> str:
    """The base address of a server from what people type: a host, an address, or a handle."""
    given = answer.strip().lower()
    scheme = "http" if given.startswith("http://") else "https"
    host = given.removeprefix("https://").removeprefix("http://").split("/")[0].rpartition("@")[2]
    if not _HOST.fullmatch(host) or ("." not in host and ":" not in host and host != "localhost"):
        raise Rejected("bad_address", field="server")
    return f"{scheme}://{host}"


def _register(http: Http, server: str, redirect_uri: str) -> Mapping[str, str]:
    form = {"client_name": "Resonanz", "redirect_uris": redirect_uri, "scopes": _SCOPE}
    try:
        answer = http.call(
            "POST", f"{server}/api/v1/apps", effect=Effect.REPEATABLE, form=form, authorised=False
        )
    except (NotFound, Rejected) as error:
        raise Rejected("not_this_network", field="server", detail=error.detail) from error
    return answer.read(
        lambda body: {
            "client_id": need_text(body, "client_id"),
            "client_secret": need_text(body, "client_secret"),
        }
    )


def _exchange(http: Http, pending: Mapping[str, str], code: str) -> tuple[str, tuple[str, ...]]:
    """The token for a code, and the scopes it has."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": pending["client_id"],
        "client_secret": pending["client_secret"],
        "redirect_uri": pending["redirect_uri"],
        "scope": _SCOPE,
        "code_verifier": pending["code_verifier"],
    }
    try:
        answer = http.call(
            "POST",
            f"{pending['server']}/oauth/token",
            effect=Effect.REPEATABLE,
            form=form,
            authorised=False,
            hide=(code, pending["client_secret"], pending["code_verifier"]),
        )
    except (Rejected, AccessLost, NotFound) as error:
        raise Rejected("code_refused", detail=error.detail) from error
    return answer.read(lambda body: (_token(body), tuple(text(body, "scope").split()) or SCOPES))


def _token(body: Any) -> str:
    token = need_text(body, "access_token")
    if not token.isascii() or not token.isprintable():
        raise Rejected("code_refused")
    return token


def _connected(http: Http, server: str, token: str, scopes: tuple[str, ...]) -> Connected:
    """Ask the server who the token belongs to."""

    def ask(path: str) -> Answer:
        return http.call(
            "GET",
            f"{server}{path}",
            effect=Effect.READ,
            headers={"Authorization": f"Bearer {token}"},
            authorised=False,
            hide=(token,),
        )

    try:
        owner = ask("/api/v1/accounts/verify_credentials")
        domain = read_instance(http, server).read(lambda body: instance.domain(body, urlsplit(server).netloc))
    except NotFound as error:
        raise Rejected("not_this_network", field="server", detail=error.detail) from error
    account_id = owner.read(translate.identifier)
    home = Home(domain, account_id)
    account = Account(
        server=server,
        author=owner.read(lambda body: translate.author(body, home)),
        settings={"id": account_id, "domain": domain},
    )
    return Connected(account, {"access_token": token}, scopes)


def _grants(scopes: tuple[str, ...], wanted: str) -> bool:
    """Whether `wanted` (read:accounts) is among the scopes, by itself or within a wider one (read)."""
    return wanted in scopes or wanted.split(":")[0] in scopes


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
