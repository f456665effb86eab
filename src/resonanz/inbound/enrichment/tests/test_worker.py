"""Every message is read, once for each wording and model, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import leases
from resonanz.foundation.work.engine import perform
from resonanz.foundation.work.models import Fault
from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.conftest import Killed, connected, said, work
from resonanz.inbound.enrichment import marks, readers, worker
from resonanz.inbound.enrichment.models import Enrichment, StoredReading
from resonanz.inbound.enrichment.tests.cast import Words
from resonanz.inbound.enrichment.worker import UNDERSTAND, find
from resonanz.inbound.intake.models import Origin, StoredMessage
from resonanz.inbound.intake.services import store

DAY = 24 * 60
RESTED = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


def understand(clock: time_machine.Coordinates) -> None:
    """Let the worker do everything, its rests included."""
    while work(UNDERSTAND) or Enrichment.objects.filter(due_at__isnull=False).exists():
        clock.shift(RESTED)


def restarted(words: Words, version: str) -> None:
    words.version = version
    worker._asked.clear()


def meant(remote_id: str) -> set[str]:
    return set(marks.names(StoredReading.objects.get(message__remote_id=remote_id).marks)) - {"de"}


def test_what_arrives_is_read(channel: Channel, words: Words) -> None:
    store(channel, [said("1", "Wann habt ihr auf?"), said("2", "Das ist schlecht und teuer", minutes=1)])
    store(channel, [said("3", "Am Montag", minutes=2), said("4", "Hm", minutes=2)])
    work(UNDERSTAND)
    assert meant("1") == {"question"}
    assert meant("2") == {"negative", "complaint", "price"}
    assert (meant("3"), meant("4")) == ({"neutral"}, set())
    stored = StoredReading.objects.get(message__remote_id="2")
    assert (stored.reader.tier, stored.reader.version) == ("fast", "words-1")
    assert marks.probabilities(stored.p)["complaint"] == pytest.approx(0.9, abs=0.002)
    numbers = StoredReading.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4]


def test_a_title_is_read_too(channel: Channel, words: Words) -> None:
    store(channel, [said("1", "Danke", title="Sehr schlecht")])
    work(UNDERSTAND)
    assert words.asked == ["Sehr schlecht\nDanke"]


def test_our_own_words_and_what_is_only_context_are_not(channel: Channel, words: Words) -> None:
    Channel.objects.filter(pk=channel.pk).update(remote_id="id-us")
    store(channel, [said("1", by="us")])
    store(channel, [said("2")], origin=Origin.CONTEXT)
    work(UNDERSTAND)
    assert words.asked == []
    store(channel, [said("2")])
    work(UNDERSTAND)
    assert words.asked == ["This is 2"], "it is said to us after all"


def test_an_edited_message_is_read_anew(channel: Channel, words: Words) -> None:
    store(channel, [said("1", "schlecht"), said("2", "danke")])
    work(UNDERSTAND)
    store(channel, [said("1", "danke", edited_at=now())])
    work(UNDERSTAND)
    assert meant("1") == {"positive", "praise"}
    assert words.asked == ["schlecht", "danke", "danke"]
    assert StoredReading.objects.get(message__remote_id="1").number == 3
    assert Enrichment.objects.get().last_number == 3


def test_nothing_to_do_costs_no_reading_and_no_step(channel: Channel, words: Words) -> None:
    store(channel, [said("1")])
    work(UNDERSTAND)
    assert work(UNDERSTAND) == 0
    assert words.asked == ["This is 1"]


def test_history_is_read_when_nothing_new_waits(
    channel: Channel, words: Words, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BATCH", 2)
    store(channel, [said(f"old {n}", minutes=-n * DAY) for n in range(3, 8)])
    store(channel, [said("new 1"), said("new 2")])
    find()
    perform(leases.claim(UNDERSTAND, "test")[0])
    store(channel, [said("new 3")])
    understand(clock)
    news, history = words.asked[:3], words.asked[3:]
    assert news == ["This is new 1", "This is new 2", "This is new 3"]
    assert history == [f"This is old {n}" for n in (7, 6, 5, 4, 3)], "from the end"


def test_history_leaves_the_machine_to_others(
    channel: Channel, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BATCH", 1)
    ticks = iter(range(0, 1000, 2))
    monkeypatch.setattr(worker.time, "monotonic", lambda: float(next(ticks)))
    store(channel, [said("a", minutes=-5 * DAY), said("b", minutes=-6 * DAY)])
    work(UNDERSTAND)
    assert Enrichment.objects.get().due_at == now() + timedelta(seconds=2), "as long as the step took"


def test_another_model_reads_everything_anew_in_the_background(
    channel: Channel, words: Words, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BATCH", 2)
    store(channel, [said(str(n)) for n in range(1, 6)])
    understand(clock)
    restarted(words, "words-2")
    words.asked.clear()
    find()
    store(channel, [said("6")])
    understand(clock)
    assert words.asked == ["This is 6", *(f"This is {n}" for n in (5, 4, 3, 2, 1))], "news first"
    versions = set(StoredReading.objects.values_list("reader__version", flat=True))
    assert versions == {"words-2"}
    words.asked.clear()
    restarted(words, "words-2")
    understand(clock)
    assert words.asked == [], "a start with the same model reads nothing"


def test_two_processes_with_different_models_do_not_read_for_ever(
    channel: Channel, words: Words, clock: time_machine.Coordinates
) -> None:
    store(channel, [said("1")])
    understand(clock)
    for turn in range(4):
        words.version = f"words-{turn % 2}"  # not restarted: both are running
        store(channel, [said(f"n{turn}")])
        understand(clock)
    assert len(words.asked) == 5, "each message once, by whoever came first"


@pytest.mark.parametrize("statement", range(1, 22))
def test_whoever_dies_anywhere_loses_nothing_and_numbers_nothing_twice(
    channel: Channel,
    words: Words,
    break_at: Callable[[int], None],
    clock: time_machine.Coordinates,
    statement: int,
) -> None:
    store(channel, [said("old", minutes=-5 * DAY), said("1", "schlecht"), said("2", "danke?")])
    find()
    for lease in leases.claim(UNDERSTAND, "dies"):
        break_at(statement)
        try:
            perform(lease)
        except Killed:
            clock.shift(timedelta(seconds=UNDERSTAND.lease_seconds + 1))
        finally:
            break_at(0)
    understand(clock)
    assert meant("1") == {"negative", "complaint"}
    assert meant("2") == {"positive", "praise", "question"}
    assert sorted(StoredReading.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert Enrichment.objects.get().last_number == 3


def test_whoever_lost_the_lease_stores_nothing(channel: Channel, words: Words) -> None:
    store(channel, [said("1")])
    find()
    (lease,) = leases.claim(UNDERSTAND, "slow")
    Enrichment.objects.update(lease_owner="other", lease_number=9)
    perform(lease)
    assert not StoredReading.objects.exists()


def test_a_message_that_is_erased_while_it_is_read_is_passed_over(
    channel: Channel, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(channel, [said("1"), said("2")])
    label = words.label

    def erased_meanwhile(texts):
        StoredMessage.objects.filter(remote_id="1").delete()
        return label(texts)

    monkeypatch.setattr(words, "label", erased_meanwhile)
    work(UNDERSTAND)
    assert StoredReading.objects.get().message.remote_id == "2"
    assert StoredReading.objects.get().number == 1


def test_a_message_nobody_can_read_is_set_aside_and_keeps_no_other_waiting(
    channel: Channel, words: Words, clock: time_machine.Coordinates
) -> None:
    words.error = RuntimeError("a fault")
    store(channel, [said("1", "danke"), said("2", "kaputt"), said("3", "schlecht")])
    for _round in range(12):
        work(UNDERSTAND)
        clock.shift(timedelta(hours=2))
    assert (meant("1"), meant("3")) == ({"positive", "praise"}, {"negative", "complaint"})
    enrichment = Enrichment.objects.get()
    assert (enrichment.set_aside, enrichment.position) == (1, 3)
    assert enrichment.fault in Fault.objects.values_list("pk", flat=True)


def test_without_a_model_everything_waits_and_nothing_is_set_aside(
    channel: Channel, words: Words, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing():
        raise readers.NoModel("no weights")

    store(channel, [said("1")])
    with monkeypatch.context() as patch:
        patch.setattr(readers, "tier", missing)
        for _round in range(6):
            work(UNDERSTAND)
            clock.shift(timedelta(hours=2))
    enrichment = Enrichment.objects.get()
    assert (enrichment.problem, enrichment.set_aside, enrichment.position) == ("model", 0, 0)
    assert not Fault.objects.exists()
    work(UNDERSTAND)
    assert words.asked == ["This is 1"]
    assert Enrichment.objects.get().problem == ""


def test_channels_are_read_apart(channel: Channel, workspace: Workspace, words: Words) -> None:
    other = connected(workspace, name="them")
    store(channel, [said("1")])
    store(other, [said("1"), said("2")])
    work(UNDERSTAND)
    counts = {e.channel_id: e.last_number for e in Enrichment.objects.all()}
    assert counts == {channel.pk: 1, other.pk: 2}


def test_the_shipped_model_reads(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_asked", set())
    store(channel, [said("1", "Wann öffnet der Laden am Montag?"), said("2", "Vielen Dank, super Service!")])
    work(UNDERSTAND)
    assert "question" in meant("1")
    assert "positive" in meant("2")
    tier = readers.tier()
    assert StoredReading.objects.filter(reader__tier=tier.name, reader__version=tier.version).count() == 2
