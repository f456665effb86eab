"""How a person connects Bluesky: a handle and an app password; sessions are kept fresh with them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from resonanz.connectorkit import reading
from resonanz.connectorkit.errors import AccessLost, ConnectorError, Rejected, Unavailable
from resonanz.connectorkit.http import Answer, Effect, Http
from resonanz.connectorkit.network import Account, Begun, Connected, bearer
from resonanz.connectors.bluesky import translate
from resonanz.connectors.bluesky.records import WEB
from resonanz.kernel.messages import Author

_REFUSALS = (400, 401, 403, 404)
_MAIN_PASSWORD = "com.atproto.access"  # noqa: S105 (the scope of a session opened with the account's own password)


class AppPassword:
    """ConnectFlow.FORM. Secrets kept: access_jwt (hours), refresh_jwt (weeks), app_password (until revoked)."""

    def connect(self, http: Http, answers: Mapping[str, str]) -> Connected:
        server = _server(answers["server"])
        handle = answers["handle"].strip().removeprefix("@").strip()
        handle = handle.removeprefix(f"{WEB}/profile/").rstrip("/")
        answer = _open(http, server, handle, answers["app_password"])
        if answer.status in _REFUSALS:
            raise _refused(answer)
        session = _session(answer)
        if reading.at(answer.json(), "active") is False:
            raise Rejected("account_deactivated", field="handle")
        if _scope(session["access_jwt"]) == _MAIN_PASSWORD:
            # Whoever holds it could take the account away; we do not want to.
            raise Rejected("not_an_app_password", field="app_password")
        home = _home(server, answer.json())
        secrets = {**session, "app_password": answers["app_password"]}
        account = Account(
            server=home,
            author=self._author(http, home, secrets, answer),
            settings={"appview": _appview(answers.get("appview", ""))},
        )
        return Connected(account, secrets)

    def begin(self, http: Http, answers: Mapping[str, str], redirect_uri: str, state: str) -> Begun:
        raise NotImplementedError("Bluesky is connected with a form")

    def complete(self, http: Http, pending: Mapping[str, str], query: Mapping[str, str]) -> Connected:
        raise NotImplementedError("Bluesky is connected with a form")

    def headers(self, secrets: Mapping[str, str]) -> Mapping[str, str]:
        return bearer(secrets, "access_jwt")

    def renew(self, http: Http, account: Account, secrets: Mapping[str, str]) -> Mapping[str, str] | None:
        """With the refresh token (each works once), else with the app password, else only a person can help."""
        answer = http.call(
            "POST",
            f"{account.server}/xrpc/com.atproto.server.refreshSession",
            effect=Effect.REPEATABLE,
            headers=bearer(secrets, "refresh_jwt"),
            authorised=False,
            accept=_REFUSALS,
            hide=tuple(secrets.values()),
        )
        if answer.status in _REFUSALS:
            answer = _open(http, account.server, account.author.remote_id, secrets.get("app_password", ""))
        if answer.status in _REFUSALS:
            raise _lost(answer)
        return {**secrets, **_session(answer)}

    def _author(self, http: Http, home: str, secrets: Mapping[str, str], session: Answer) -> Author:
        """Name and picture if the AppView knows them already; a brand-new profile has neither."""
        did = session.read(lambda said: reading.need_text(said, "did"))
        with suppress(ConnectorError):
            answer = http.call(
                "GET",
                f"{home}/xrpc/app.bsky.actor.getProfile",
                effect=Effect.READ,
                params={"actor": did},
                headers=self.headers(secrets),
                authorised=False,
                hide=tuple(secrets.values()),
            )
            found = answer.read(translate.author)
            if found.remote_id == did:
                return found
        return Author(did, reading.text(session.json(), "handle") or did, url=f"{WEB}/profile/{did}")


def _open(http: Http, server: str, identifier: str, password: str) -> Answer:
    """createSession; refusals come back as answers. Opening one session too many does no harm."""
    return http.call(
        "POST",
        f"{server}/xrpc/com.atproto.server.createSession",
        effect=Effect.REPEATABLE,
        body={"identifier": identifier, "password": password},
        authorised=False,
        accept=_REFUSALS,
        hide=(password,),
    )


def _session(answer: Answer) -> dict[str, str]:
    """The tokens of a session. Raises Unavailable where a server says yes and gives none."""
    return answer.read(
        lambda said: {
            "access_jwt": reading.need_text(said, "accessJwt"),
            "refresh_jwt": reading.need_text(said, "refreshJwt"),
        }
    )


def _refused(answer: Answer) -> ConnectorError:
    """Why no session was opened, as the field to mend. Without the server's words: they may repeat the password."""
    explained = translate.explain(answer)
    if isinstance(explained, AccessLost):
        if explained.reason in ("token_void", "token_expired"):
            return Rejected("wrong_password", field="app_password")
        if explained.reason == "app_password_needed":
            return Rejected("not_an_app_password", field="app_password")
        return Rejected(explained.reason, field="handle")
    if answer.status == 404 or isinstance(explained, Unavailable):
        return Rejected("not_a_server", field="server")
    return Rejected("wrong_password" if answer.status in (401, 403) else "refused", field="handle")


def _lost(answer: Answer) -> ConnectorError:
    """Why a stored app password opens no session. Only the network itself can say that it is void."""
    explained = translate.explain(answer)
    if isinstance(explained, AccessLost):
        return AccessLost("token_void" if explained.reason == "token_expired" else explained.reason)
    return Unavailable("session_refused", detail=str(answer.status))


def _server(answer: str) -> str:
    """The base address of what was typed. Raises Rejected(field="server")."""
    typed = answer.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        usable = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username:
        raise Rejected("bad_address", field="server")
    return f"{parts.scheme}://{parts.netloc}"


def _home(server: str, session: Any) -> str:
    """The account's own PDS, which a large service names when a session opens; else the server that was asked.

    Never from https down to http: tokens go there.
    """
    for service in reading.items(session, "didDoc", "service"):
        if reading.text(service, "id").endswith("#atproto_pds"):
            with suppress(Rejected):
                home = _server(reading.text(service, "serviceEndpoint"))
                return server if home.startswith("http:") and server.startswith("https:") else home
    return server


def _appview(answer: str) -> str:
    """A DID with its service, or a base address. Raises Rejected(field="appview")."""
    typed = answer.strip()
    if not typed:
        return ""
    if typed.startswith("did:"):
        return typed if "#" in typed else f"{typed}#bsky_appview"
    try:
        return _server(typed)
    except Rejected as error:
        raise Rejected(error.reason, field="appview") from error


def _scope(token: str) -> str:
    """What a session may do, read from its token (a JWT) without trusting it: for a hint, not for security."""
    try:
        claims = token.split(".")[1]
        return reading.text(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4))), "scope")
    except (IndexError, ValueError):
        return ""
