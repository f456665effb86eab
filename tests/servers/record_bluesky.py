"""Records what the real servers say, as samples for the connector's unit tests.

`python -m tests.servers.record_bluesky`. Everybody in them is made up here. Tokens are taken out.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from resonanz.connectors.bluesky.richtext import facets
from tests.servers.atproto import BlueskyServers, Person, bluesky, stale

SAMPLES = Path(__file__).parents[2] / "src" / "resonanz" / "connectors" / "bluesky" / "samples"
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
POST = "app.bsky.feed.post"


def main() -> None:
    with bluesky() as servers:
        us = servers.join("werkbank.test", "Werkbank GmbH")
        them, third = (
            servers.join("kundin.test", "Katja Kundin"),
            servers.join("dritter.test", "Dirk Dritter"),
        )
        ours = _act(servers, us, them, third)
        for name, (method, params) in _readings(us, ours).items():
            _keep(name, servers.call(method, token=us.token, **params))
        session = {"identifier": us.handle, "password": us.app_password}
        _keep("session", servers.call("com.atproto.server.createSession", session))
        _keep("errors", [_failure(servers, us, *call) for call in _failing(us)])


def _act(servers: BlueskyServers, us: Person, them: Person, third: Person) -> str:
    """A small conversation with everything in it that the connector reads; returns the address of its first post."""
    dids = {person.handle: person.did for person in (us, them, third)}

    def say(person: Person, text: str, **more: Any) -> dict[str, str]:
        said = servers.post(person, text, facets=facets(text, dids), langs=["de"], **more)
        servers.settle()
        return said

    file = io.BytesIO()
    Image.new("RGB", (16, 9), "teal").save(file, "PNG")
    for person in (them, third):  # the same file, so the same blob
        uploaded = servers.call("com.atproto.repo.uploadBlob", file.getvalue(), token=person.token)
    image = {"image": uploaded["blob"], "alt": "Ein Kratzer", "aspectRatio": {"width": 16, "height": 9}}
    images = {"$type": "app.bsky.embed.images", "images": [image]}
    ours = say(us, "Neu bei uns: die #Werkbank mit Schublade. https://example.com/werkbank")
    reply = say(them, "Meine hat einen Kratzer 👩‍🔧", reply={"root": ours, "parent": ours}, embed=images)
    say(third, "Meine nicht.", reply={"root": ours, "parent": reply})
    say(us, "@kundin.test Das tut uns leid!", reply={"root": ours, "parent": reply})
    quoted = {"$type": "app.bsky.embed.record", "record": ours}
    say(them, "Hört, hört", embed=quoted)
    say(
        third,
        "Mit Bild",
        embed={"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": images},
    )
    card = {"uri": "https://example.com/", "title": "Beispiel", "description": "Eine Seite"}
    say(third, "@werkbank.test schon gesehen?", embed={"$type": "app.bsky.embed.external", "external": card})
    warned = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "graphic-media"}]}
    say(them, "@werkbank.test nichts für schwache Nerven", labels=warned)
    for person in (them, third):
        servers.react(person, "app.bsky.feed.like", ours)
        servers.react(person, "app.bsky.graph.follow", us.did)
    servers.react(third, "app.bsky.feed.repost", ours)
    servers.react(us, "app.bsky.feed.repost", reply)
    servers.settle()
    return ours["uri"]


def _readings(us: Person, ours: str) -> Mapping[str, tuple[str, dict[str, Any]]]:
    return {
        "notifications": (
            "app.bsky.notification.listNotifications",
            {"limit": 100, "reasons": ["reply", "quote", "mention"]},
        ),
        "author_feed": ("app.bsky.feed.getAuthorFeed", {"actor": us.did}),
        "thread": ("app.bsky.feed.getPostThread", {"uri": ours, "depth": 20}),
        "posts": ("app.bsky.feed.getPosts", {"uris": [ours]}),
        "followers": ("app.bsky.graph.getFollowers", {"actor": us.did}),
        "profile": ("app.bsky.actor.getProfile", {"actor": us.did}),
    }


def _failing(us: Person) -> list[tuple[str, Any, str, dict[str, Any]]]:
    """Calls that fail, each in its own way: method, body, token, parameters."""
    put, get = "com.atproto.repo.putRecord", "com.atproto.repo.getRecord"
    post = {"$type": POST, "text": "x", "createdAt": "2026-11-22T12:00:00.000Z"}
    key = {"repo": us.did, "collection": POST, "rkey": "3n2vkvruuupfc"}
    return [
        (put, {**key, "record": {**post, "text": "ä" * 301}}, us.token, {}),
        (put, {**key, "record": {**post, "langs": ["de_DE"]}}, us.token, {}),
        (put, {**key, "record": post}, "no.token.atall", {}),
        (put, {**key, "record": post}, stale(us.token), {}),
        (put, {**key, "record": post}, "", {}),
        (get, None, us.token, key),
        (get, None, us.token, {**key, "repo": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"}),
        ("com.atproto.server.createSession", {"identifier": us.handle, "password": "wrong"}, "", {}),
        ("com.atproto.identity.resolveHandle", None, "", {"handle": "niemand.test"}),
        ("app.bsky.feed.getPostThread", None, us.token, {"uri": f"at://{us.did}/{POST}/3n2vkvruuupfc"}),
        ("app.bsky.actor.getProfile", None, us.token, {"actor": "niemand.test"}),
    ]


def _failure(servers: BlueskyServers, us: Person, method: str, body: Any, token: str, params: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{servers.pds}/xrpc/{method}"
    request = servers.client.post if body is not None else servers.client.get
    more = {"json": body} if body is not None else {"params": params}
    answer = request(url, headers=headers, **more)
    assert answer.is_error
    return {"method": method, "status": answer.status_code, "body": answer.json()}


def _keep(name: str, said: Any) -> None:
    text = _TOKEN.sub("a.b.c", json.dumps(said, ensure_ascii=False, indent=1))
    (SAMPLES / f"{name}.json").write_text(re.sub(r"localhost:\d+", "localhost:2583", text) + "\n", "utf-8")


if __name__ == "__main__":
    main()
