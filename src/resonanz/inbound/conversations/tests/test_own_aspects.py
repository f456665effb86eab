"""A workspace's own aspects: taught by example, switched on by a person, read with, and gone without a trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import Killed, connected, said, work
from resonanz.inbound.conversations import correcting, services
from resonanz.inbound.conversations.lists import Filter, View, listed
from resonanz.inbound.conversations.models import Conversation, Part
from resonanz.inbound.conversations.queries import said_with
from resonanz.inbound.conversations.worker import FILE, WEIGH
from resonanz.inbound.enrichment import aspects, marks, queries, worker
from resonanz.inbound.enrichment.models import Enrichment, Example, LearntAspect, OwnAspect, StoredReading
from resonanz.inbound.enrichment.tests.cast import Words
from resonanz.inbound.enrichment.worker import LEARN_ASPECT, UNDERSTAND
from resonanz.inbound.intake.models import StoredMessage
from resonanz.inbound.intake.services import store

PLACES = (
    "in Kiel",
    "am Deich",
    "im Regen",
    "seit April",
    "auf Sylt",
    "nach der Fahrt",
    "im Winter",
    "am Berg",
)
EMPTY = [f"Der Akku ist {place} schon wieder leer" for place in PLACES]
TRIPS = [
    f"Ausflug {n} {place}, das Wetter war {w}" for n, place in enumerate(PLACES * 4) for w in ("gut", "so")
]
NEW = "Unser Akku war gestern schon wieder leer"


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


def settle(clock: time_machine.Coordinates) -> None:
    """Let everything be read and weighed, rests included."""
    while work(FILE, UNDERSTAND, WEIGH) or Enrichment.objects.filter(due_at__isnull=False).exists():
        clock.shift(timedelta(seconds=10))


def learnt(clock: time_machine.Coordinates) -> OwnAspect:
    clock.shift(aspects.PAUSE + timedelta(seconds=1))
    work(LEARN_ASPECT)
    return OwnAspect.objects.get()


@pytest.fixture
def heard(channel: Channel, words: Words, clock: time_machine.Coordinates) -> Channel:
    """Eight empty batteries and sixty-four trips, read."""
    store(channel, [said(f"a{n}", text, by=f"a{n}", minutes=n) for n, text in enumerate(EMPTY)])
    store(channel, [said(f"t{n}", text, by=f"t{n}", minutes=n) for n, text in enumerate(TRIPS)])
    settle(clock)
    return channel


@pytest.fixture
def battery(heard: Channel, manager: Member) -> OwnAspect:
    return aspects.create(manager, "Akku")


@pytest.fixture
def taught(battery: OwnAspect, agent: Member, clock: time_machine.Coordinates) -> OwnAspect:
    """Six of the eight were said to be about it."""
    for n in range(6):
        correcting.give_example(agent, message(f"a{n}").pk, battery.pk, True)
    settle(clock)
    return learnt(clock)


def message(remote_id: str) -> StoredMessage:
    return StoredMessage.objects.get(remote_id=remote_id)


def about(aspect: OwnAspect) -> set[str]:
    """What is marked with it."""
    bit = marks.BIT[aspect.output]
    rows = StoredReading.objects.values_list("message__remote_id", "marks")
    return {remote_id for remote_id, bits in rows if bits & bit}


def in_list(member: Member, aspect: OwnAspect) -> set[str]:
    rows = listed(member, Filter(view=View.ALL, own=aspect.pk), limit=99).rows
    return set(Conversation.objects.filter(pk__in=[row.pk for row in rows]).values_list("root", flat=True))


def test_what_helps_is_offered_and_read_with_only_when_switched_on(
    taught: OwnAspect, heard: Channel, manager: Member, agent: Member, clock: time_machine.Coordinates
) -> None:
    given = {f"a{n}" for n in range(6)}
    assert taught.offered is not None
    assert (taught.offered.examples, taught.offered.others) == (6, 66)
    assert taught.offered.helps
    assert taught.offered.found >= 4
    assert (taught.active, about(taught)) == (None, given), "nobody has switched it on"
    assert in_list(agent, taught) == given

    aspects.switch_on(manager, taught.pk, taught.offered.version)
    assert queries.overview(manager).reader.version == "words-1"  # type: ignore[union-attr]
    settle(clock)
    assert {*given, "a6", "a7"} == about(taught) == in_list(agent, taught)
    versions = set(StoredReading.objects.values_list("reader__version", flat=True))
    assert len(versions) == 1
    assert versions.pop().startswith("words-1+own-")
    assert queries.overview(manager).left == 0
    store(heard, [said("new", NEW, minutes=99)])
    settle(clock)
    assert "new" in about(taught)

    aspects.switch_off(manager, taught.pk)
    settle(clock)
    assert about(taught) == given, "what people said stays"
    assert set(StoredReading.objects.values_list("reader__version", flat=True)) == {"words-1"}
    done = Entry.objects.filter(action__startswith="aspect.").values_list("action", flat=True)
    assert list(done.order_by("number")) == [
        "aspect.created", *["aspect.taught"] * 6, "aspect.switched_on", "aspect.switched_off",
    ]  # fmt: skip


def test_too_few_examples_or_others_teach_nothing(
    battery: OwnAspect, manager: Member, agent: Member, clock: time_machine.Coordinates
) -> None:
    aspects.teach(agent, battery.pk, EMPTY[:4], is_about=True)
    row = learnt(clock)
    assert (row.offered, row.tried_at) == (None, now())
    StoredMessage.objects.all().delete()
    aspects.teach(agent, battery.pk, EMPTY[4:], is_about=True)
    assert learnt(clock).offered is None
    with pytest.raises(aspects.NothingToGain):
        aspects.switch_on(manager, battery.pk, "")


def test_what_is_written_by_hand_teaches_once(battery: OwnAspect, agent: Member) -> None:
    lines = ["  Akku   leer ", "Akku leer", "", "x" * 9000]
    assert aspects.teach(agent, battery.pk, lines, is_about=True) == aspects.Taught(2, 0)
    assert aspects.teach(agent, battery.pk, ["Akku leer", "Neu"], is_about=True) == aspects.Taught(1, 1)
    assert aspects.teach(agent, battery.pk, ["Akku leer"], is_about=False) == aspects.Taught(1, 0)
    assert Example.objects.count() == 3
    assert Example.objects.get(text="Akku leer").is_about is False
    assert aspects.forget(agent, battery.pk, Example.objects.get(text="Neu").pk) is None
    assert max(map(len, Example.objects.values_list("text", flat=True))) == aspects.LONGEST
    assert Entry.objects.filter(action="aspect.untaught").exists()


def test_one_click_adds_and_takes_away(
    taught: OwnAspect, agent: Member, manager: Member, clock: time_machine.Coordinates
) -> None:
    def click(remote_id: str, value: str | None) -> None:
        part = Part.objects.get(message__remote_id=remote_id)
        correcting.correct_own(agent, part.conversation_id, part.message_id, taught.pk, value)

    click("t1", "yes")
    assert "t1" in about(taught)
    assert "t1" in in_list(agent, taught), "lists know it at once"
    entry = Entry.objects.filter(action="conversation.corrected").get()
    assert entry.changes == {"aspect": [None, "Akku"]}
    click("t1", "no")
    assert not Example.objects.filter(message__remote_id="t1").exists(), (
        "it was only a person who had said so"
    )
    aspects.switch_on(manager, taught.pk, taught.offered.version)  # type: ignore[union-attr]
    settle(clock)
    click("a7", "no")
    assert Example.objects.get(message__remote_id="a7").is_about is False
    assert "a7" not in in_list(agent, taught)
    click("a7", None)
    assert "a7" in in_list(agent, taught)
    with pytest.raises(ValueError, match="perhaps"):
        click("a7", "perhaps")


def test_an_example_holds_for_the_wording_it_was_said_of(
    taught: OwnAspect, heard: Channel, clock: time_machine.Coordinates
) -> None:
    store(heard, [said("a0", "Alles wieder gut", by="a0", edited_at=now())])
    settle(clock)
    assert "a0" not in about(taught)
    aspects.due(taught)
    assert learnt(clock).offered.examples == 5  # type: ignore[union-attr]


def test_what_is_most_alike_is_shown_to_be_said_yes_or_no_of(
    taught: OwnAspect, agent: Member, outsider: Member
) -> None:
    first = queries.resembling(agent, queries.own_aspect(agent, taught.pk), 2)
    assert {one.remote_id for one in first} == {"a6", "a7"}
    assert queries.resembling(outsider, taught, 2) == []
    assert [one.remote_id for one in said_with(agent, "akku sylt", 5)] == ["a4"]
    assert len(said_with(agent, "", 5)) == 5
    assert said_with(outsider, "akku", 5) == []


def test_only_those_with_the_right_do_it(
    taught: OwnAspect, agent: Member, analyst: Member, outsider: Member
) -> None:
    version, pk = taught.offered.version, taught.pk  # type: ignore[union-attr]
    manage: list[Callable[[Member], object]] = [
        lambda who: aspects.create(who, "Neu"),
        lambda who: aspects.rename(who, pk, "Neu"),
        lambda who: aspects.remove(who, pk),
        lambda who: aspects.switch_on(who, pk, version),
        lambda who: aspects.switch_off(who, pk),
    ]
    part = Part.objects.get(message__remote_id="t1")
    teach: list[Callable[[Member], object]] = [
        lambda who: aspects.teach(who, pk, ["Akku"], is_about=True),
        lambda who: aspects.forget(who, pk, Example.objects.all()[0].pk),
        lambda who: correcting.give_example(who, part.message_id, pk, True),
        lambda who: correcting.correct_own(who, part.conversation_id, part.message_id, pk, "yes"),
    ]
    for act in manage:
        with pytest.raises(PermissionDenied):
            act(agent)
    for act in teach:
        with pytest.raises(PermissionDenied):
            act(analyst)
    for act in [*manage[1:], *teach]:
        with pytest.raises((aspects.NotThere, services.NotThere)):
            act(outsider)
    with pytest.raises(queries.NoAspect):
        queries.own_aspect(outsider, pk)
    assert queries.own_aspects(outsider) == []
    assert in_list(outsider, taught) == set()
    taught.refresh_from_db()
    assert (taught.name, taught.active, Example.objects.count()) == ("Akku", None, 6)


def test_another_workspace_is_not_read_with_it(
    taught: OwnAspect, manager: Member, outsider: Member, clock: time_machine.Coordinates
) -> None:
    aspects.switch_on(manager, taught.pk, taught.offered.version)  # type: ignore[union-attr]
    theirs = connected(outsider.workspace, name="them")
    store(theirs, [said("new", NEW)])
    settle(clock)
    assert StoredReading.objects.get(message__channel=theirs).reader.version == "words-1"
    assert "new" not in about(taught)


def test_a_name_is_there_once(battery: OwnAspect, manager: Member, outsider: Member) -> None:
    for name in ("akku", " AKKU "):
        with pytest.raises(aspects.NameTaken):
            aspects.create(manager, name)
    with pytest.raises(ValueError, match="name"):
        aspects.create(manager, "   ")
    aspects.create(outsider, "Akku")
    other = aspects.create(manager, "Umweltschutz")
    with pytest.raises(aspects.NameTaken):
        aspects.rename(manager, other.pk, "Akku")
    aspects.rename(manager, other.pk, "Umwelt")
    aspects.rename(manager, other.pk, "umwelt")
    assert Entry.objects.filter(action="aspect.renamed").count() == 2


def test_what_is_deleted_leaves_no_trace_and_its_place_to_another(
    taught: OwnAspect, manager: Member, agent: Member, clock: time_machine.Coordinates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(aspects, "MOST", 1)
    aspects.switch_on(manager, taught.pk, taught.offered.version)  # type: ignore[union-attr]
    settle(clock)
    with pytest.raises(aspects.TooMany):
        aspects.create(manager, "Sattel")
    aspects.remove(manager, taught.pk)
    assert (queries.own_aspects(agent), in_list(agent, taught)) == ([], set())
    assert not Example.objects.exists()
    assert not LearntAspect.objects.exists()
    with pytest.raises(aspects.TooMany):
        aspects.create(manager, "Sattel")
    settle(clock)
    assert about(taught) == set()
    StoredReading.objects.filter(message__remote_id="t3").update(marks=marks.BIT[taught.output])  # set aside
    saddle = aspects.create(manager, "Sattel")
    settle(clock)
    assert (saddle.slot, about(saddle), in_list(agent, saddle)) == (taught.slot, set(), set())
    assert OwnAspect.objects.get() == saddle


def test_a_new_offer_takes_the_place_of_the_last_and_what_reads_stays(
    taught: OwnAspect, manager: Member, agent: Member, clock: time_machine.Coordinates
) -> None:
    first = taught.offered
    aspects.switch_on(manager, taught.pk, first.version)  # type: ignore[union-attr]
    for _round in range(2):
        aspects.teach(agent, taught.pk, [f"Akku leer {_round}"], is_about=True)
        row = learnt(clock)
    assert row.active == first
    assert set(LearntAspect.objects.all()) == {row.active, row.offered}
    with pytest.raises(aspects.NothingToGain):
        aspects.switch_on(manager, taught.pk, first.version)  # type: ignore[union-attr]


def test_what_was_learnt_for_other_features_rests_and_is_learnt_anew(
    taught: OwnAspect, manager: Member, words: Words, clock: time_machine.Coordinates
) -> None:
    aspects.switch_on(manager, taught.pk, taught.offered.version)  # type: ignore[union-attr]
    settle(clock)
    LearntAspect.objects.update(scheme=0)
    words.version = "words-2"
    worker._asked.clear()
    settle(clock)
    assert set(StoredReading.objects.values_list("reader__version", flat=True)) == {"words-2"}
    row = learnt(clock)
    assert row.offered is not None
    assert row.offered.scheme == 1


def test_what_changes_while_it_learns_is_learnt_next(
    battery: OwnAspect, agent: Member, manager: Member, clock: time_machine.Coordinates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    aspects.teach(agent, battery.pk, EMPTY, is_about=True)
    learn = aspects.learn

    def taught_meanwhile(aspect: OwnAspect) -> LearntAspect | None:
        clock.shift(timedelta(seconds=1))
        aspects.teach(agent, battery.pk, ["Ladegerät kaputt"], is_about=True)
        return learn(aspect)

    def removed_meanwhile(aspect: OwnAspect) -> LearntAspect | None:
        aspects.remove(manager, battery.pk)
        return learn(aspect)

    monkeypatch.setattr(aspects, "learn", taught_meanwhile)
    clock.shift(aspects.PAUSE)
    work(LEARN_ASPECT)
    assert OwnAspect.objects.get().due_at == now() + aspects.PAUSE
    monkeypatch.setattr(aspects, "learn", removed_meanwhile)
    clock.shift(aspects.PAUSE)
    work(LEARN_ASPECT)
    row = OwnAspect.objects.get()
    assert (row.name, row.offered, row.due_at) == ("", None, None)
    assert not LearntAspect.objects.exists()


@pytest.mark.parametrize("statement", range(1, 16, 2))
def test_whoever_dies_while_learning_loses_nothing(
    battery: OwnAspect, agent: Member, clock: time_machine.Coordinates, break_at: Callable[[int], None],
    statement: int,
) -> None:  # fmt: skip
    aspects.teach(agent, battery.pk, EMPTY, is_about=True)
    clock.shift(aspects.PAUSE)
    for lease in leases.claim(LEARN_ASPECT, "dies"):
        break_at(statement)
        try:
            perform(lease)
        except Killed:
            clock.shift(timedelta(seconds=LEARN_ASPECT.lease_seconds + 1))
        finally:
            break_at(0)
    work(LEARN_ASPECT)
    row = OwnAspect.objects.get()
    assert row.offered is not None
    assert row.offered.examples == len(EMPTY)
    assert (LearntAspect.objects.count(), row.due_at) == (1, None)


@pytest.mark.parametrize("statement", range(1, 40, 6))
def test_whoever_dies_while_reading_anew_leaves_nothing_half_read(
    taught: OwnAspect, manager: Member, clock: time_machine.Coordinates, break_at: Callable[[int], None],
    statement: int,
) -> None:  # fmt: skip
    aspects.switch_on(manager, taught.pk, taught.offered.version)  # type: ignore[union-attr]
    worker.find()
    for lease in leases.claim(UNDERSTAND, "dies"):
        break_at(statement)
        try:
            perform(lease)
        except Killed:
            clock.shift(timedelta(seconds=UNDERSTAND.lease_seconds + 1))
        finally:
            break_at(0)
    settle(clock)
    assert about(taught) == {f"a{n}" for n in range(8)}
    numbers = sorted(StoredReading.objects.values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers)
