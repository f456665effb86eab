"""Reading one feed: build, call, translate."""

from __future__ import annotations

from resonanz.connectorkit.errors import AccessLost, ConnectorError, Effect, NotFound, Unavailable, failure
from resonanz.connectorkit.http import Answer, Http
from resonanz.connectorkit.network import Account
from resonanz.connectorkit.reading import Unreadable
from resonanz.connectors.feeds import position, translate
from resonanz.connectors.feeds.position import Position
from resonanz.connectors.feeds.sieve import MAX_BYTES
from resonanz.connectors.feeds.translate import Feed
from resonanz.kernel.messages import Message, Profile
from resonanz.kernel.paging import Cursor, Page

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"
)
_REDIRECTS = 5


class FeedReader:
    """One feed."""

    def __init__(self, http: Http, account: Account) -> None:
        self._http = http
        self._author = account.author
        self._address = account.settings["feed"]

    def profile(self) -> Profile:
        found = parsed(fetch(self._http, self._address))
        return Profile(translate.feed_author(found, self._author.remote_id), found.description)

    def inbound(self, cursor: Cursor) -> Page[Message]:
        before = Position.read(cursor)
        answer = fetch(self._http, before.moved_to or self._address, before)
        if answer.status == 304:
            return Page((), before.moved(answer).write())
        return position.page(parsed(answer), answer, before, self._author, self._http.clock())


def fetch(http: Http, address: str, before: Position = Position()) -> Answer:  # noqa: B008 (frozen)
    return http.call(
        "GET",
        address,
        effect=Effect.READ,
        headers={"Accept": _ACCEPT, **before.conditions()},
        redirects=_REDIRECTS,
        max_bytes=MAX_BYTES,
        accept=(304,),
    )


def parsed(answer: Answer) -> Feed:
    """The feed in an answer; a broken one is a failure that passes, with its reason."""
    try:
        return translate.feed(answer.body, answer.headers.get("content-type", ""), answer.url)
    except Unreadable as error:
        raise failure(answer.effect, "unreadable", str(error)) from error


def explain(answer: Answer) -> ConnectorError | None:
    """A feed that is refused today is asked for again: only "gone" and a refused password are final."""
    match answer.status:
        case 401:
            return AccessLost("token_void")
        case 410:
            return NotFound("gone")
        case status if 400 <= status < 500:
            return Unavailable("refused", detail=str(status))
    return None
