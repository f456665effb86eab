"""The fake AppView: what is in the fake's repositories, as its readers get to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import httpx

from resonanz.connectorkit import reading
from resonanz.connectors.bluesky.records import authority, stamp

if TYPE_CHECKING:
    from resonanz.connectors.bluesky.fake import FakeBluesky, Person


class Refused(Exception):
    """An XRPC error to answer with."""

    def __init__(self, status: int, error: str, message: str = "") -> None:
        super().__init__(error)
        self.response = httpx.Response(status, json={"error": error, "message": message or error})


@dataclass
class Post:
    """A post in somebody's repository."""

    uri: str
    cid: str
    did: str
    record: Any
    seen_at: datetime
    likes: set[str] = field(default_factory=set)
    reposts: set[str] = field(default_factory=set)

    def reference(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}

    @property
    def parent(self) -> str:
        return reading.text(self.record, "reply", "parent", "uri")

    @property
    def quoted(self) -> str:
        embed = reading.at(self.record, "embed")
        return reading.text(embed, "record", "uri") or reading.text(embed, "record", "record", "uri")

    @property
    def sort_at(self) -> str:
        return min(reading.text(self.record, "createdAt"), stamp(self.seen_at))


class Views:
    """The reading half of the fake. Every method is called with the fake's lock held."""

    def __init__(self, network: FakeBluesky) -> None:
        self._network = network

    def notifications(self, me: Person, params: httpx.QueryParams) -> Any:
        reasons = params.get_list("reasons")
        found = [
            (post, reason)
            for post in self._network.posts.values()
            if (reason := self._reason(post, me)) and (not reasons or reason in reasons)
        ]
        found.sort(key=lambda pair: pair[0].sort_at, reverse=True)
        page, cursor = self._page(found, params, lambda pair: pair[0].sort_at)
        listed = [
            {
                **post.reference(),
                "author": self._author(post.did),
                "reason": reason,
                "record": post.record,
                "isRead": False,
                "indexedAt": post.sort_at,
            }
            for post, reason in page
        ]
        return {"notifications": listed, **cursor}

    def author_feed(self, me: Person, params: httpx.QueryParams) -> Any:
        person = self._actor(params)
        found = [post for post in self._network.posts.values() if post.did == person.did]
        found.sort(key=lambda post: post.sort_at, reverse=True)
        page, cursor = self._page(found, params, lambda post: post.sort_at)
        return {"feed": [{"post": self._post(post)} for post in page], **cursor}

    def posts(self, me: Person, params: httpx.QueryParams) -> Any:
        uris = params.get_list("uris")
        if len(uris) > 25:
            raise Refused(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        found = [self._network.posts[uri] for uri in uris if uri in self._network.posts]
        return {"posts": [self._post(post) for post in found]}

    def thread(self, me: Person, params: httpx.QueryParams) -> Any:
        post = self._network.posts.get(params.get("uri", ""))
        if post is None:
            raise Refused(400, "NotFound", f"Post not found: {params.get('uri')}")
        return {"thread": {**self._below(post), **self._above(post)}}

    def followers(self, me: Person, params: httpx.QueryParams) -> Any:
        person = self._actor(params)
        since = sorted(((stamp(at), did) for did, at in person.followers.items()), reverse=True)
        page, cursor = self._page(since, params, lambda pair: "::".join(pair))
        return {
            "subject": self._author(person.did),
            "followers": [self._author(did) for _at, did in page],
            **cursor,
        }

    def profile(self, me: Person, params: httpx.QueryParams) -> Any:
        person = self._actor(params)
        return {
            **self._author(person.did),
            "description": person.description,
            "followersCount": len(person.followers),
            "followsCount": sum(person.did in other.followers for other in self._network.people.values()),
            "postsCount": sum(post.did == person.did for post in self._network.posts.values()),
        }

    def _reason(self, post: Post, me: Person) -> str:
        """Why `me` is told of `post`; empty: not at all. The first that fits, as the real one decides."""
        if post.did == me.did:
            return ""
        if any(did == me.did for did in _mentioned(post.record)):
            return "mention"
        if authority(post.quoted) == me.did:
            return "quote"
        above = post.parent
        for _step in range(5):  # the real one tells the authors a few posts up as well
            if authority(above) == me.did:
                return "reply"
            above = self._network.posts[above].parent if above in self._network.posts else ""
        return ""

    def _actor(self, params: httpx.QueryParams) -> Person:
        person = self._network.find(params.get("actor", ""))
        if person is None:
            raise Refused(400, "InvalidRequest", "Profile not found")
        return person

    def _author(self, did: str) -> dict[str, Any]:
        person = self._network.people[did]
        return {"did": did, "handle": person.handle, "displayName": person.name}

    def _post(self, post: Post) -> dict[str, Any]:
        others = self._network.posts.values()
        view = {
            **post.reference(),
            "author": self._author(post.did),
            "record": post.record,
            "indexedAt": stamp(post.seen_at),
            "likeCount": len(post.likes),
            "repostCount": len(post.reposts),
            "quoteCount": sum(other.quoted == post.uri for other in others),
            "replyCount": sum(other.parent == post.uri for other in others),
        }
        if images := self._images(post):
            view["embed"] = {"$type": "app.bsky.embed.images#view", "images": images}
        return view

    def _page(
        self, found: list[Any], params: httpx.QueryParams, key: Callable[[Any], str]
    ) -> tuple[list[Any], dict[str, str]]:
        """One page, newest first: what lies below the cursor, which is the last page's last key."""
        limit = int(params.get("limit", 50))
        if not 1 <= limit <= 100:
            raise Refused(400, "InvalidRequest", "Error: limit must be between 1 and 100")
        limit = min(limit, self._network.page_cap)
        if before := params.get("cursor"):
            found = [item for item in found if key(item) < before]
        cursor = {"cursor": key(found[limit - 1])} if len(found) > limit else {}
        return found[:limit], cursor

    def _images(self, post: Post) -> list[dict[str, str]]:
        embed = reading.at(post.record, "embed")
        images = reading.items(embed, "images") or reading.items(embed, "media", "images")
        return [
            {
                "fullsize": f"{self._network.address}/img/{post.did}/{image['image']['ref']['$link']}",
                "alt": image["alt"],
            }
            for image in images
        ]

    def _below(self, post: Post) -> dict[str, Any]:
        replies = [other for other in self._network.posts.values() if other.parent == post.uri]
        return {"post": self._post(post), "replies": [self._below(reply) for reply in replies]}

    def _above(self, post: Post) -> dict[str, Any]:
        if not post.parent:
            return {}
        parent = self._network.posts.get(post.parent)
        if parent is None:
            return {"parent": {"uri": post.parent, "notFound": True}}
        return {"parent": {"post": self._post(parent), **self._above(parent)}}


def _mentioned(record: Any) -> Iterator[str]:
    for facet in reading.items(record, "facets"):
        for feature in reading.items(facet, "features"):
            yield reading.text(feature, "did")
