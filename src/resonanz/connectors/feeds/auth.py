"""How a person connects a feed: its address, or that of a page that names it; a password where it asks for one."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from resonanz.connectorkit.errors import AccessLost, NotFound, Rejected, Unavailable
from resonanz.connectorkit.http import Answer, Http
from resonanz.connectorkit.network import Account, Begun, Connected
from resonanz.connectorkit.reading import Unreadable
from resonanz.connectors.feeds import translate
from resonanz.connectors.feeds.connector import fetch


class FeedAuth:
    """Finds the feed and takes it as it is."""

    def connect(self, http: Http, answers: Mapping[str, str]) -> Connected:
        address, secrets = feed_address(answers)
        door = replace(http, base_url=_origin(address), access=_Given(self.headers(secrets), secrets))
        answer = self._fetch(door, address)
        try:
            found = _feed(answer)
        except Unreadable as error:
            named = translate.feeds_of_page(answer.text(), answer.url)
            if not named:
                raise Rejected("no_feed", field="address", detail=str(error)) from error
            address = named[0]
            answer = self._fetch(door, address)
            found = _feed_or_refuse(answer)
        address = answer.moved_to or address
        account = Account(
            server=_origin(address),
            author=translate.feed_author(found, address),
            settings={"feed": address},
        )
        return Connected(account, secrets)

    def _fetch(self, http: Http, address: str) -> Answer:
        try:
            return fetch(http, address)
        except AccessLost as error:
            raise Rejected("password_needed", field="password") from error
        except NotFound as error:
            raise Rejected("not_found", field="address") from error
        except Unavailable as error:
            if error.reason in ("refused", "too_large", "redirected", "private_address"):
                raise Rejected(error.reason, field="address", detail=error.detail) from error
            raise

    def begin(self, http: Http, answers: Mapping[str, str], redirect_uri: str, state: str) -> Begun:
        raise Rejected("not_offered")

    def complete(self, http: Http, pending: Mapping[str, str], query: Mapping[str, str]) -> Connected:
        raise Rejected("not_offered")

    def headers(self, secrets: Mapping[str, str]) -> Mapping[str, str]:
        if not secrets.get("username"):
            return {}
        pair = f"{secrets['username']}:{secrets.get('password', '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def renew(self, http: Http, account: Account, secrets: Mapping[str, str]) -> Mapping[str, str] | None:
        return None


class _Given:
    """Access with the secrets a person has just typed."""

    def __init__(self, headers: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._headers, self._secrets = headers, secrets

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, used: Mapping[str, str]) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return tuple(self._secrets.values())


def feed_address(answers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The address without a password in it, and the secrets."""
    given = answers.get("address", "").strip()
    given = given.removeprefix("feed:").removeprefix("//")
    if "://" not in given:
        given = f"https://{given}"
    address = translate.web_address(given, "")
    try:
        parts = urlsplit(address)
        host, username, password = parts.hostname, parts.username, parts.password
        _ = parts.port  # raises when it is none
    except ValueError:
        host = username = password = None
    if not host:
        raise Rejected("bad_address", field="address")
    secrets = {"username": answers.get("username", ""), "password": answers.get("password", "")}
    if username:
        secrets = {"username": unquote(username), "password": unquote(password or "")}
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return address, {name: value for name, value in secrets.items() if value}


def _feed_or_refuse(answer: Answer) -> translate.Feed:
    try:
        return _feed(answer)
    except Unreadable as error:
        raise Rejected("no_feed", field="address", detail=str(error)) from error


def _feed(answer: Answer) -> translate.Feed:
    return translate.feed(answer.body, answer.headers.get("content-type", ""), answer.url)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
