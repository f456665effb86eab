"""Publishing: what is accepted is found again, and nothing happens twice."""

from __future__ import annotations

import io
import unicodedata

import pytest

from resonanz.connectorkit.errors import OutcomeUnknown, Rejected, Unavailable
from resonanz.connectorkit.faults import hang_up_after, hang_up_before, time_out, unreachable, when, writes
from resonanz.connectorkit.manifest import Capability
from resonanz.kernel.messages import MessageKind
from resonanz.kernel.paging import START
from resonanz.kernel.publishing import Draft, Media
from tests.contract.world import World

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccf50cf000004"
    "86018021d0ef6d0000000049454e44ae426082"
)


def picture(alt: str = "Eine Werkbank") -> Media:
    return Media("m1", "image/png", len(PNG), lambda: io.BytesIO(PNG), alt, 1, 1)


def own_texts(world: World) -> list[str]:
    world.settle()
    return [message.text for message in world.connector().own_posts(START).items]


@pytest.mark.needs(
    Capability.PUBLISH, Capability.FIND_PUBLISHED, Capability.OWN_POSTS, Capability.COUNTS, Capability.DELETE
)
def test_a_post_goes_out_is_found_counted_and_taken_back(world: World) -> None:
    connector, draft = world.connector(), world.draft()
    assert connector.find_published(draft) is None
    receipt = connector.publish(draft, ())
    assert receipt.url.startswith("http")
    world.settle()

    found = connector.find_published(draft)
    assert found is not None
    assert found.reference.remote_id == receipt.reference.remote_id
    ours = connector.own_posts(START).items[0]
    assert (ours.remote_id, ours.text, ours.kind) == (
        receipt.reference.remote_id,
        draft.text,
        MessageKind.POST,
    )

    world.others_like(receipt.reference.remote_id)
    world.settle()
    assert connector.counts([receipt.reference])[receipt.reference.remote_id].likes == 1

    connector.delete(receipt.reference)
    connector.delete(receipt.reference)
    world.settle()
    assert connector.find_published(draft) is None
    assert connector.counts([receipt.reference]) == {}


@pytest.mark.fake_only
@pytest.mark.needs(Capability.PUBLISH, Capability.REPLY, Capability.INBOUND)
def test_an_answer_is_as_long_as_we_count_it(world: World) -> None:
    """What the network itself adds (a name in front, say) counts: to the last unit it goes out, one more and not."""
    world.others_mention("Wann habt ihr offen?")
    world.settle()
    to = world.connector().inbound(START).items[0].reference
    limit = world.network.manifest.limits.text[0]
    room = limit.maximum - limit.used(world.network.worded("", to))
    assert world.connector().publish(world.draft("x" * room, reply_to=to), ())
    with pytest.raises(Rejected):
        world.connector().publish(world.draft("x" * (room + 1), reply_to=to), ())


@pytest.mark.needs(Capability.PUBLISH, Capability.OWN_POSTS)
def test_the_same_draft_twice_is_one_post(world: World) -> None:
    draft = world.draft()
    first = world.connector().publish(draft, ())
    if not world.repeat_is_harmless:
        found = world.connector().find_published(draft)
        assert found is not None
        assert found.reference.remote_id == first.reference.remote_id
        return
    second = world.connector().publish(draft, ())
    assert first.reference.remote_id == second.reference.remote_id
    assert own_texts(world).count(draft.text) == 1


@pytest.mark.fake_only
@pytest.mark.needs(Capability.PUBLISH, Capability.FIND_PUBLISHED)
@pytest.mark.parametrize("fault", [hang_up_after, time_out])
def test_a_post_without_an_answer_is_unknown_and_found(world: World, fault: object) -> None:
    draft = world.draft()
    with pytest.raises(OutcomeUnknown):
        world.connector(when(writes, fault)).publish(draft, ())  # type: ignore[arg-type]
    world.settle()
    assert world.connector().find_published(draft) is not None
    assert own_texts(world).count(draft.text) == 1


@pytest.mark.fake_only
@pytest.mark.needs(Capability.PUBLISH, Capability.FIND_PUBLISHED)
def test_a_post_that_never_arrived_is_unknown_and_not_found(world: World) -> None:
    draft = world.draft()
    with pytest.raises(OutcomeUnknown):
        world.connector(when(writes, hang_up_before)).publish(draft, ())
    world.settle()
    assert world.connector().find_published(draft) is None
    assert world.connector().publish(draft, ()).url


@pytest.mark.fake_only
@pytest.mark.needs(Capability.PUBLISH)
def test_a_network_that_cannot_be_reached_did_nothing(world: World) -> None:
    with pytest.raises(Unavailable):
        world.connector(unreachable).publish(world.draft(), ())


@pytest.mark.needs(Capability.PUBLISH, Capability.FIND_PUBLISHED)
def test_two_posts_with_the_same_words_are_told_apart(world: World) -> None:
    first = world.draft("Heute wieder Werkstattführung")
    proof = world.connector().publish(first, ())
    world.settle()
    second = world.draft("Heute wieder Werkstattführung")
    connector = world.connector()
    assert connector.find_published(second, {proof.reference.remote_id}) is None
    later = connector.publish(second, ())
    world.settle()
    assert later.reference.remote_id != proof.reference.remote_id
    again = connector.find_published(second, {proof.reference.remote_id})
    assert again is not None
    assert again.reference.remote_id == later.reference.remote_id


@pytest.mark.fake_only
@pytest.mark.needs(Capability.PUBLISH, Capability.FIND_PUBLISHED)
@pytest.mark.parametrize("hours", [-2, 2])
def test_clocks_that_differ_hide_nothing(world: World, hours: int) -> None:
    ours = world.clock.shifted(hours=hours)
    key = world.draft()
    draft = Draft(key.key, "Unsere Uhr geht falsch", ours())
    connector = world.connector(clock=ours)
    assert connector.find_published(draft) is None
    receipt = connector.publish(draft, ())
    assert receipt.published_at <= ours()
    world.settle()
    assert connector.find_published(draft) is not None


@pytest.mark.needs(Capability.PUBLISH, Capability.UPLOAD, Capability.OWN_POSTS)
def test_a_picture_goes_out_with_its_description(world: World) -> None:
    connector, media = world.connector(), picture()
    upload = connector.upload(media)
    while not upload.ready:
        upload = connector.upload_state(upload)
    draft = world.draft("Mit Bild", media=(media,))
    connector.publish(draft, (upload,))
    world.settle()
    assert connector.find_published(draft) is not None
    ours = connector.own_posts(START).items[0]
    assert [(one.kind, one.alt) for one in ours.attachments] == [("image", "Eine Werkbank")]


@pytest.mark.needs(Capability.PUBLISH, Capability.REPLY, Capability.INBOUND, Capability.THREAD)
def test_a_question_is_heard_and_answered_in_its_thread(world: World) -> None:
    asked = world.others_mention("Wann haben Sie geöffnet?")
    world.settle()
    connector = world.connector()
    question = connector.inbound(START).items[-1]
    assert question.remote_id == asked
    draft = world.draft("Bis 18 Uhr", reply_to=question.reference)
    answer = connector.publish(draft, ())
    world.settle()
    assert connector.find_published(draft) is not None
    thread = connector.thread(question.reference)
    assert [message.remote_id for message in thread] == [asked, answer.reference.remote_id]
    assert thread[1].reply_to == asked
    assert thread[1].thread == asked
    assert thread[1].text.endswith("Bis 18 Uhr")


UNICODE = [
    "👩‍👩‍👧‍👦 und 🏳️‍🌈 und 👍🏽",
    "مرحبا بالعالم‏ — שלום",
    "Zwei Zeilen\nund ein Absatz\n\nnoch einer",
    "ẛ̣ kombiniert, Å und Å",
    "1 < 2 & \"3\" > '2' &amp; <b>kein Markup</b>",
    "Größe: Süßes für 5 € — „ja“",
    "https://example.com/ein/langer/pfad/der/gekürzt/wird?mit=frage&und=mehr#anker",
    "#Werkstatt und @niemand",
    "🎉",
    "!!!",
]


@pytest.mark.needs(Capability.PUBLISH, Capability.FIND_PUBLISHED, Capability.OWN_POSTS)
@pytest.mark.parametrize("text", UNICODE)
def test_every_text_survives_the_way_there_and_back(world: World, text: str) -> None:
    connector, draft = world.connector(), world.draft(text)
    receipt = connector.publish(draft, ())
    world.settle()
    found = connector.find_published(draft)
    assert found is not None
    assert found.reference.remote_id == receipt.reference.remote_id
    assert connector.own_posts(START).items[0].text == unicodedata.normalize("NFC", text)
