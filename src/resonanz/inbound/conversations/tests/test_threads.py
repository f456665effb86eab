"""Messages find their conversation, and each is shown once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, NotFound, Unavailable
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.work.models import Fault
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.inbound.conftest import NOON, Killed, Plaza, connected, said, work
from resonanz.inbound.conversations import services, threads
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation, Filing, Lookup, Part, Role
from resonanz.inbound.conversations.queries import EntryKind, thread
from resonanz.inbound.conversations.search import matching
from resonanz.inbound.conversations.worker import FILE, LOOKUP, find_filing
from resonanz.inbound.intake.models import StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.kernel.messages import Message, MessageKind


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


def arrive(channel: Channel, *messages: Message) -> None:
    store(channel, messages)
    work(FILE)


def grouped(channel: Channel) -> list[list[str]]:
    """The remote ids said in each conversation, in the order the conversations began."""
    return [
        list(
            c.parts.filter(role=Role.SAID)
            .order_by("message__sent_at")
            .values_list("message__remote_id", flat=True)
        )
        for c in Conversation.objects.filter(channel=channel).order_by("started_at", "pk")
    ]


def test_a_mention_begins_a_conversation_and_its_thread_joins_it(channel: Channel) -> None:
    arrive(channel, said("1"))
    arrive(
        channel,
        said("2", minutes=1, reply_to="1", thread="1"),
        said("3", minutes=2, thread="1", reply_to="x"),
    )
    assert grouped(channel) == [["1", "2", "3"]]
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.messages_count) == (Status.OPEN, 3)
    assert (conversation.waiting_since, conversation.last_at) == (NOON, NOON + timedelta(minutes=2))
    assert conversation.snippet == "This is 3"


def test_a_thread_whose_beginning_we_do_not_have_is_one_conversation(channel: Channel) -> None:
    arrive(channel, said("2", thread="1", reply_to="1"), said("3", minutes=1, thread="1", reply_to="0"))
    assert grouped(channel) == [["2", "3"]]


def test_comments_below_a_post_of_ours_are_conversations_of_their_own(channel: Channel) -> None:
    arrive(
        channel,
        said("anna 1", kind=MessageKind.REPLY, reply_to="post", thread="post"),
        said("ben 1", by="ben", minutes=1, kind=MessageKind.REPLY, reply_to="post", thread="post"),
        said("anna 2", minutes=2, reply_to="anna 1", thread="post"),
    )
    assert grouped(channel) == [["anna 1", "anna 2"], ["ben 1"]]


def test_where_the_network_names_no_thread_the_parent_decides(channel: Channel) -> None:
    arrive(channel, said("1"), said("2", minutes=1, reply_to="1"), said("3", minutes=2, reply_to="2"))
    assert grouped(channel) == [["1", "2", "3"]]


def test_each_article_is_a_conversation(workspace: Workspace, plaza: Plaza) -> None:
    feed = connected(workspace, "gazette")
    arrive(feed, said("a", kind=MessageKind.ARTICLE, title="New plant"), said("b", kind=MessageKind.ARTICLE))
    assert grouped(feed) == [["a"], ["b"]]
    assert Conversation.objects.order_by("pk")[0].snippet == "New plant"


def test_threads_of_two_channels_are_never_mixed(channel: Channel, workspace: Workspace) -> None:
    other = connected(workspace, name="them")
    arrive(channel, said("1"))
    arrive(other, said("1"), said("2", reply_to="1", minutes=1))
    assert (grouped(channel), grouped(other)) == ([["1"]], [["1", "2"]])


def test_arriving_twice_never_shows_twice(channel: Channel) -> None:
    messages = [said("1"), said("2", reply_to="1", minutes=1)]
    arrive(channel, *messages)
    arrive(channel, *messages)
    Filing.objects.update(position=0, due_at=now())
    work(FILE)
    assert grouped(channel) == [["1", "2"]]
    assert Conversation.objects.get().messages_count == 2


def test_a_new_message_opens_what_was_done_and_an_edit_does_not(channel: Channel) -> None:
    arrive(channel, said("1"))
    Conversation.objects.update(status=Status.RESOLVED, waiting_since=None)
    arrive(channel, said("1", "edited", edited_at=NOON))
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.snippet) == (Status.RESOLVED, "edited")
    arrive(channel, said("2", minutes=5, reply_to="1"))
    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == (Status.OPEN, NOON + timedelta(minutes=5))


def test_our_own_words_make_it_nobodys_turn(channel: Channel) -> None:
    arrive(channel, said("1"))
    arrive(channel, said("2", by="us", minutes=5, reply_to="1"), said("3", by="us", kind=MessageKind.POST))
    assert grouped(channel) == [["1", "2"]], "and a post of ours alone is no conversation"
    assert Conversation.objects.get().waiting_since is None


DAY = 24 * 60


def test_what_was_said_long_before_we_listened_is_history_and_nobodys_turn(channel: Channel) -> None:
    arrive(channel, said("old", minutes=-2 * DAY - 1), said("fresh", minutes=-2 * DAY, by="ben"))
    old, fresh = Conversation.objects.order_by("started_at")
    assert (old.status, old.waiting_since, old.messages_count) == (Status.RESOLVED, None, 1)
    assert (fresh.status, fresh.waiting_since) == (Status.OPEN, NOON - timedelta(days=2))


def test_history_is_found_and_taken_up_again_by_a_new_word(channel: Channel) -> None:
    arrive(channel, said("old", "the kickstand broke", minutes=-9 * DAY, reply_to="lost"))
    assert [c.status for c in matching(Conversation.objects.all(), "kickstand")] == [Status.RESOLVED]
    assert not Lookup.objects.exists(), "not one question to the network for each old message"
    arrive(channel, said("new", reply_to="old"))
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.waiting_since) == (Status.OPEN, NOON)


def test_history_that_comes_after_the_news_leaves_them_open(channel: Channel) -> None:
    arrive(channel, said("new", thread="old", reply_to="old"), said("old", minutes=-9 * DAY))
    assert grouped(channel) == [["old", "new"]]
    assert Conversation.objects.get().status == Status.OPEN


def test_feeds_begin_with_history_too(workspace: Workspace, plaza: Plaza) -> None:
    feed = connected(workspace, "gazette")
    kind = MessageKind.ARTICLE
    arrive(feed, *(said(str(n), kind=kind, minutes=-n * DAY) for n in range(300)))
    assert Conversation.objects.filter(status=Status.OPEN).count() == 3
    assert Conversation.objects.filter(status=Status.RESOLVED).count() == 297


def test_nothing_is_given_away_from_behind_a_content_warning(channel: Channel) -> None:
    arrive(channel, said("1", "the butler", content_warning="Ending"))
    assert Conversation.objects.get().snippet == "Ending"


def test_a_crash_at_any_statement_files_everything_once(
    channel: Channel, break_at: Callable[[int], None], clock: time_machine.Coordinates
) -> None:
    store(channel, [said("1"), said("2", minutes=1, reply_to="1"), said("3", by="ben")])
    find_filing()
    deaths = 0
    for statement in range(1, 300):
        (lease,) = leases.claim(FILE, "mortal")
        break_at(statement)
        try:
            perform(lease)
        except Killed:
            deaths += 1
        else:
            break
        finally:
            break_at(0)
        filed = Part.objects.filter(role=Role.SAID).count()
        assert Filing.objects.get().position == filed, "the position tells the truth"
        clock.shift(FILE.lease_seconds + 1)
    assert deaths >= 10, "there were statements to die at"
    work(FILE)
    assert sorted(grouped(channel)) == [["1", "2"], ["3"]]
    assert sorted(Conversation.objects.values_list("messages_count", flat=True)) == [1, 2]


def test_a_message_we_stumble_over_is_set_aside_and_the_others_go_on(
    channel: Channel, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Coordinates
) -> None:
    real = threads.file

    def stumbling(message: StoredMessage) -> Conversation | None:
        if message.remote_id == "2":
            raise ZeroDivisionError
        return real(message)

    monkeypatch.setattr(threads, "file", stumbling)
    store(channel, [said("1"), said("2"), said("3")])
    for _hour in range(20):
        work(FILE)
        clock.shift(3600)
    filing = Filing.objects.get()
    assert grouped(channel) == [["1"], ["3"]]
    assert (filing.set_aside, filing.due_at) == (1, None)
    assert Fault.objects.filter(pk=filing.fault).exists()
    monkeypatch.setattr(threads, "file", real)
    threads.refile(filing)
    work(FILE)
    assert sorted(grouped(channel)) == [["1"], ["2"], ["3"]]


def shown(conversation: Conversation) -> list[tuple[EntryKind, str]]:
    return [(e.kind, e.message.remote_id if e.message else "") for e in thread(conversation).entries]


def test_what_a_message_answers_is_fetched_and_shown_above(channel: Channel, plaza: Plaza) -> None:
    plaza.threads["c"] = (
        said("a", by="us", minutes=-9, kind=MessageKind.POST),
        said("elsewhere", by="carl", minutes=-8, reply_to="a"),
        said("b", by="ben", minutes=-7, reply_to="a"),
        said("c", reply_to="b"),
    )
    arrive(channel, said("c", reply_to="b", thread="a"))
    work(LOOKUP, FILE)
    conversation = Conversation.objects.get()
    assert shown(conversation) == [(EntryKind.CONTEXT, "a"), (EntryKind.CONTEXT, "b"), (EntryKind.SAID, "c")]
    assert conversation.messages_count == 1
    assert not StoredMessage.objects.filter(remote_id="elsewhere").exists(), "no more than is needed"
    assert plaza.asked == ["thread c"]


def test_context_known_already_is_not_fetched_again(channel: Channel, plaza: Plaza) -> None:
    post = said("post", by="us", minutes=-9, kind=MessageKind.POST)
    replies = [
        said(f"{n}", kind=MessageKind.REPLY, reply_to="post", thread="post", minutes=n) for n in range(2)
    ]
    plaza.threads["0"] = (post, replies[0])
    arrive(channel, replies[0])
    work(LOOKUP, FILE)
    arrive(channel, replies[1])
    work(LOOKUP, FILE)
    assert plaza.asked == ["thread 0"]
    for conversation in Conversation.objects.all():
        assert (EntryKind.CONTEXT, "post") in shown(conversation)


@pytest.mark.parametrize("error", [NotFound(), Unavailable("timeout"), KeyError()])
def test_a_thread_that_cannot_be_read_stops_nothing_and_is_given_up(
    channel: Channel, plaza: Plaza, clock: time_machine.Coordinates, error: Exception
) -> None:
    arrive(channel, said("2", reply_to="1"))
    plaza.error = error
    for _hour in range(10):
        work(LOOKUP)
        clock.shift(3600)
    assert Lookup.objects.get().due_at is None
    assert 1 <= len(plaza.asked) <= 5
    arrive(channel, said("3"))
    assert grouped(channel) == [["2"], ["3"]]


def test_lost_access_while_looking_up_is_said_at_the_channel(channel: Channel, plaza: Plaza) -> None:
    arrive(channel, said("2", reply_to="1"))
    plaza.error = AccessLost("token_void")
    work(LOOKUP)
    channel.refresh_from_db()
    assert channel.state == ChannelState.ACCESS_LOST


def test_a_thread_that_runs_in_a_circle_ends(channel: Channel, plaza: Plaza) -> None:
    plaza.threads["1"] = (said("1", reply_to="2"), said("2", reply_to="1"))
    arrive(channel, said("1", reply_to="2"))
    work(LOOKUP, FILE)
    arrive(channel, said("3", minutes=1, reply_to="2"))
    assert grouped(channel) == [["1", "3"]]


def test_the_thread_tells_what_happened_between_the_messages(
    channel: Channel, agent: Member, clock: time_machine.Coordinates
) -> None:
    clock.move_to(NOON)
    arrive(channel, said("a"))
    conversation = Conversation.objects.get()
    clock.shift(timedelta(minutes=5))
    services.set_status(agent, [conversation.pk], Status.RESOLVED)
    clock.shift(timedelta(minutes=5))
    arrive(channel, said("b", reply_to="a", thread="a", minutes=10))
    kinds = [e.kind for e in thread(conversation).entries]
    assert kinds == [EntryKind.SAID, EntryKind.EVENT, EntryKind.SAID, EntryKind.EVENT]


def test_what_a_message_said_before_stands_under_it(channel: Channel) -> None:
    arrive(channel, said("a", "a red door"))
    arrive(channel, said("a", "a blue door", edited_at=now()))
    (entry,) = thread(Conversation.objects.get()).entries
    assert entry.message is not None
    assert entry.message.text == "a blue door"
    assert [wording.text for wording in entry.wordings] == ["a red door"]
