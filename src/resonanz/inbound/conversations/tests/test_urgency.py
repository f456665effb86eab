"""Who is to be seen first: pairs a person would not argue about, and the column that lists are sorted by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import NOON, said, work
from resonanz.inbound.conversations import answering, lists, services
from resonanz.inbound.conversations.lists import Filter, View
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.conversations.urgency import Situation, urgent_at
from resonanz.inbound.conversations.worker import FILE, SETTLE, WAKE, WEIGH
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.tests.cast import Words
from resonanz.inbound.enrichment.worker import UNDERSTAND
from resonanz.inbound.intake.services import store
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Visibility
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication

NOW = NOON + timedelta(hours=30)
ANGRY_QUESTION = "negative complaint question"


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


def waiting(given: str = "", hours: float = 1, **more: Any) -> Situation:
    since = NOW - timedelta(hours=hours)
    return Situation(frozenset(given.split()), since, last_at=since, **more)


BEFORE = {
    "an angry complaint that asks comes before neutral praise": (
        waiting(ANGRY_QUESTION, hours=2),
        waiting("praise neutral", hours=20),
    ),
    "a complaint comes before a question of the same age": (waiting("complaint"), waiting("question")),
    "a question comes before a remark of the same age": (waiting("question"), waiting("neutral")),
    "a question comes before abuse that asks nothing": (
        waiting("question"),
        waiting("toxic offensive negative"),
    ),
    "a remark comes before abuse": (waiting("neutral"), waiting("toxic negative")),
    "abuse that complains is a complaint": (waiting("toxic negative complaint"), waiting("question")),
    "an angry question comes before a calm one": (waiting("question negative"), waiting("question neutral")),
    "of two questions the older comes first": (waiting("question", hours=3), waiting("question", hours=2)),
    "a day of waiting outweighs every kind": (waiting(hours=30), waiting(ANGRY_QUESTION, hours=1)),
    "a suggestion comes before praise": (waiting("suggestion positive"), waiting("praise positive")),
    "praise comes before what nobody waits for": (
        waiting("praise", hours=1),
        Situation(frozenset({"complaint"}), None, last_at=NOW),
    ),
    "what we wanted to be reminded of comes before a remark": (
        Situation(frozenset(), None, last_at=NOON, reminded_at=NOW - timedelta(hours=1)),
        waiting(hours=2),
    ),
    "many followers decide between equals": (waiting(followers=20_000), waiting(followers=20)),
    "but a question comes before any number of followers": (
        waiting("question"),
        waiting("neutral", followers=50_000_000),
    ),
    "what is said to us alone comes before what all may answer": (
        waiting("question", is_direct=True),
        waiting("question"),
    ),
    "an article comes after people": (waiting("praise"), waiting("negative", is_article=True)),
    "what nobody has read yet counts as a remark": (waiting("question"), waiting("")),
}


@pytest.mark.parametrize("pair", BEFORE.values(), ids=BEFORE)
def test_what_comes_first(pair: tuple[Situation, Situation]) -> None:
    first, second = map(urgent_at, pair)
    assert first < second


SITUATIONS = st.builds(
    waiting,
    st.lists(st.sampled_from(marks.ORDER), max_size=6).map(" ".join),
    st.floats(0, 1000),
    is_direct=st.booleans(),
    is_article=st.booleans(),
    followers=st.integers(0, 10**9),
)


@given(SITUATIONS, SITUATIONS, st.floats(0, 10_000))
def test_the_order_does_not_change_by_itself(one: Situation, other: Situation, hours: float) -> None:
    """A moment is the same moment an hour later: nothing needs to be computed anew while people wait."""
    later = NOW + timedelta(hours=hours)
    assert (urgent_at(one) < urgent_at(other)) == (later - urgent_at(one) > later - urgent_at(other))


@given(SITUATIONS, st.floats(0.1, 100))
def test_waiting_longer_is_never_less_urgent(one: Situation, hours: float) -> None:
    assert one.waiting_since is not None
    longer = Situation(
        one.given, one.waiting_since - timedelta(hours=hours), one.last_at, None,
        one.is_direct, one.is_article, one.followers,
    )  # fmt: skip
    assert urgent_at(longer) < urgent_at(one)


def arrive(channel: Channel, *messages: Any) -> None:
    store(channel, messages)
    work(FILE, UNDERSTAND, WEIGH)


def meant(root: str) -> set[str]:
    return set(marks.names(Conversation.objects.get(root=root).marks or 0)) - {"de"}


def in_order(member: Member) -> list[str]:
    page = lists.listed(member, Filter(view=View.URGENT), limit=50)
    roots = dict(Conversation.objects.values_list("pk", "root"))
    return [roots[row.pk] for row in page.rows]


@pytest.mark.parametrize("understood_first", [True, False])
def test_the_list_is_sorted_by_what_was_said(
    channel: Channel, agent: Member, words: Words, understood_first: bool
) -> None:
    store(
        channel,
        [
            said("praise", "danke", by="a"),
            said("remark", "hm", by="b", minutes=10),
            said("question", "?", by="c", minutes=20),
            said("complaint", "schlecht ?", by="d", minutes=30),
            said("abuse", "idiot", by="e", minutes=1),
        ],
    )
    if understood_first:
        work(UNDERSTAND)
        work(WEIGH)
        work(FILE)
    work(FILE, UNDERSTAND, WEIGH)
    assert in_order(agent) == ["complaint", "question", "remark", "praise", "abuse"]


def test_a_reading_that_comes_before_its_message_is_filed_waits_for_it(
    channel: Channel, words: Words
) -> None:
    store(channel, [said("1", "schlecht")])
    work(UNDERSTAND)
    work(WEIGH, rounds=2)
    assert channel.weighing.position == 0
    work(FILE)
    assert meant("1") == {"negative", "complaint"}, "filing it weighs it"


def test_what_is_answered_counts_no_more_and_what_comes_then_does(
    channel: Channel, agent: Member, words: Words
) -> None:
    arrive(channel, said("1", "schlecht"))
    conversation = Conversation.objects.get()
    answering.answer(agent, conversation.pk, "Sorry", key=new_key(), seen=0)
    assert meant("1") == {"negative", "complaint"}, "it is still about a complaint"
    arrive(channel, said("2", "danke", reply_to="1", minutes=60 * 19))
    assert meant("1") == {"positive", "praise"}, "but what waits is a word of thanks"
    services.set_status(agent, [conversation.pk], Status.RESOLVED)
    assert meant("1") == {"negative", "complaint", "praise"}, "done, it is about both"


def test_each_change_of_waiting_changes_the_urgency(
    channel: Channel, agent: Member, words: Words, clock: time_machine.Coordinates
) -> None:
    arrive(channel, said("1", "?"))
    conversation = Conversation.objects.get()

    def urgency() -> datetime:
        conversation.refresh_from_db()
        return conversation.urgent_at

    asked = NOON - timedelta(hours=8)
    assert urgency() == asked
    made = answering.answer(agent, conversation.pk, "At nine", key=new_key(), seen=0)
    assert urgency() > asked + timedelta(days=3), "nobody waits"
    Publication.objects.filter(pk=made.publication_id).update(state=PublicationState.FAILED)
    work(SETTLE)
    assert urgency() == asked, "the answer could not be sent"
    services.set_status(agent, [conversation.pk], Status.RESOLVED)
    tomorrow = clock_now() + timedelta(days=1)
    services.set_status(agent, [conversation.pk], Status.OPEN)
    services.snooze(agent, [conversation.pk], tomorrow)
    clock.shift(timedelta(days=1, minutes=1))
    work(WAKE)
    assert urgency() == tomorrow - timedelta(hours=8), "it came back as a reminder"


def clock_now() -> datetime:
    return datetime(2026, 3, 4, 8, tzinfo=UTC)


def test_a_direct_message_and_an_edit_count(channel: Channel, words: Words) -> None:
    arrive(channel, said("1", "?", visibility=Visibility.DIRECT))
    conversation = Conversation.objects.get()
    assert conversation.urgent_at == NOON - timedelta(hours=12)
    arrive(channel, said("1", "danke", visibility=Visibility.DIRECT))
    conversation.refresh_from_db()
    assert meant("1") == {"positive", "praise"}
    assert conversation.urgent_at == NOON - timedelta(hours=4 - 6)


def test_lists_are_narrowed_by_what_is_meant(channel: Channel, agent: Member, words: Words) -> None:
    arrive(
        channel,
        said("both", "schlecht und teuer ?", by="a"),
        said("question", "?", by="b"),
        said("unsure", "hm", by="c"),
    )
    store(channel, [said("unread", "schlecht", by="d")])
    work(FILE)

    def found(**wanted: Any) -> set[str]:
        page = lists.listed(agent, Filter(**wanted), limit=50)
        return set(
            Conversation.objects.filter(pk__in=[r.pk for r in page.rows]).values_list("root", flat=True)
        )

    assert found(kind="question") == {"both", "question"}
    assert found(kind="question", mood="negative", about="price") == {"both"}
    assert found(kind="praise") == set()
    assert found(mood="unsure") == {"question", "unsure"}
    assert lists.meant_in(agent, View.WAITING, ("question", "complaint", "praise")) == {
        "question": 2, "complaint": 1, "praise": 0,
    }  # fmt: skip


def test_contrary_words_are_weighed_to_the_worse(channel: Channel, words: Words) -> None:
    arrive(channel, said("1", "danke"), said("2", "schlecht", reply_to="1", minutes=5))
    assert meant("1") == {"negative", "complaint", "praise"}
