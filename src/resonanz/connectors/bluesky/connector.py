"""Bluesky, one short method a capability: build a request, call the door, translate the answer."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from resonanz.connectorkit import reading
from resonanz.connectorkit.errors import AccessLost, NotFound, OutcomeUnknown, Rejected, Unavailable
from resonanz.connectorkit.http import Answer, Effect, Http
from resonanz.connectorkit.network import Account
from resonanz.connectors.bluesky import records, translate
from resonanz.connectors.bluesky.manifest import LIMITS
from resonanz.connectors.bluesky.position import Entry, Position, milliseconds
from resonanz.connectors.bluesky.records import POST, Target, authority
from resonanz.connectors.bluesky.richtext import handles
from resonanz.kernel.messages import Author, Counts, Message, Profile, Reference
from resonanz.kernel.paging import Cursor, Page
from resonanz.kernel.publishing import Draft, Media, Receipt, Upload

_POSTS_AT_ONCE = 25  # app.bsky.feed.getPosts: maxLength of uris
_PAGE = 100
_HANDLES_AT_MOST = 30  # a post of 300 characters holds no more that mean something


class Bluesky:
    """One Bluesky channel. Writes go to its PDS; reads go through it to the AppView, unless another one is set."""

    def __init__(self, http: Http, account: Account) -> None:
        self._http = http
        self._did = account.author.remote_id
        self._appview = account.settings.get("appview", "")

    # Speaking

    def publish(self, draft: Draft, uploads: Sequence[Upload]) -> Receipt:
        """Create-only under a key of our own: the same draft twice is one post, and gets the same receipt."""
        records.check(draft)
        reply_to, quote = self._targets(draft)
        dids = {
            handle: did for handle in handles(draft.text)[:_HANDLES_AT_MOST] if (did := self._did_of(handle))
        }
        record = records.post_record(draft, uploads, dids, reply_to, quote)
        body = {
            "repo": self._did,
            "collection": POST,
            "rkey": records.record_key(draft),
            "record": record,
            "swapRecord": None,  # only if nothing is there yet; the very same record is no change and succeeds
        }
        try:
            answer = self._http.call(
                "POST", "xrpc/com.atproto.repo.putRecord", effect=Effect.WRITE, body=body, bucket="write"
            )
        except Rejected as error:
            if error.reason != "key_taken":
                raise
            if (found := self.find_published(draft)) is None:
                raise OutcomeUnknown("key_taken", detail=error.detail) from error
            return found
        cid = answer.read(lambda said: reading.need_text(said, "cid"))
        return records.receipt(draft, self._did, cid, record)

    def find_published(self, draft: Draft, taken: Container[str] = ()) -> Receipt | None:
        """Read the draft's own key in our repository: there or not there, both are proof.

        A PDS asks the AppView about repositories it does not hold (any more), and that one knows only what it has
        heard of. So "not there" counts from a PDS that says it holds ours.
        """
        try:
            found = self._own_record(records.record_key(draft))
        except NotFound as error:
            if error.reason != "record_not_found":
                raise  # the repository itself is not there: that proves nothing
            self._expect_home()
            return None
        cid, record = found.read(records.stored)
        if not records.is_draft(record, draft):
            raise Rejected("key_taken", detail="another record lies under this publication's key")
        return records.receipt(draft, self._did, cid, record)

    def upload(self, media: Media) -> Upload:
        limit = LIMITS.images
        if limit and media.content_type not in limit.content_types:
            raise Rejected("wrong_type", field="media", detail=media.content_type)
        if limit and media.size_bytes > limit.max_bytes:
            raise Rejected("too_large", field="media", detail=f"{media.size_bytes} bytes")
        with media.open() as stream:
            answer = self._http.call(
                "POST",
                "xrpc/com.atproto.repo.uploadBlob",
                effect=Effect.REPEATABLE,
                content=stream.read(),
                headers={"Content-Type": media.content_type},
                timeout_seconds=120,
                bucket="upload",
            )
        return answer.read(lambda said: records.upload_of(media, said))

    def upload_state(self, upload: Upload) -> Upload:
        """Images are ready as soon as they are there."""
        return upload

    def delete(self, reference: Reference) -> None:
        """Deleting what is not there succeeds at the PDS as well."""
        if authority(reference.remote_id) != self._did:
            raise Rejected("not_ours", field="reference")
        body = {"repo": self._did, "collection": POST, "rkey": reference.remote_id.rpartition("/")[2]}
        self._http.call(
            "POST", "xrpc/com.atproto.repo.deleteRecord", effect=Effect.REPEATABLE, body=body, bucket="write"
        )

    # Listening

    def inbound(self, cursor: Cursor) -> Page[Message]:
        position = Position.read(cursor)
        params: list[tuple[str, Any]] = [
            ("limit", _PAGE),
            *(("reasons", reason) for reason in translate.REASONS),
        ]
        if position.back:
            params.append(("cursor", position.back))
        answer = self._read("app.bsky.notification.listNotifications", params, personal=True)
        said = answer.json()
        listed, unreadable = reading.each(reading.items(said, "notifications"), _listed)
        ours = [(entry, view) for entry, view in listed if reading.text(view, "reason") in translate.REASONS]
        entries = [entry for entry, _view in ours]
        fresh = self._with_media([ours[index][1] for index in position.new(entries)])
        messages, skipped = reading.each(fresh, self._message)
        after = position.after(
            entries,
            oldest=min((entry.when for entry, _view in listed), default=None),
            back=reading.text(said, "cursor"),
            read_at=self._read_at(answer),
        )
        return Page(messages, after.cursor(), more=after.more, skipped=skipped + unreadable)

    def own_posts(self, cursor: Cursor) -> Page[Message]:
        params = [("actor", self._did), ("limit", _PAGE), ("filter", "posts_with_replies")]
        said = self._read("app.bsky.feed.getAuthorFeed", _continued(params, cursor)).json()
        # Reposts of others stand in the same feed.
        views = [
            reading.at(item, "post") for item in reading.items(said, "feed") if not reading.at(item, "reason")
        ]
        messages, skipped = reading.each(views, self._message)
        messages = tuple(message for message in messages if message.author.remote_id == self._did)
        return _page(messages, said, skipped)

    def thread(self, reference: Reference) -> tuple[Message, ...]:
        params = [("uri", reference.remote_id), ("depth", 20), ("parentHeight", 80)]
        found = translate.thread(
            self._read("app.bsky.feed.getPostThread", params).json(), self._did, self._http.clock()
        )
        if not found:
            raise NotFound(detail=reference.remote_id)
        return found

    def counts(self, references: Sequence[Reference]) -> Mapping[str, Counts]:
        views = self._posts([reference.remote_id for reference in references])
        return {uri: translate.counts(view) for uri, view in views.items()}

    def followers(self, cursor: Cursor) -> Page[Author]:
        params = [("actor", self._did), ("limit", _PAGE)]
        said = self._read("app.bsky.graph.getFollowers", _continued(params, cursor)).json()
        authors, skipped = reading.each(reading.items(said, "followers"), translate.author)
        return _page(authors, said, skipped)

    def profile(self) -> Profile:
        answer = self._read("app.bsky.actor.getProfile", [("actor", self._did)], personal=True)
        return answer.read(translate.profile)

    # What they share

    def _message(self, view: Any) -> Message:
        return translate.message(view, self._did, self._http.clock())

    def _read(self, method: str, params: list[tuple[str, Any]], *, personal: bool = False) -> Answer:
        """Ask the AppView: through our PDS (which vouches for us), or directly where a public one is set.

        personal: only the PDS can ask for us.
        """
        path = f"xrpc/{method}"
        if self._appview.startswith("did:"):
            return self._http.call(
                "GET", path, effect=Effect.READ, params=params, headers={"atproto-proxy": self._appview}
            )
        if self._appview and not personal:
            path = f"{self._appview.rstrip('/')}/{path}"
        return self._http.call("GET", path, effect=Effect.READ, params=params)

    def _posts(self, uris: Sequence[str]) -> dict[str, Any]:
        """Post views by address; what is gone or hidden from us is missing."""
        if not uris:
            return {}
        params = [("uris", uri) for uri in uris[:_POSTS_AT_ONCE]]
        said = self._read("app.bsky.feed.getPosts", params).json()
        return {uri: view for view in reading.items(said, "posts") if (uri := reading.text(view, "uri"))}

    def _with_media(self, notifications: list[Any]) -> list[Any]:
        """Notifications carry bare records; those with pictures are replaced by what the AppView shows of them."""
        wanted = [view["uri"] for view in notifications if translate.has_media(view)]
        shown: dict[str, Any] = {}
        for start in range(0, len(wanted), _POSTS_AT_ONCE):
            with suppress(Rejected, NotFound):  # better without their pictures than not at all
                shown |= self._posts(wanted[start : start + _POSTS_AT_ONCE])
        return [
            {**view, "embed": reading.at(shown.get(view["uri"]), "embed")} if view["uri"] in shown else view
            for view in notifications
        ]

    def _targets(self, draft: Draft) -> tuple[Target | None, Target | None]:
        """What the draft answers and quotes, as it is now. Raises NotFound, Rejected where its author forbids it."""
        wanted = [reference.remote_id for reference in (draft.reply_to, draft.quote) if reference]
        views = self._posts(wanted)
        for reference, field, forbidden in (
            (draft.reply_to, "reply_to", "replyDisabled"),
            (draft.quote, "quote", "embeddingDisabled"),
        ):
            if reference and reading.at(views.get(reference.remote_id), "viewer", forbidden) is True:
                raise Rejected("not_allowed", field=field)
        found = {uri: self._target(uri, views.get(uri)) for uri in wanted}
        return (
            found[draft.reply_to.remote_id] if draft.reply_to else None,
            found[draft.quote.remote_id] if draft.quote else None,
        )

    def _target(self, uri: str, view: Any) -> Target:
        if view is None:
            if authority(uri) != self._did:
                raise NotFound(detail=uri)
            # Ours, perhaps so new that the AppView does not know it yet.
            return self._own_record(uri.rpartition("/")[2]).read(translate.target)
        try:
            return translate.target(view)
        except reading.Unreadable as error:
            raise Unavailable("unreadable", detail=str(error)) from error

    def _own_record(self, key: str) -> Answer:
        params = {"repo": self._did, "collection": POST, "rkey": key}
        return self._http.call("GET", "xrpc/com.atproto.repo.getRecord", effect=Effect.READ, params=params)

    def _expect_home(self) -> None:
        """Raises AccessLost unless the account lives on this PDS and is active."""
        answer = self._http.call("GET", "xrpc/com.atproto.server.getSession", effect=Effect.READ)
        if answer.read(lambda said: reading.need_text(said, "did")) != self._did:
            raise AccessLost("account_gone")
        if reading.at(answer.json(), "active") is False:
            raise AccessLost("account_deactivated")

    def _did_of(self, handle: str) -> str:
        """The DID behind a handle; empty if nobody is."""
        try:
            answer = self._http.call(
                "GET",
                "xrpc/com.atproto.identity.resolveHandle",
                effect=Effect.READ,
                params={"handle": handle},
            )
        except (Rejected, NotFound):
            return ""
        did = reading.text(answer.json(), "did")
        return did if did.startswith("did:") else ""

    def _read_at(self, answer: Answer) -> datetime:
        """When the server answered, by its clock or ours, whichever is behind: looking back too far costs nothing."""
        now = self._http.clock()
        try:
            theirs = parsedate_to_datetime(answer.headers.get("date", "")).replace(tzinfo=UTC)
        except (ValueError, TypeError):
            return now
        return min(now, theirs)


def _listed(view: Any) -> tuple[Entry, Any]:
    """A notification and its place in the list, on the AppView's own clock."""
    moment = datetime.fromisoformat(reading.need_text(view, "indexedAt"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Entry(reading.need_text(view, "uri"), milliseconds(moment)), view


def _continued(params: list[tuple[str, Any]], cursor: Cursor) -> list[tuple[str, Any]]:
    return [*params, ("cursor", cursor)] if cursor else params


def _page(items: tuple[Any, ...], said: Any, skipped: int) -> Page[Any]:
    cursor = reading.text(said, "cursor")
    return Page(items, Cursor(cursor), more=bool(cursor), skipped=skipped)
