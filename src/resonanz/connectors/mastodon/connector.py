"""Calls to a Mastodon server: build, call, translate."""

from __future__ import annotations

import mimetypes
from collections.abc import Container, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from resonanz.connectorkit import reading
from resonanz.connectorkit.errors import (
    AccessLost,
    ConnectorError,
    Effect,
    NotFound,
    Rejected,
    Unavailable,
)
from resonanz.connectorkit.http import Answer, Http
from resonanz.connectorkit.manifest import Limits
from resonanz.connectorkit.network import Account
from resonanz.connectors.mastodon import instance, news, published, translate
from resonanz.connectors.mastodon.translate import Home, local_id
from resonanz.kernel.messages import Author, Counts, Message, Profile, Reference
from resonanz.kernel.paging import Cursor, Page
from resonanz.kernel.publishing import Draft, Media, Receipt, Upload

_UPLOAD_SECONDS = 300
_PAGES_TO_LOOK_THROUGH = 50
# Known by every server that speaks this API, so that none refuses them; what is left is sorted out here.
_NO_WORDS = ("favourite", "reblog", "follow", "follow_request", "poll")


class Mastodon:
    """One channel on one server."""

    def __init__(self, http: Http, account: Account) -> None:
        self._http = http
        self._account = account
        self._home = Home.of(account)

    # --- the channel ----------------------------------------------------------------------------------------------

    def profile(self) -> Profile:
        answer = self._get("/api/v1/accounts/verify_credentials")
        return answer.read(lambda body: translate.profile(body, self._home))

    def server_limits(self) -> Limits:
        answer = read_instance(self._http)
        today = self._http.clock().date()
        return answer.read(lambda body: instance.limits(body, answer.url, today))

    def followers(self, cursor: Cursor) -> Page[Author]:
        path = f"/api/v1/accounts/{self._home.account_id}/followers"
        answer = self._get(path, [("limit", "80"), *_query(cursor)])
        items, skipped = reading.each(answer.read(_listed), lambda one: translate.author(one, self._home))
        following = _next_page(answer)
        return Page(items, following, more=bool(following), skipped=skipped)

    # --- speaking -------------------------------------------------------------------------------------------------

    def upload(self, media: Media) -> Upload:
        name = media.id + (mimetypes.guess_extension(media.content_type) or "")
        with media.open() as stream:
            answer = self._http.call(
                "POST",
                "/api/v2/media",
                effect=Effect.REPEATABLE,
                form={"description": media.alt} if media.alt else None,
                files={"file": (name, stream, media.content_type)},
                timeout_seconds=_UPLOAD_SECONDS,
                bucket="media",
            )
        return answer.read(lambda body: translate.upload(media.id, body, ready=answer.status != 202))

    def upload_state(self, upload: Upload) -> Upload:
        try:
            answer = self._get(f"/api/v1/media/{upload.data['id']}")
        except Rejected as error:  # processing failed, which no waiting mends
            raise Rejected("media_unusable", field="media", detail=error.detail) from error
        return answer.read(lambda body: translate.upload(upload.media_id, body, ready=answer.status != 206))

    def publish(self, draft: Draft, uploads: Sequence[Upload]) -> Receipt:
        if not all(upload.ready for upload in uploads):
            raise Unavailable("media_not_ready")
        if draft.quote and not read_instance(self._http).read(instance.takes_quotes):
            # A server that does not know quotes would publish the text without them.
            raise Rejected("not_offered", field="quote")
        answer = self._http.call(
            "POST",
            "/api/v1/statuses",
            effect=Effect.WRITE,
            body=translate.status_body(draft, uploads),
            headers={"Idempotency-Key": draft.key},
            bucket="statuses",
        )
        return answer.read(lambda body: translate.receipt(body, self._home, self._http.clock()))

    def find_published(self, draft: Draft, taken: Container[str] = ()) -> Receipt | None:
        found, before = None, ""
        for _ in range(_PAGES_TO_LOOK_THROUGH):
            answer = self._own_statuses([("max_id", before)] if before else [])
            seen = self._look(answer, draft, taken)
            found = seen.found or found
            if not seen.before or seen.before == before:
                return found
            before = seen.before
        raise Unavailable("too_many_to_look_through")

    def _look(self, answer: Answer, draft: Draft, taken: Container[str]) -> published.Look:
        now = self._http.clock()
        since = published.oldest_possible(draft, now, answer.server_now())
        return answer.read(lambda body: published.look(body, draft, since, taken, self._home, now))

    def delete(self, reference: Reference) -> None:
        try:
            self._http.call(
                "DELETE", f"/api/v1/statuses/{local_id(reference)}", effect=Effect.REPEATABLE, bucket="delete"
            )
        except NotFound:
            return

    # --- listening ------------------------------------------------------------------------------------------------

    def inbound(self, cursor: Cursor) -> Page[Message]:
        position = news.Position.read(cursor)
        answer = self._get(
            "/api/v1/notifications",
            [
                ("min_id", position.after),
                ("limit", "40"),
                # Servers hide strangers' private messages from people; a company wants its customers' ones.
                ("include_filtered", "true"),
                *(("exclude_types[]", kind) for kind in _NO_WORDS),
            ],
        )
        now = self._http.clock()
        server_now = answer.server_now() or now
        return answer.read(lambda body: news.page(body, position, self._home, now, server_now))

    def own_posts(self, cursor: Cursor) -> Page[Message]:
        answer = self._own_statuses(_query(cursor))
        now = self._http.clock()
        found = answer.read(_listed)
        items, skipped = reading.each(found, lambda one: translate.own_message(one, self._home, now))
        following = _next_page(answer) or _older_than_last(found)
        return Page(items, following, more=bool(following), skipped=skipped)

    def thread(self, reference: Reference) -> tuple[Message, ...]:
        path = f"/api/v1/statuses/{local_id(reference)}"
        context = self._get(f"{path}/context").json()
        now = self._http.clock()
        return self._get(path).read(lambda status: translate.thread(status, context, self._home, now))

    def counts(self, references: Sequence[Reference]) -> Mapping[str, Counts]:
        wanted = [local_id(reference) for reference in references]
        try:
            found = self._get("/api/v1/statuses", [("id[]", one) for one in wanted]).read(_listed)
        except (NotFound, Rejected):  # older and other servers give them one by one only
            found = [status for one in wanted if (status := self._status(one)) is not None]
        counted, _ = reading.each(
            found, lambda s: (self._home.remote_id(translate.identifier(s)), translate.counts(s))
        )
        return dict(counted)

    def _status(self, wanted: str) -> Any:
        try:
            return self._get(f"/api/v1/statuses/{wanted}").json()
        except NotFound:
            return None

    # --- calls ----------------------------------------------------------------------------------------------------

    def _own_statuses(self, query: list[tuple[str, str]]) -> Answer:
        path = f"/api/v1/accounts/{self._home.account_id}/statuses"
        return self._get(path, [("limit", "40"), ("exclude_reblogs", "true"), *query])

    def _get(self, path: str, params: list[tuple[str, str]] | None = None) -> Answer:
        return self._http.call("GET", path, effect=Effect.READ, params=params)


def read_instance(http: Http, server: str = "") -> Answer:
    """What the server says about itself, in its newer or older way."""
    try:
        return http.call("GET", f"{server}/api/v2/instance", effect=Effect.READ)
    except NotFound:
        return http.call("GET", f"{server}/api/v1/instance", effect=Effect.READ)


def explain(answer: Answer) -> ConnectorError | None:
    """What a refusal means that its status alone does not say; None where it does.

    The network's sentences follow the language of the account, so nothing hangs on them but a missing scope, whose
    words come from the OAuth library in English.
    """
    said = reading.text(_json(answer), "error")
    match answer.status:
        case 401 | 403 if not said:
            # Not the network's own voice: a proxy, a firewall, a page for maintenance. Nobody need reconnect for it.
            return Unavailable("not_the_network", detail=answer.text()[:200])
        case 403 if "scope" in said:
            return AccessLost("scope_missing", detail=said)
        case 403 if answer.effect is Effect.READ:
            one = "/statuses/" in answer.url
            return NotFound("not_visible", detail=said) if one else AccessLost("forbidden", detail=said)
        case 403:
            return Rejected("forbidden", detail=said)
        case 413:
            return Rejected("too_large", field="media", detail=said)
        case 400 | 422:
            return Rejected("refused", field="media" if "/media" in answer.url else "text", detail=said)
    return None


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ConnectorError:
        return None


def _listed(body: Any) -> list[Any]:
    if not isinstance(body, list):
        raise reading.Unreadable("list")
    return body


def _next_page(answer: Answer) -> Cursor:
    """The query of the answer's link to the next page: never its address, which is not ours to choose."""
    for part in answer.headers.get("link", "").split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation or "rel=next" in relation:
            try:
                return Cursor(urlsplit(address.strip().strip("<>")).query[:1000])
            except ValueError:
                return Cursor("")
    return Cursor("")


def _older_than_last(found: list[Any]) -> Cursor:
    """For servers that send no links."""
    try:
        return Cursor(f"max_id={translate.identifier(found[-1])}") if found else Cursor("")
    except reading.Unreadable:
        return Cursor("")


def _query(cursor: Cursor) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parse_qsl(cursor) if name not in ("limit", "exclude_reblogs")]
