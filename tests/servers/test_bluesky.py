"""The Bluesky connector on real servers, where the contract suite cannot go; and what the official SDK reads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from resonanz.connectorkit.errors import AccessLost, RateLimited, Rejected, Unavailable
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Effect, Http
from resonanz.connectors.bluesky import NETWORK
from resonanz.connectors.bluesky.records import POST, record_key, stamp
from resonanz.kernel.clock import utcnow
from resonanz.kernel.messages import MessageKind, Reference
from resonanz.kernel.paging import START
from resonanz.kernel.publishing import Media
from tests.contract.worlds.bluesky_server import BlueskyServerWorld
from tests.servers.atproto import CannotStart, bluesky, stale

pytestmark = pytest.mark.server


@pytest.fixture
def world() -> Iterator[BlueskyServerWorld]:
    made = BlueskyServerWorld()
    made.open()
    yield made
    made.close()


def picture(name: str, alt: str, size: tuple[int, int] = (16, 9), color: str = "teal") -> Media:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    content = file.getvalue()
    return Media(name, "image/png", len(content), lambda: io.BytesIO(content), alt, *size)


@contextmanager
def sdk(world: BlueskyServerWorld) -> Iterator[Any]:
    from atproto import Client

    client = Client(base_url=f"{world.server}/xrpc")
    try:
        client.login(world.them.handle, world.them.app_password)
        yield client
    finally:
        client.request.close()


@pytest.mark.filterwarnings("default")  # the SDK's own business
def test_the_official_sdk_reads_what_we_meant(world: BlueskyServerWorld) -> None:
    us = world.connector()
    question = world.others_mention("Grüße 👩‍🔧! Wer baut Werkbänke?")
    world.settle()
    (asked,) = us.inbound(START).items
    text = f"Wir, @{world.them.handle}! 👩‍🔧 Mehr: https://example.com/ä?q=ß (#Möbelbau)"
    media = (picture("1", "Eine grüne Werkbank 🟢"), picture("2", "Von der Seite", (30, 40), "navy"))
    draft = world.draft(text, media=media, reply_to=asked.reference, quote=asked.reference, language="de")
    receipt = us.publish(draft, [us.upload(file) for file in media])
    world.settle()

    with sdk(world) as client:
        (post,) = client.get_posts([receipt.reference.remote_id]).posts
    assert post.record.text == text
    assert post.record.langs == ["de"]
    assert post.record.created_at == stamp(draft.created_at)
    covered = {}
    for facet in post.record.facets:
        where = facet.index
        (feature,) = facet.features
        said = text.encode()[where.byte_start : where.byte_end].decode()
        covered[said] = next(
            value for name in ("did", "uri", "tag") if (value := getattr(feature, name, None))
        )
    assert covered == {
        f"@{world.them.handle}": world.them.did,
        "https://example.com/ä?q=ß": "https://example.com/ä?q=ß",
        "#Möbelbau": "Möbelbau",
    }
    reply = post.record.reply
    assert (reply.root.uri, reply.parent.uri, reply.parent.cid) == (
        question,
        question,
        asked.reference.data["cid"],
    )
    assert post.embed.record.record.uri == question
    images = post.embed.media.images
    assert [image.alt for image in images] == ["Eine grüne Werkbank 🟢", "Von der Seite"]
    assert [(image.aspect_ratio.width, image.aspect_ratio.height) for image in images] == [(16, 9), (30, 40)]


def test_eight_workers_with_one_draft_make_one_post(world: BlueskyServerWorld) -> None:
    draft = world.draft("Nur einmal, bitte")
    us = [world.connector() for _worker in range(8)]
    with ThreadPoolExecutor(8) as workers:
        receipts = list(workers.map(lambda connector: connector.publish(draft, ()), us))
    assert len(set(map(repr, receipts))) == 1
    assert receipts[0] == us[0].find_published(draft)
    records = world.servers.call(
        "com.atproto.repo.listRecords", repo=world.us.did, collection=POST, limit=100
    )["records"]
    assert [record["uri"] for record in records] == [receipts[0].reference.remote_id]


def test_a_foreign_record_under_our_key_stays_as_it_is(world: BlueskyServerWorld) -> None:
    draft = world.draft("Unseres")
    foreign = {"text": "Von Hand", "createdAt": stamp(draft.created_at)}
    world.servers.write(world.us, POST, foreign, rkey=record_key(draft))
    us = world.connector()
    for attempt in (lambda: us.publish(draft, ()), lambda: us.find_published(draft)):
        with pytest.raises(Rejected, match="key_taken"):
            attempt()


def test_a_stale_token_is_refreshed_and_a_revoked_password_is_lost_access(world: BlueskyServerWorld) -> None:
    old = {**world.secrets, "access_jwt": stale(world.secrets["access_jwt"])}
    us = world.connector(secrets=old)
    assert us.publish(world.draft(), ()).url
    assert world.access is not None
    assert world.access.renewals == 1
    # The refresh token has been used; it works no more. The app password still does.
    us = world.connector(secrets={**old, "refresh_jwt": "used.up.token"})
    assert us.profile().author.handle == world.us.handle
    world.servers.call("com.atproto.server.revokeAppPassword", {"name": "resonanz"}, token=world.us.token)
    us = world.connector(secrets=old)
    with pytest.raises(AccessLost) as raised:
        us.publish(world.draft(), ())
    assert raised.value.reason == "token_void"


def test_a_session_with_the_main_password_is_refused(world: BlueskyServerWorld) -> None:
    answers = {"server": world.server, "handle": world.us.handle}
    http = Http(open_client(["localhost"]))
    with pytest.raises(Rejected) as raised:
        NETWORK.auth.connect(http, {**answers, "app_password": "only for tests on loopback"})
    assert raised.value.reason == "not_an_app_password"
    with pytest.raises(Rejected) as raised:
        NETWORK.auth.connect(http, {**answers, "app_password": "abcd-abcd-abcd-abcd"})
    assert (raised.value.field, raised.value.reason) == ("app_password", "wrong_password")
    http.client.close()


def test_one_that_slips_in_behind_others_is_heard(world: BlueskyServerWorld) -> None:
    us = world.connector()
    first = world.others_mention("eins")
    world.settle()
    page = us.inbound(START)
    assert [message.remote_id for message in page.items] == [first]
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": world.us.did}
    facet = {"index": {"byteStart": 0, "byteEnd": 4}, "features": [mention]}
    late = world.servers.post(world.them, "@wir", at=utcnow() - timedelta(minutes=20), facets=[facet])
    world.settle()
    page = us.inbound(page.cursor)
    assert [message.remote_id for message in page.items] == [late["uri"]]
    assert us.inbound(page.cursor).items == ()


def test_more_mentions_than_a_page_and_a_burst_within_one_moment(world: BlueskyServerWorld) -> None:
    mention = {"$type": "app.bsky.richtext.facet#mention", "did": world.us.did}
    facet = {"index": {"byteStart": 0, "byteEnd": 4}, "features": [mention]}
    now = utcnow() - timedelta(minutes=5)
    writes = [
        {
            "$type": "com.atproto.repo.applyWrites#create",
            "collection": POST,
            # Four of each millisecond, so that pages break among them.
            "value": {
                "$type": POST,
                "text": f"@wir {number}",
                "createdAt": stamp(now + timedelta(milliseconds=number // 4)),
                "facets": [facet],
            },
        }
        for number in range(230)
    ]
    made: list[str] = []
    for start in range(0, len(writes), 100):
        body = {"repo": world.them.did, "writes": writes[start : start + 100]}
        done = world.servers.call("com.atproto.repo.applyWrites", body, token=world.them.token)
        made += [result["uri"] for result in done["results"]]
    world.settle()
    us, cursor, read, more = world.connector(), START, [], True
    while more:
        page = us.inbound(cursor)
        cursor, more = page.cursor, page.more
        read += [message.remote_id for message in page.items]
    assert len(read) == len(made)
    assert set(read) == set(made)
    assert us.inbound(cursor).items == ()


def test_an_answer_a_quote_and_an_answer_to_an_answer_are_told_apart(world: BlueskyServerWorld) -> None:
    us = world.connector()
    ours = us.publish(world.draft("Frage an alle"), ()).reference
    # The AppView forgets to tell of an answer that it indexes in the same moment as the post it answers.
    world.settle()
    reply = world.others_reply(ours.remote_id, f"@{world.us.handle} ja")
    deeper = world.others_reply(reply, "wirklich")
    quote = world.servers.post(
        world.them,
        "Hört",
        embed={"$type": "app.bsky.embed.record", "record": world.reference(ours.remote_id)},
    )["uri"]
    world.settle()
    kinds = {message.remote_id: message.kind for message in us.inbound(START).items}
    assert kinds == {reply: MessageKind.REPLY, deeper: MessageKind.REPLY, quote: MessageKind.QUOTE}
    thread = us.thread(us.inbound(START).items[1].reference)
    assert [message.remote_id for message in thread] == [ours.remote_id, reply, deeper]
    assert {message.thread for message in thread[1:]} == {ours.remote_id}


def test_who_may_answer_is_respected(world: BlueskyServerWorld) -> None:
    theirs = world.servers.post(world.them, "Nur für mich")
    gate = {"post": theirs["uri"], "allow": [], "createdAt": stamp(utcnow())}
    key = theirs["uri"].rpartition("/")[2]
    world.servers.write(world.them, "app.bsky.feed.threadgate", gate, rkey=key)
    world.settle()
    us = world.connector()
    with pytest.raises(Rejected) as raised:
        us.publish(world.draft(reply_to=Reference(theirs["uri"])), ())
    assert (raised.value.field, raised.value.reason) == ("reply_to", "not_allowed")


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"text": "ä" * 301}, ("text", "too_long")),
        ({"text": "👩‍👩‍👧‍👦" * 130}, ("text", "too_long")),
        ({"text": "x", "embed": {"$type": "app.bsky.embed.images", "images": [{}]}}, ("media", "refused")),
        ({"text": "x", "embed": {"$type": "app.bsky.embed.record", "record": {}}}, ("quote", "refused")),
        ({"text": "x", "langs": ["de_DE"]}, ("language", "refused")),
        ({"text": "x", "reply": {}}, ("reply_to", "refused")),
        ({"text": 3}, ("text", "refused")),
    ],
)
def test_what_the_server_itself_refuses_names_the_part(
    world: BlueskyServerWorld, record: dict[str, Any], fault: tuple[str, str]
) -> None:
    """Past our own checks: should the lexicon change before we do, people still learn what to mend."""
    us = world.connector()
    body = {"repo": world.us.did, "collection": POST, "rkey": record_key(world.draft())}
    body["record"] = {"$type": POST, "createdAt": stamp(utcnow()), **record}
    with pytest.raises(Rejected) as raised:
        us._http.call("POST", "xrpc/com.atproto.repo.putRecord", effect=Effect.WRITE, body=body)
    assert (raised.value.field, raised.value.reason) == fault


def test_a_picture_over_the_limit_is_refused_by_the_server_too(world: BlueskyServerWorld) -> None:
    content = io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(2_000_001))
    media = Media("1", "image/png", 1000, lambda: io.BytesIO(content.getvalue()))  # a wrong size on purpose
    us = world.connector()
    upload = us.upload(media)
    with pytest.raises(Rejected) as raised:
        us.publish(world.draft(media=(media,)), [upload])
    assert (raised.value.field, raised.value.reason) == ("media", "too_large")
    exactly = Media("2", "image/png", 1000, lambda: io.BytesIO(content.getvalue()[:2_000_000]))
    assert us.publish(world.draft(media=(exactly,)), [us.upload(exactly)]).url


def test_an_upload_that_is_gone_is_said_so(world: BlueskyServerWorld) -> None:
    us, media = world.connector(), picture("1", "Bild")
    upload = us.upload(media)
    other = type(upload)(upload.media_id, {**upload.data, "cid": upload.data["cid"][:-4] + "aaaa"})
    with pytest.raises(Rejected) as raised:
        us.publish(world.draft(media=(media,)), [other])
    assert (raised.value.field, raised.value.reason) == ("media", "upload_gone")


def test_the_appview_can_be_named(world: BlueskyServerWorld) -> None:
    world.others_like(world.connector().publish(world.draft(), ()).reference.remote_id)
    world.settle()
    for appview in (world.servers.appview_did, world.servers.appview):
        answers = {"server": world.server, "handle": world.us.handle, "app_password": world.us.app_password}
        http = Http(open_client(["localhost"]))
        world.account = NETWORK.auth.connect(http, {**answers, "appview": appview}).account
        http.client.close()
        us = world.connector()
        (post,) = us.own_posts(START).items
        assert us.counts([post.reference])[post.remote_id].likes == 1
        assert us.inbound(START).items == ()


def test_a_pds_without_an_appview_publishes_and_says_what_it_cannot() -> None:
    """The light servers; also their real rate limits."""
    try:
        servers = bluesky(appview=False, rate_limits=True)
        with servers as running:
            person = running.join("werkbank.test")
            world = BlueskyServerWorld()
            answers = {"server": running.pds, "handle": person.handle, "app_password": person.app_password}
            http = Http(open_client(["localhost"]))
            connected = NETWORK.auth.connect(http, answers)
            world.server, world.account, world.secrets = running.pds, connected.account, connected.secrets
            us, draft = world.connector(), world.draft()
            assert us.find_published(draft) is None
            assert us.publish(draft, ()) == us.find_published(draft)
            with pytest.raises(Unavailable):
                us.inbound(START)
            with pytest.raises(RateLimited) as raised:
                _connect_often(http, answers)
            assert utcnow() < raised.value.retry_at <= utcnow() + timedelta(minutes=5)
            world.close()
            http.client.close()
    except CannotStart as reason:
        pytest.skip(str(reason))


def _connect_often(http: Http, answers: dict[str, str]) -> None:
    for _session in range(40):  # 30 in five minutes are allowed
        NETWORK.auth.connect(http, answers)


def test_a_deactivated_account_is_lost_access_and_proves_nothing(world: BlueskyServerWorld) -> None:
    us, draft = world.connector(), world.draft()
    world.servers.call("com.atproto.server.deactivateAccount", {}, token=world.us.token)
    for attempt in (lambda: us.publish(draft, ()), lambda: us.find_published(draft)):
        with pytest.raises(AccessLost):
            attempt()
    answers = {"server": world.server, "handle": world.us.handle, "app_password": world.us.app_password}
    http = Http(open_client(["localhost"]))
    with pytest.raises(Rejected, match="account_deactivated"):
        NETWORK.auth.connect(http, answers)
    http.client.close()
