"""Each message is stored once, with a number nobody misses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.conftest import NOON, connected, said
from resonanz.inbound.intake import queries
from resonanz.inbound.intake.models import REMOTE_ID_LENGTH, Origin, Poll, StoredAuthor, StoredMessage
from resonanz.inbound.intake.services import MOST_WORDINGS, store
from resonanz.kernel.messages import Attachment, MessageKind


def numbers(channel: Channel) -> dict[str, int]:
    return dict(StoredMessage.objects.filter(channel=channel).values_list("remote_id", "number"))


def test_a_message_is_kept_as_it_was_said(channel: Channel) -> None:
    picture = Attachment("image", "https://plaza.example/1.png", "A red door")
    store(channel, [said("1", "Grüße", language="de", attachments=(picture,), url="https://plaza.example/1")])
    row = StoredMessage.objects.get()
    assert (row.text, row.language, row.sent_at) == ("Grüße", "de", NOON)
    assert row.attachments == [{"kind": "image", "url": "https://plaza.example/1.png", "alt": "A red door"}]
    assert row.reference == said("1").reference
    assert (row.author.handle, row.author.network) == ("anna", "plaza")


def test_what_arrives_twice_is_stored_once(channel: Channel) -> None:
    assert store(channel, [said("1"), said("2"), said("1")]).new == 2
    again = store(channel, [said("2"), said("1")])
    assert (again.new, again.changed) == (0, 0)
    assert numbers(channel) == {"1": 1, "2": 2}


def test_an_edited_message_changes_in_place_and_gets_the_next_number(channel: Channel) -> None:
    store(channel, [said("1", "frist"), said("2")])
    assert store(channel, [said("1", "first", edited_at=NOON)]).changed == 1
    assert numbers(channel) == {"1": 3, "2": 2}
    assert StoredMessage.objects.get(remote_id="1").text == "first"
    assert [m.remote_id for m in queries.after(channel.pk, 2, 10)] == ["1"]


def test_what_was_said_before_an_edit_is_kept(channel: Channel) -> None:
    for text in ("Your bikes burn", "Your bikes burn!", "I was wrong, sorry"):
        store(channel, [said("1", text, edited_at=NOON + timedelta(hours=len(text)))])
        store(channel, [said("1", text, edited_at=NOON + timedelta(hours=len(text)))])
    row = StoredMessage.objects.get()
    kept = queries.earlier([row])[row.pk]
    assert [wording.text for wording in kept] == ["Your bikes burn", "Your bikes burn!"]
    assert [wording.replaced_at for wording in kept] == [NOON + timedelta(hours=h) for h in (16, 18)]


def test_an_edit_that_the_network_does_not_date_counts_all_the_same(channel: Channel) -> None:
    for text in ("one", "two", "two"):
        store(channel, [said("1", text)])
    row = StoredMessage.objects.get()
    assert row.edited_at is not None
    assert [wording.text for wording in row.earlier.all()] == ["one"]
    assert row.number == 2


def test_of_many_edits_the_first_and_the_latest_are_kept(channel: Channel) -> None:
    for number in range(30):
        store(channel, [said("1", f"{number}", edited_at=NOON + timedelta(minutes=number))])
    texts = [wording.text for wording in StoredMessage.objects.get().earlier.all()]
    assert texts == ["0", *(f"{number}" for number in range(20, 29))]
    assert len(texts) == MOST_WORDINGS


def test_other_changes_are_no_edits(channel: Channel, django_assert_num_queries: Any) -> None:
    store(channel, [said("1")])
    store(channel, [said("1", url="https://plaza.example/moved")])
    row = StoredMessage.objects.get()
    assert row.edited_at is None
    with django_assert_num_queries(0):
        assert queries.earlier([row]) == {}


def test_the_same_id_on_another_channel_is_another_message(channel: Channel, workspace: Workspace) -> None:
    other = connected(workspace, name="them")
    store(channel, [said("1")])
    store(other, [said("1")])
    assert StoredMessage.objects.count() == 2
    assert StoredAuthor.objects.count() == 1, "one person on one network"


def test_an_author_is_shown_as_they_call_themselves_now(channel: Channel) -> None:
    store(channel, [said("1")])
    message = said("2")
    store(channel, [replace(message, author=replace(message.author, name="Anna Neu", followers=7))])
    author = StoredAuthor.objects.get()
    assert (author.name, author.followers) == ("Anna Neu", 7)


def test_the_words_of_our_own_channels_are_known_as_ours(channel: Channel, workspace: Workspace) -> None:
    connected(workspace, name="shop")
    store(channel, [said("1", by="us"), said("2", by="shop"), said("3")])
    assert set(StoredMessage.objects.filter(is_ours=True).values_list("remote_id", flat=True)) == {"1", "2"}


def test_context_that_reaches_us_later_becomes_a_message_of_its_own(channel: Channel) -> None:
    store(channel, [said("1", kind=MessageKind.POST)], origin=Origin.CONTEXT)
    store(channel, [said("1", kind=MessageKind.MENTION)])
    row = StoredMessage.objects.get()
    assert (row.origin, row.kind, row.number) == (Origin.INBOUND, "mention", 2)


def test_what_reached_us_is_not_made_context_by_a_thread_read_later(channel: Channel) -> None:
    store(channel, [said("1", kind=MessageKind.MENTION)])
    stored = store(channel, [said("1", kind=MessageKind.POST)], origin=Origin.CONTEXT)
    row = StoredMessage.objects.get()
    assert (row.origin, row.kind, stored.changed) == (Origin.INBOUND, "mention", 0)


@pytest.mark.parametrize("remote_id", ["", "x" * (REMOTE_ID_LENGTH + 1)])
def test_a_message_without_a_usable_id_is_counted_and_left_out(channel: Channel, remote_id: str) -> None:
    stored = store(channel, [said(remote_id), said("1")])
    assert (stored.new, stored.unreadable) == (1, 1)


def test_very_long_fields_do_not_stop_the_others(channel: Channel) -> None:
    message = said("1", url="https://plaza.example/" + "x" * 9000, reply_to="y" * 900, language="z" * 90)
    message = replace(
        message, author=replace(message.author, name="N" * 900, handle="h" * 900, remote_id="i" * 900)
    )
    store(channel, [message, said("2")])
    for row in StoredMessage.objects.select_related("author"):
        row.full_clean(exclude=["reference_data", "links", "attachments"])
        row.author.full_clean()
    assert StoredMessage.objects.count() == 2


def test_numbers_have_no_gaps(channel: Channel) -> None:
    for start in range(0, 12, 3):
        store(channel, [said(str(n), f"{n} at {start}") for n in range(start, start + 4)])
    seen = sorted(numbers(channel).values())
    assert seen[-1] == Poll.objects.get(channel=channel).last_number
    assert len(set(seen)) == len(seen) == 13
