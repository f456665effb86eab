"""Corrections teach: tried out in the background, used when a person says so, undone as easily."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import connected, said, work
from resonanz.inbound.conversations import services
from resonanz.inbound.conversations.correcting import correct
from resonanz.inbound.conversations.models import Conversation, Part
from resonanz.inbound.conversations.queries import seen_by_people
from resonanz.inbound.conversations.worker import FILE, LEARN, WEIGH
from resonanz.inbound.enrichment import learning, marks, queries, worker
from resonanz.inbound.enrichment.models import Adaptation, Enrichment, Learning, StoredReading
from resonanz.inbound.enrichment.tests.cast import Words
from resonanz.inbound.enrichment.worker import UNDERSTAND
from resonanz.inbound.intake.services import store

BEGINNINGS = ("Mein", "Unser", "Euer neuer", "Der alte", "Schon der zweite", "Irgendwie der ganze")
MIDDLES = ("seit April", "am Berg", "im Regen", "nach zwei Wochen", "auf Pflaster")
TALES = [f"{begin} {{}} {middle}" for begin in BEGINNINGS for middle in MIDDLES]
NEW = "Sein Ständer klappert laut im Winter"
RATTLES, CALM = "Ständer klappert laut", "Ausflug ans Meer gelingt"


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


def settle(clock: time_machine.Coordinates) -> None:
    """Let everything be read and weighed, rests included."""
    while work(FILE, UNDERSTAND, WEIGH) or Enrichment.objects.filter(due_at__isnull=False).exists():
        clock.shift(timedelta(seconds=10))


@pytest.fixture
def taught(
    channel: Channel, agent: Member, words: Words, clock: time_machine.Coordinates
) -> time_machine.Coordinates:
    """Thirty rattling stands were said to be complaints, thirty trips were left as they were."""
    store(channel, [said(f"r{n}", TALES[n].format(RATTLES), by=f"p{n}") for n in range(30)])
    store(channel, [said(f"c{n}", TALES[n].format(CALM), by=f"q{n}", minutes=n) for n in range(30)])
    settle(clock)
    for part in Part.objects.filter(message__remote_id__startswith="r").select_related("message"):
        correct(agent, part.conversation_id, part.message_id, "complaint", "yes")
    trips = Conversation.objects.filter(root__startswith="c").values_list("pk", flat=True)
    services.assign(agent, list(trips), agent)
    return clock


def learnt(clock: time_machine.Coordinates) -> Learning:
    clock.shift(learning.PAUSE + timedelta(seconds=1))
    work(LEARN)
    return Learning.objects.get()


def complains(text: str, channel: Channel, clock: time_machine.Coordinates) -> bool:
    store(channel, [said(text, text, minutes=99)])
    settle(clock)
    return bool(StoredReading.objects.get(message__remote_id=text).marks & marks.BIT["complaint"])


def test_what_helps_is_offered_and_used_only_when_switched_on(
    channel: Channel, taught: time_machine.Coordinates, manager: Member
) -> None:
    row = learnt(taught)
    assert row.offered is not None
    gain = row.offered.gains["complaint"]
    assert (gain["corrections"], gain["seen"]) == (30, 30)
    assert gain["after"] > gain["before"] == pytest.approx(0.5)
    assert row.active is None
    assert not complains(NEW, channel, taught), "nobody has switched it on"

    learning.switch_on(manager, row.offered.version)
    settle(taught)
    assert complains("Jeder Ständer klappert laut im Wind", channel, taught)
    assert StoredReading.objects.get(message__remote_id=NEW).marks & marks.BIT["complaint"]
    assert not complains("Jeder Ausflug ans Meer gelingt im Wind", channel, taught)
    assert set(StoredReading.objects.values_list("reader__version", flat=True)) == {row.offered.version}
    assert queries.overview(manager).left == 0

    learning.switch_off(manager)
    settle(taught)
    plain = StoredReading.objects.get(message__remote_id=NEW)
    assert not plain.marks & marks.BIT["complaint"]
    assert StoredReading.objects.get(message__remote_id="r1").marks & marks.BIT["complaint"], (
        "corrections stay"
    )
    done = Entry.objects.filter(action__startswith="understanding.").values_list("action", flat=True)
    assert list(done.order_by("number")) == ["understanding.adapted", "understanding.unadapted"]


def test_too_few_corrections_teach_nothing(
    channel: Channel, agent: Member, manager: Member, words: Words, clock: time_machine.Coordinates
) -> None:
    store(channel, [said(str(n), TALES[n].format(RATTLES)) for n in range(11)])
    settle(clock)
    for part in Part.objects.all():
        correct(agent, part.conversation_id, part.message_id, "complaint", "yes")
    row = learnt(clock)
    assert (row.offered, row.tried_at) == (None, now())
    with pytest.raises(learning.NothingToGain):
        learning.switch_on(manager, "")


def test_learning_waits_until_nobody_corrects_any_more(taught: time_machine.Coordinates) -> None:
    assert Learning.objects.get().due_at == now() + learning.PAUSE
    assert work(LEARN) == 0


def test_what_is_corrected_while_it_learns_is_learnt_next(
    taught: time_machine.Coordinates, agent: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = learning.learn

    def corrected_meanwhile(*given):
        part = Part.objects.filter(message__remote_id="c1").get()
        correct(agent, part.conversation_id, part.message_id, "praise", "yes")
        return learn(*given)

    taught.shift(learning.PAUSE + timedelta(seconds=1))
    with monkeypatch.context() as patch:
        patch.setattr(learning, "learn", corrected_meanwhile)
        work(LEARN)
    assert Learning.objects.get().due_at == now() + learning.PAUSE


def test_only_those_who_manage_switch(
    taught: time_machine.Coordinates, agent: Member, editor: Member, outsider: Member
) -> None:
    version = learnt(taught).offered.version  # type: ignore[union-attr]
    for member in (agent, editor):
        with pytest.raises(PermissionDenied):
            learning.switch_on(member, version)
        with pytest.raises(PermissionDenied):
            learning.switch_off(member)
    with pytest.raises(learning.NothingToGain):
        learning.switch_on(outsider, version)
    assert Learning.objects.get().active is None


def test_another_workspace_learns_nothing_from_it(
    taught: time_machine.Coordinates, manager: Member, outsider: Member
) -> None:
    learning.switch_on(manager, learnt(taught).offered.version)  # type: ignore[union-attr]
    theirs = connected(outsider.workspace, name="them")
    assert not complains(NEW, theirs, taught)
    assert queries.learning(outsider) is None
    assert not queries.corrections(outsider).exists()


def test_after_a_change_of_model_it_rests_and_is_learnt_anew(
    channel: Channel, taught: time_machine.Coordinates, manager: Member, words: Words
) -> None:
    learning.switch_on(manager, learnt(taught).offered.version)  # type: ignore[union-attr]
    settle(taught)
    words.version = "words-2"
    worker._asked.clear()
    settle(taught)
    assert set(StoredReading.objects.values_list("reader__version", flat=True)) == {"words-2"}
    row = learnt(taught)
    assert row.offered is not None
    assert row.offered.base == "words-2"
    assert row.active is not None
    assert row.active.base == "words-1", "a person decides anew"


def test_a_new_offer_takes_the_place_of_the_last(taught: time_machine.Coordinates, agent: Member) -> None:
    learnt(taught)
    part = Part.objects.filter(message__remote_id="r1").get()
    correct(agent, part.conversation_id, part.message_id, "complaint", None)
    row = learnt(taught)
    assert Adaptation.objects.get() == row.offered
    assert row.offered.gains["complaint"]["corrections"] == 29  # type: ignore[union-attr]


def test_what_people_saw_is_what_they_answered_or_took(channel: Channel, agent: Member, words: Words) -> None:
    store(channel, [said("1", "one", by="a"), said("2", "two", by="b"), said("3", "three", by="c")])
    work(FILE)
    services.assign(agent, [Conversation.objects.get(root="2").pk], agent)
    assert seen_by_people(agent.workspace) == ["two"]
