"""A small Bluesky in the process: PDS and AppView in one, for contract tests, the demo and browser tests.

It keeps what the real servers were seen to do (tests/servers/atproto.py starts them): create-only puts, refresh tokens
that work once, limits in graphemes and bytes, notifications sorted by the earlier of stated and seen, cursors that are
moments.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from resonanz.connectors.bluesky.fake_views import Post, Refused, Views
from resonanz.connectors.bluesky.manifest import LIMITS
from resonanz.connectors.bluesky.records import POST, stamp
from resonanz.connectors.bluesky.richtext import facets, handles
from resonanz.kernel.clock import Clock, utcnow

_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


@dataclass
class Person:
    """An account of the fake."""

    did: str
    handle: str
    name: str = ""
    description: str = ""
    app_passwords: set[str] = field(default_factory=set)
    access: dict[str, bool] = field(default_factory=dict)  # token → still fresh
    refresh: set[str] = field(default_factory=set)
    blobs: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # cid → type, content
    followers: dict[str, datetime] = field(default_factory=dict)  # did → since
    active: bool = True  # not deactivated

    def session(self) -> dict[str, Any]:
        return {"did": self.did, "handle": self.handle, "active": self.active}


class FakeBluesky:
    """Use `handle` as a transport's handler; move the people in it with the methods below."""

    def __init__(self, address: str = "https://bluesky.demo.invalid", clock: Clock = utcnow) -> None:
        self.address = address.rstrip("/")
        self.clock = clock
        self.people: dict[str, Person] = {}  # by did
        self.posts: dict[str, Post] = {}  # by address
        self.page_cap = 100  # lists come in pages of at most so many
        self._number = 0
        self._lock = threading.RLock()
        self._views = Views(self)

    # What people do

    def join(self, handle: str, name: str = "", description: str = "") -> Person:
        """A new account, or the one that has this handle."""
        with self._lock:
            if (known := self.find(handle)) is not None:
                return known
            did = f"did:plc:{_base32(handle.encode())[:24]}"
            return self.people.setdefault(did, Person(did, handle, name or handle.split(".")[0], description))

    def app_password(self, handle: str) -> str:
        """A new app password for `handle`."""
        with self._lock:
            person = self.join(handle)
            number = len(person.app_passwords) + 1
            word = _base32(f"{handle} {number}".encode())[:16]
            password = "-".join(word[start : start + 4] for start in range(0, 16, 4))
            person.app_passwords.add(password)
            return password

    def expire(self, handle: str) -> None:
        """The access tokens grow old, as they do after two hours."""
        with self._lock:
            person = self.join(handle)
            person.access = dict.fromkeys(person.access, False)

    def forget_refresh(self, handle: str) -> None:
        """The refresh tokens are void, as they are after two months."""
        with self._lock:
            self.join(handle).refresh.clear()

    def revoke(self, handle: str) -> None:
        """The person deletes the app passwords; sessions opened with them cannot be refreshed any more."""
        with self._lock:
            self.join(handle).app_passwords.clear()
            self.forget_refresh(handle)

    def post(
        self, handle: str, text: str, *, reply_to: str = "", quote: str = "", at: datetime | None = None,
        seen_at: datetime | None = None,
    ) -> str:  # fmt: skip
        """Somebody posts; mentions, links and tags in `text` become facets. Returns the post's address.

        at: what their program states; seen_at: when the AppView sees it.
        """
        with self._lock:
            person, at = self.join(handle), at or self.clock()
            dids = {name: found.did for name in handles(text) if (found := self.find(name))}
            record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": stamp(at)}
            if found_facets := facets(text, dids):
                record["facets"] = found_facets
            if reply_to:
                parent = self.posts[reply_to]
                root = parent.record.get("reply", {}).get("root", parent.reference())
                record["reply"] = {"root": root, "parent": parent.reference()}
            if quote:
                record["embed"] = {"$type": "app.bsky.embed.record", "record": self.posts[quote].reference()}
            self._number += 1
            key = _tid(int(at.timestamp() * 1000) * 1000 + self._number % 1000)
            return self._store(person, key, record, seen_at or self.clock()).uri

    def like(self, handle: str, uri: str) -> None:
        with self._lock:
            self.posts[uri].likes.add(self.join(handle).did)

    def repost(self, handle: str, uri: str) -> None:
        with self._lock:
            self.posts[uri].reposts.add(self.join(handle).did)

    def follow(self, handle: str, whom: str) -> None:
        with self._lock:
            self.join(whom).followers[self.join(handle).did] = self.clock()

    def remove(self, uri: str) -> None:
        """A post is deleted by its author."""
        with self._lock:
            self.posts.pop(uri, None)

    def find(self, actor: str) -> Person | None:
        """Who has this handle or DID."""
        if actor in self.people:
            return self.people[actor]
        return next((person for person in self.people.values() if person.handle == actor.lower()), None)

    # What servers do

    def handle(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.removeprefix("/xrpc/")
        try:
            with self._lock:
                if request.method == "GET" and request.url.path.startswith("/img/"):
                    return self._image(request.url.path)
                answer = self._methods().get((request.method, method))
                if answer is None:
                    raise Refused(404, "XRPCNotSupported", "XRPCNotSupported")
                return httpx.Response(200, json=answer(request), headers={"date": _http_date(self.clock())})
        except Refused as refused:
            return refused.response

    def _methods(self) -> Mapping[tuple[str, str], Callable[[httpx.Request], Any]]:
        views = self._views
        return {
            ("POST", "com.atproto.server.createSession"): self._create_session,
            ("POST", "com.atproto.server.refreshSession"): self._refresh_session,
            ("GET", "com.atproto.server.getSession"): lambda r: self._who(r).session(),
            ("POST", "com.atproto.repo.uploadBlob"): self._upload_blob,
            ("POST", "com.atproto.repo.putRecord"): self._put_record,
            ("POST", "com.atproto.repo.deleteRecord"): self._delete_record,
            ("GET", "com.atproto.repo.getRecord"): self._get_record,
            ("GET", "com.atproto.identity.resolveHandle"): self._resolve_handle,
            ("GET", "app.bsky.notification.listNotifications"): lambda r: views.notifications(
                self._who(r), r.url.params
            ),
            ("GET", "app.bsky.feed.getAuthorFeed"): lambda r: views.author_feed(self._who(r), r.url.params),
            ("GET", "app.bsky.feed.getPosts"): lambda r: views.posts(self._who(r), r.url.params),
            ("GET", "app.bsky.feed.getPostThread"): lambda r: views.thread(self._who(r), r.url.params),
            ("GET", "app.bsky.graph.getFollowers"): lambda r: views.followers(self._who(r), r.url.params),
            ("GET", "app.bsky.actor.getProfile"): lambda r: views.profile(self._who(r), r.url.params),
        }

    def _who(self, request: httpx.Request) -> Person:
        """Whose access token came along."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            raise Refused(401, "AuthMissing", "Authentication Required")
        for person in self.people.values():
            if token in person.access:
                if not person.access[token]:
                    raise Refused(400, "ExpiredToken", "Token has expired")
                return person
        raise Refused(400, "InvalidToken", "Token could not be verified")

    def _create_session(self, request: httpx.Request) -> Any:
        said = _body(request)
        person = self.find(str(said.get("identifier", "")))
        if person is None or said.get("password") not in person.app_passwords:
            raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session(person)

    def _refresh_session(self, request: httpx.Request) -> Any:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        for person in self.people.values():
            if token in person.refresh:
                person.refresh.discard(token)
                return self._session(person)
        raise Refused(400, "ExpiredToken", "Token has been revoked")

    def _session(self, person: Person) -> Any:
        self._number += 1
        access, refresh = (
            _token({"scope": f"com.atproto.{scope}", "sub": person.did, "jti": str(self._number)})
            for scope in ("appPass", "refresh")
        )
        person.access[access] = True
        person.refresh.add(refresh)
        return {**person.session(), "accessJwt": access, "refreshJwt": refresh}

    def _upload_blob(self, request: httpx.Request) -> Any:
        person, content = self._who(request), request.content
        cid = f"bafkrei{_base32(content)[:52]}"
        person.blobs[cid] = (request.headers.get("content-type", "*/*"), content)
        kind = person.blobs[cid][0]
        return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(content)}}

    def _put_record(self, request: httpx.Request) -> Any:
        person, said = self._who(request), _body(request)
        record, key = said.get("record"), str(said.get("rkey"))
        if said.get("repo") != person.did:
            raise Refused(401, "AuthRequired")
        if not person.active:
            raise Refused(401, "AccountDeactivated", "Account is deactivated")
        self._check(person, record, key)
        there = self.posts.get(_address(person, key))
        if there is not None and there.cid != cid_of(record) and "swapRecord" in said:
            raise Refused(400, "InvalidSwap", f"Record was at {there.cid}")
        stored = there or self._store(person, key, record, self.clock())
        return {"uri": stored.uri, "cid": stored.cid}

    def _check(self, person: Person, record: Any, key: str) -> None:
        def refuse(fault: str, where: str) -> None:
            raise Refused(400, "InvalidRequest", f"Invalid {POST} record: {fault} at {where}")

        if not isinstance(record, dict) or not isinstance(record.get("text"), str):
            raise Refused(400, "InvalidRequest", f"Invalid {POST} record")
        if not _TID.fullmatch(key):
            refuse("Invalid record key", "$")
        if any(limit.used(record["text"]) > limit.maximum for limit in LIMITS.text):
            refuse("string too big", "$.text")
        embed = record.get("embed", {})
        images = embed.get("images") or embed.get("media", {}).get("images", [])
        if len(images) > 4:
            refuse("array too big (maximum 4)", "$.embed.images")
        for image in images:
            if image["image"]["ref"]["$link"] not in person.blobs:
                raise Refused(400, "BlobNotFound", "Could not find blob")

    def _store(self, person: Person, key: str, record: Any, seen_at: datetime) -> Post:
        post = Post(_address(person, key), cid_of(record), person.did, record, seen_at)
        self.posts[post.uri] = post
        return post

    def _delete_record(self, request: httpx.Request) -> Any:
        person, said = self._who(request), _body(request)
        self.posts.pop(_address(person, str(said.get("rkey"))), None)
        return {}

    def _get_record(self, request: httpx.Request) -> Any:
        person = self.find(request.url.params.get("repo", ""))
        key = request.url.params.get("rkey", "")
        # A PDS does not look into a deactivated account, and asks an AppView that has forgotten it.
        post = self.posts.get(_address(person, key)) if person and person.active else None
        if post is None:
            raise Refused(400, "RecordNotFound", f"Could not locate record: {key}")
        return {"uri": post.uri, "cid": post.cid, "value": post.record}

    def _resolve_handle(self, request: httpx.Request) -> Any:
        person = self.find(request.url.params.get("handle", ""))
        if person is None:
            raise Refused(400, "InvalidRequest", "Unable to resolve handle")
        return {"did": person.did}

    def _image(self, path: str) -> httpx.Response:
        did, _slash, cid = path.removeprefix("/img/").partition("/")
        person = self.people.get(did)
        if person is None or cid not in person.blobs:
            return httpx.Response(404)
        kind, content = person.blobs[cid]
        return httpx.Response(200, content=content, headers={"content-type": kind})


def cid_of(record: Any) -> str:
    """The same for the same content, as a real one (its encoding is another)."""
    return f"bafyrei{_base32(json.dumps(record, sort_keys=True).encode())[:52]}"


def _address(person: Person, key: str) -> str:
    return f"at://{person.did}/{POST}/{key}"


def _body(request: httpx.Request) -> Any:
    try:
        said = json.loads(request.content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused(400, "InvalidRequest", "Input must be an object")
    return said


def _base32(content: bytes) -> str:
    return b32encode(hashlib.sha256(content).digest()).decode().rstrip("=").lower()


def _tid(micros: int) -> str:
    alphabet = "234567abcdefghijklmnopqrstuvwxyz"
    return "".join(alphabet[(micros << 10) >> shift & 31] for shift in range(60, -1, -5))


def _token(claims: Mapping[str, str]) -> str:
    """Shaped like a JWT, signed by nobody."""
    parts = (json.dumps(part).encode() for part in ({"typ": "at+jwt", "alg": "none"}, claims))
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".fake"


def _http_date(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
