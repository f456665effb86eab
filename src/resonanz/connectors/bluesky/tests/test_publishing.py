"""Publishing exactly once, and as meant."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resonanz.connectorkit.errors import AccessLost, NotFound, OutcomeUnknown, Rejected, Unavailable
from resonanz.connectorkit.faults import (
    answers,
    hang_up_after,
    hang_up_before,
    time_out,
    unreachable,
    wants,
    when,
)
from resonanz.connectors.bluesky.fake import FakeBluesky
from resonanz.connectors.bluesky.records import record_key
from resonanz.connectors.bluesky.tests.cast import THEM, US, World, draft
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Reference, Visibility
from resonanz.kernel.publishing import Media, Receipt

PUT = "com.atproto.repo.putRecord"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def picture(alt: str = "Eine Werkbank", **more: Any) -> Media:
    return Media(**{
        "id": alt, "content_type": "image/png", "size_bytes": len(PNG), "open": lambda: io.BytesIO(PNG), "alt": alt,
    } | more)  # fmt: skip


def record(network: FakeBluesky, receipt: Receipt) -> dict[str, Any]:
    found: dict[str, Any] = network.posts[receipt.reference.remote_id].record
    return found


def test_a_post_is_public_and_its_receipt_leads_there() -> None:
    world = World()
    receipt = world.us.publish(draft("Guten Morgen, #Werkstatt!"), ())
    assert record(world.network, receipt) == {
        "$type": "app.bsky.feed.post",
        "text": "Guten Morgen, #Werkstatt!",
        "createdAt": "2026-11-22T12:00:00.123Z",
        "langs": ["de"],
        "facets": [
            {
                "index": {"byteStart": 14, "byteEnd": 24},
                "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Werkstatt"}],
            }
        ],
    }
    key = record_key(draft())
    assert receipt.url == f"https://bsky.app/profile/{world.did}/post/{key}"


def test_twice_is_once_with_the_same_receipt() -> None:
    world = World()
    first, second = (world.us.publish(draft(), ()) for _time in range(2))
    assert first == second == world.us.find_published(draft())
    assert len(world.network.posts) == 1


def test_the_same_words_under_another_key_are_another_post() -> None:
    world = World()
    world.us.publish(draft(), ())
    other = draft(key="01hq3v7c8m0000000000000002")
    assert world.us.find_published(other) is None
    world.us.publish(other, ())
    assert len(world.network.posts) == 2


@pytest.mark.parametrize("fault", [hang_up_after, hang_up_before, time_out, answers(502), answers(500, "{}"),
                                   answers(200, "{"), answers(200, "{}"), answers(302)])  # fmt: skip
def test_without_an_answer_the_outcome_is_unknown_and_can_be_found_out(fault: Any) -> None:
    world = World()
    world.handle = when(wants("POST", PUT), fault, times=1)(world.network.handle)
    with pytest.raises(OutcomeUnknown):
        world.us.publish(draft(), ())
    happened = len(world.network.posts) == 1
    assert (world.us.find_published(draft()) is not None) is happened
    assert world.us.publish(draft(), ()) == world.us.find_published(draft())
    assert len(world.network.posts) == 1


def test_what_never_left_did_not_happen() -> None:
    world = World()
    world.handle = unreachable(world.network.handle)
    with pytest.raises(Unavailable):
        world.us.publish(draft(), ())


def test_a_repository_that_is_not_there_proves_nothing() -> None:
    world = World()
    world.handle = when(
        wants("GET", "getRecord"), answers(400, '{"error":"NotFound","message":"Repo not found"}')
    )(world.network.handle)
    with pytest.raises(NotFound):
        world.us.find_published(draft())


def test_a_deactivated_account_proves_nothing_either() -> None:
    world = World()
    world.us.publish(draft(), ())
    world.network.join(US).active = False
    for attempt in (lambda: world.us.find_published(draft()), lambda: world.us.publish(draft(), ())):
        with pytest.raises(AccessLost) as raised:
            attempt()
        assert raised.value.reason == "account_deactivated"


def test_a_foreign_record_under_the_key_is_neither_overwritten_nor_taken_for_ours() -> None:
    world = World()
    world.us.publish(draft("Etwas anderes"), ())
    with pytest.raises(Rejected, match="key_taken"):
        world.us.publish(draft(), ())
    with pytest.raises(Rejected, match="key_taken"):
        world.us.find_published(draft())
    assert [post.record["text"] for post in world.network.posts.values()] == ["Etwas anderes"]


def test_a_mention_that_has_changed_hands_between_two_tries_is_still_ours() -> None:
    world = World()
    mentioning = draft(f"Danke @{THEM}!")
    receipt = world.us.publish(mentioning, ())
    assert record(world.network, receipt)["facets"][0]["features"][0]["did"] == world.network.join(THEM).did
    world.network.join(THEM).handle = "umgezogen.test"
    assert world.us.publish(mentioning, ()) == receipt
    assert len(world.network.posts) == 1


def test_keys_are_valid_stable_and_apart() -> None:
    drafts = [draft(key=new_key()) for _number in range(2000)]
    keys = {record_key(each) for each in drafts}
    assert len(keys) == len(drafts)
    assert all(len(key) == 13 and key[0] in "234567abcdefghij" for key in keys)
    earlier = replace(drafts[0], created_at=drafts[0].created_at - timedelta(seconds=1))
    assert record_key(earlier) < min(keys)
    # Fixed for ever: a key that changes with a release would publish what is waiting a second time.
    assert record_key(draft()) == "3n2vkvruuupfc"


def test_pictures_have_their_texts_and_shapes() -> None:
    world = World()
    media = (picture(width=1600, height=900), picture("Noch eine"))
    uploads = [world.us.upload(file) for file in media]
    assert [world.us.upload_state(upload) for upload in uploads] == uploads
    receipt = world.us.publish(draft(media=media), uploads)
    embed = record(world.network, receipt)["embed"]
    assert embed["$type"] == "app.bsky.embed.images"
    assert [image["alt"] for image in embed["images"]] == ["Eine Werkbank", "Noch eine"]
    assert embed["images"][0]["aspectRatio"] == {"width": 1600, "height": 900}
    assert "aspectRatio" not in embed["images"][1]
    assert embed["images"][0]["image"] == {
        "$type": "blob", "mimeType": "image/png", "size": len(PNG),
        "ref": {"$link": uploads[0].data["cid"]},
    }  # fmt: skip
    assert world.us.publish(draft(media=media), [world.us.upload(file) for file in media]) == receipt


def test_a_picture_the_server_has_thrown_away_is_said_so() -> None:
    world = World()
    media = (picture(),)
    uploads = [world.us.upload(file) for file in media]
    world.network.join(US).blobs.clear()
    with pytest.raises(Rejected) as raised:
        world.us.publish(draft(media=media), uploads)
    assert (raised.value.field, raised.value.reason) == ("media", "upload_gone")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"content_type": "image/gif"}, "wrong_type"), ({"size_bytes": 2_000_001}, "too_large")],
)
def test_a_file_the_network_would_refuse_is_not_sent(changed: dict[str, Any], reason: str) -> None:
    world = World()
    with pytest.raises(Rejected) as raised:
        world.us.upload(picture(**changed))
    assert (raised.value.field, raised.value.reason) == ("media", reason)


def test_an_answer_hangs_on_its_parent_and_on_the_first_of_its_thread() -> None:
    world = World()
    first = world.network.post(THEM, "Wer baut Werkbänke?")
    second = world.network.post("dritter.test", "Ich nicht.", reply_to=first)
    receipt = world.us.publish(draft("Wir!", reply_to=Reference(second)), ())
    posts = world.network.posts
    assert record(world.network, receipt)["reply"] == {
        "root": posts[first].reference(), "parent": posts[second].reference(),
    }  # fmt: skip
    assert receipt.reference.data["root_uri"] == first
    # An answer to our own answer, before the AppView knows of it.
    world.handle = when(wants("GET", "getPosts"), answers(200, '{"posts":[]}'))(world.network.handle)
    key = "01hq3v7c8m0000000000000002"
    third = world.us.publish(draft("Wirklich.", key=key, reply_to=receipt.reference), ())
    reply = record(world.network, third)["reply"]
    assert (reply["root"]["uri"], reply["parent"]["uri"]) == (first, receipt.reference.remote_id)


def test_a_quote_alone_and_with_a_picture() -> None:
    world = World()
    theirs = world.network.post(THEM, "Schöne Werkbank!")
    quoted = world.network.posts[theirs].reference()
    alone = world.us.publish(draft("Danke!", quote=Reference(theirs)), ())
    assert record(world.network, alone)["embed"] == {"$type": "app.bsky.embed.record", "record": quoted}
    media = (picture(),)
    both = draft("Danke!", key="01hq3v7c8m0000000000000002", quote=Reference(theirs), media=media)
    receipt = world.us.publish(both, [world.us.upload(media[0])])
    embed = record(world.network, receipt)["embed"]
    assert embed["$type"] == "app.bsky.embed.recordWithMedia"
    assert embed["record"]["record"] == quoted
    assert embed["media"]["images"][0]["alt"] == "Eine Werkbank"


def test_what_is_gone_cannot_be_answered() -> None:
    world = World()
    theirs = world.network.post(THEM, "Gleich weg")
    world.network.remove(theirs)
    with pytest.raises(NotFound):
        world.us.publish(draft(reply_to=Reference(theirs)), ())


@pytest.mark.parametrize(
    ("field", "forbidden"), [("reply_to", "replyDisabled"), ("quote", "embeddingDisabled")]
)
def test_what_its_author_forbids_is_not_done(field: str, forbidden: str) -> None:
    world = World()
    theirs = world.network.post(THEM, "Bitte nicht antworten")
    view = f'{{"posts":[{{"uri":"{theirs}","cid":"c","viewer":{{"{forbidden}":true}}}}]}}'
    world.handle = when(wants("GET", "getPosts"), answers(200, view))(world.network.handle)
    with pytest.raises(Rejected) as raised:
        world.us.publish(draft(**{field: Reference(theirs)}), ())
    assert (raised.value.field, raised.value.reason) == (field, "not_allowed")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": "ä" * 301}, "text"),
        ({"text": "👩‍👩‍👧‍👦" * 130}, "text"),  # 130 graphemes, 3,250 bytes
        ({"text": " \n"}, "text"),
        ({"visibility": Visibility.DIRECT}, "visibility"),
        ({"content_warning": "Spinnen"}, "content_warning"),
        ({"media": tuple(picture(str(number)) for number in range(5))}, "media"),
    ],
)
def test_what_bluesky_has_no_place_for_is_refused_before_anything_is_sent(
    changed: dict[str, Any], field: str
) -> None:
    world = World()
    world.handle = unreachable(world.network.handle)
    with pytest.raises(Rejected) as raised:
        world.us.publish(draft(**changed), ())
    assert raised.value.field == field


@pytest.mark.parametrize("text", ["ä" * 300, "👩‍👩‍👧‍👦" * 120])
def test_the_limits_themselves_are_allowed(text: str) -> None:
    world = World()
    assert world.us.publish(draft(text), ())


def test_deleting_takes_back_ours_and_twice_is_fine() -> None:
    world = World()
    receipt = world.us.publish(draft(), ())
    for _time in range(2):
        world.us.delete(receipt.reference)
    assert world.us.find_published(draft()) is None
    with pytest.raises(Rejected):
        world.us.delete(Reference(world.network.post(THEM, "Ihres")))
    assert len(world.network.posts) == 1
