"""Hearing what is said to us and about us."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from resonanz.connectorkit.errors import NotFound, OutcomeUnknown, Unavailable
from resonanz.connectorkit.faults import answers, broken_variants, mangled, wants, when
from resonanz.connectors.bluesky.tests.cast import NOON, THEM, US, World, draft
from resonanz.connectors.bluesky.tests.test_publishing import picture
from resonanz.kernel.messages import Counts, MessageKind, Reference
from resonanz.kernel.paging import START, Cursor

LIST = "app.bsky.notification.listNotifications"


def test_mentions_answers_and_quotes_arrive_once_oldest_first() -> None:
    world = World()
    ours = world.us.publish(draft(), ()).reference.remote_id
    world.clock.forward(minutes=1)
    mention = world.network.post(THEM, f"@{US} Habt ihr #Werkbänke? https://example.com/x")
    world.clock.forward(minutes=1)
    reply = world.network.post(THEM, "Moin!", reply_to=ours)
    world.clock.forward(minutes=1)
    quote = world.network.post(THEM, "Hört, hört", quote=ours)
    world.network.like(THEM, ours)
    world.network.post(THEM, "Nichts für uns")
    page = world.us.inbound(START)
    assert [(m.remote_id, m.kind) for m in page.items] == [
        (mention, MessageKind.MENTION), (reply, MessageKind.REPLY), (quote, MessageKind.QUOTE),
    ]  # fmt: skip
    first = page.items[0]
    assert first.text == f"@{US} Habt ihr #Werkbänke? https://example.com/x"
    assert first.links == ("https://example.com/x",)
    assert (first.author.handle, first.sent_at) == (
        THEM,
        (NOON + timedelta(minutes=1)).replace(microsecond=123_000),
    )
    assert (page.items[1].reply_to, page.items[1].thread) == (ours, ours)
    assert page.items[2].links == (world.us.find_published(draft()).url,)  # type: ignore[union-attr]
    assert not page.more
    again = world.us.inbound(page.cursor)
    assert (again.items, again.more) == ((), False)


def test_an_answer_that_also_names_us_is_an_answer() -> None:
    world = World()
    ours = world.us.publish(draft(), ()).reference.remote_id
    world.network.post(THEM, f"@{US} genau", reply_to=ours)
    assert [message.kind for message in world.us.inbound(START).items] == [MessageKind.REPLY]


def test_an_answer_deeper_in_our_thread_is_heard() -> None:
    world = World()
    ours = world.us.publish(draft(), ()).reference.remote_id
    theirs = world.network.post(THEM, "Eins", reply_to=ours)
    world.network.post("dritter.test", "Zwei", reply_to=theirs)
    assert [message.kind for message in world.us.inbound(START).items] == [MessageKind.REPLY] * 2


def test_more_than_a_page_arrives_whole_and_a_crash_costs_nothing() -> None:
    world = World()
    everything = {
        world.network.post(THEM, f"@{US} {number}", at=world.clock.forward(seconds=1))
        for number in range(230)
    }
    page = world.us.inbound(START)
    assert page.more
    assert world.us.inbound(START).items == page.items  # died before storing
    read = [message.remote_id for message in page.items]
    while page.more:
        page = world.us.inbound(Cursor(str(page.cursor)))
        read += [message.remote_id for message in page.items]
    assert len(read) == 230
    assert set(read) == everything
    world.network.post(THEM, f"@{US} Nachzügler", at=world.clock.now - timedelta(seconds=5))
    assert [message.text for message in world.us.inbound(page.cursor).items] == [f"@{US} Nachzügler"]


def test_a_message_with_pictures_brings_their_addresses() -> None:
    world = World()
    ours = world.us.publish(draft(), ()).reference.remote_id
    theirs = world.network.post(THEM, "So?", reply_to=ours)
    person = world.network.join(THEM)
    person.blobs["bafk"] = ("image/png", b"x")
    world.network.posts[theirs].record["embed"] = {
        "$type": "app.bsky.embed.images",
        "images": [{"alt": "Kratzer", "image": {"$type": "blob", "ref": {"$link": "bafk"}}}],
    }
    (message,) = world.us.inbound(START).items
    (attachment,) = message.attachments
    assert (attachment.kind, attachment.alt) == ("image", "Kratzer")
    assert attachment.url.endswith("/bafk")
    world.handle = when(wants("GET", "getPosts"), answers(400, '{"error":"InvalidRequest"}'))(
        world.network.handle
    )
    assert world.us.inbound(START).items[0].text == "So?"  # better without than not at all


def test_own_posts_are_ours_and_go_back_in_time() -> None:
    world = World()
    media = (picture(),)
    ours = world.us.publish(draft(media=media), [world.us.upload(media[0])])
    for number in range(120):
        world.network.post(US, f"Nr. {number}", at=world.clock.forward(seconds=1))
    world.network.post(THEM, "Fremd")
    first = world.us.own_posts(START)
    assert (len(first.items), first.more) == (100, True)
    assert first.items[0].text == "Nr. 119"
    second = world.us.own_posts(first.cursor)
    assert (len(second.items), second.more) == (21, False)
    assert second.items[-1].remote_id == ours.reference.remote_id
    assert second.items[-1].attachments[0].alt == "Eine Werkbank"
    assert {message.kind for message in (*first.items, *second.items)} == {MessageKind.POST}


def test_a_thread_is_whole_and_in_order() -> None:
    world = World()
    first = world.network.post(THEM, "Frage", at=world.clock.forward(seconds=1))
    world.clock.forward(seconds=1)
    answer = world.us.publish(draft("Antwort", created_at=world.clock.now, reply_to=Reference(first)), ())
    third = world.network.post(
        THEM, "Danke", reply_to=answer.reference.remote_id, at=world.clock.forward(seconds=1)
    )
    world.network.post("dritter.test", "Auch", reply_to=first, at=world.clock.forward(seconds=1))
    for place in (first, answer.reference.remote_id, third):
        texts = [message.text for message in world.us.thread(Reference(place))]
        assert texts[:3] == ["Frage", "Antwort", "Danke"]
    world.network.remove(third)
    with pytest.raises(NotFound):
        world.us.thread(Reference(third))


def test_counts_of_what_is_still_there() -> None:
    world = World()
    ours = world.us.publish(draft(), ()).reference
    uri = ours.remote_id
    world.network.like(THEM, uri)
    world.network.like("dritter.test", uri)
    world.network.repost(THEM, uri)
    world.network.post(THEM, "Ja", reply_to=uri)
    world.network.post(THEM, "Seht", quote=uri)
    gone = Reference(f"{uri[:-1]}2")
    assert world.us.counts([ours, gone]) == {uri: Counts(likes=2, reposts=1, quotes=1, replies=1)}
    assert world.us.counts([]) == {}


def test_followers_a_page_at_a_time() -> None:
    world = World()
    for number in range(130):
        world.network.follow(f"f{number}.test", US)
        world.clock.forward(seconds=1)
    first = world.us.followers(START)
    second = world.us.followers(first.cursor)
    assert (len(first.items), first.more, len(second.items), second.more) == (100, True, 30, False)
    assert len({author.remote_id for author in (*first.items, *second.items)}) == 130


def test_the_profile_counts() -> None:
    world = World()
    world.network.follow(THEM, US)
    world.us.publish(draft(), ())
    profile = world.us.profile()
    assert (profile.author.followers, profile.posts, profile.following) == (1, 1, 0)
    assert profile.description == "Wir bauen Werkbänke."


@pytest.mark.parametrize(
    ("setting", "header", "host"),
    [
        ("", None, "bluesky.demo.invalid"),
        ("did:web:other.example", "did:web:other.example#bsky_appview", "bluesky.demo.invalid"),
        ("https://appview.example", None, "appview.example"),
    ],
)
def test_another_appview_can_be_asked(setting: str, header: str | None, host: str) -> None:
    world = World(appview=setting)
    asked = []

    def watching(request: object) -> object:
        asked.append(
            (request.url.host, request.headers.get("atproto-proxy"), "authorization" in request.headers)
        )  # type: ignore[attr-defined]
        return world.network.handle(request)  # type: ignore[arg-type]

    world.handle = watching  # type: ignore[assignment]
    try:
        world.us.counts([Reference(f"at://{world.did}/app.bsky.feed.post/3n2vkvruuupfc")])
    except Unavailable:  # the other AppView does not exist
        assert host == "appview.example"
    else:
        assert asked == [(host, header, True)]


def test_broken_answers_are_skipped_or_named_and_never_crash() -> None:
    """Every node of a listing missing, and of every wrong type: the rest is read, or one clear error raised."""
    world = World()
    world.network.post(THEM, f"@{US} #eins https://example.com")
    asked = httpx.Request("GET", f"{world.network.address}/xrpc/{LIST}", headers=world.access.headers())
    sample = world.network.handle(asked).json()
    for _path, broken in broken_variants(sample):
        body = json.dumps(broken).encode()
        world.handle = when(wants("GET", LIST), mangled(lambda _body, body=body: body))(world.network.handle)
        page = world.us.inbound(START)
        assert len(page.items) + page.skipped <= 1
        world.us.inbound(page.cursor)


@pytest.mark.parametrize(
    "body", ["", "[", "null", "[]", "3", '"x"', "{}", '{"notifications":{}}', "[" * 100_000]
)
def test_nonsense_instead_of_an_answer(body: str) -> None:
    world = World()
    world.handle = answers(200, body)(world.network.handle)
    for reading in (
        lambda: world.us.inbound(START),
        lambda: world.us.own_posts(START),
        lambda: world.us.followers(START),
        lambda: world.us.counts([Reference("at://did:plc:x/app.bsky.feed.post/3n2vkvruuupfc")]),
        lambda: world.us.thread(Reference("at://did:plc:x/app.bsky.feed.post/3n2vkvruuupfc")),
        world.us.profile,
        lambda: world.us.find_published(draft()),
        lambda: world.us.upload(picture()),
        lambda: world.us.publish(draft(), ()),
    ):
        with suppress(Unavailable, NotFound, OutcomeUnknown):
            reading()
