"""What messages mean: shown quietly, with its evidence, filtered by, corrected with one click and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import said, work
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.conversations.worker import FILE, WEIGH
from resonanz.inbound.enrichment import aspects, readers
from resonanz.inbound.enrichment.models import Correction, Example, StoredReading
from resonanz.inbound.enrichment.tests.cast import Words
from resonanz.inbound.enrichment.worker import UNDERSTAND
from resonanz.inbound.intake.models import StoredMessage
from resonanz.inbound.intake.services import store

INBOX = "/w/lindner/inbox/"
SignedIn = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def heard(channel: Channel, words: Words) -> list[StoredMessage]:
    store(
        channel,
        [
            said("angry", "Das ist schlecht & teuer, warum?", by="anna"),
            said("kind", "danke", by="ben", minutes=1),
            said("dim", "hm", by="carl", minutes=2),
        ],
    )
    work(FILE, UNDERSTAND, WEIGH)
    return list(StoredMessage.objects.order_by("number"))


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def page(message: StoredMessage, what: str = "") -> str:
    conversation = Conversation.objects.get(root=message.remote_id)
    return f"{INBOX}{conversation.pk}/" + (f"messages/{message.pk}/{what}/" if what else "")


def say(client: Client, message: StoredMessage, what: str) -> Any:
    return client.post(page(message, "meaning"), {"say": what}, headers={"HX-Request": "true"})


def names(listed: str) -> set[str]:
    return {name for name in ("Anna", "Ben", "Carl") if "<strong" in listed and f">{name}</strong>" in listed}


def test_lists_and_threads_say_what_was_meant(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    rows = text_of(client, INBOX).split('class="row"')
    assert "Complaint" in rows[3]
    assert "Question" in rows[3]
    assert "negative" not in rows[3], "a complaint says so already"
    assert "Praise" in rows[2]
    assert "unsure" in rows[1]
    opened = text_of(client, page(heard[0]))
    for shown in ("negative", "Complaint", "Question", "Price", "The model holds it 90% likely"):
        assert shown in opened


def test_what_nobody_has_read_yet_says_nothing(channel: Channel, agent: Member, client_of: SignedIn) -> None:
    store(channel, [said("1", "schlecht")])
    work(FILE)
    message = StoredMessage.objects.get()
    client = client_of(agent)
    assert "row-sign" not in text_of(client, INBOX)
    assert 'class="meaning"' not in text_of(client, page(message))
    assert client.get(page(message, "meaning")).status_code == 404
    assert say(client, message, "complaint:no").status_code == 404
    assert "schlecht" in text_of(client, page(message, "evidence"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=complaint", {"Anna"}),
        ("mood=positive", {"Ben"}),
        ("mood=unsure", {"Carl"}),
        ("about=price&kind=question", {"Anna"}),
        ("kind=praise&view=urgent", {"Ben"}),
        ("view=urgent", {"Anna", "Ben", "Carl"}),
        ("kind=nonsense&mood=question&about=de", {"Anna", "Ben", "Carl"}),
    ],
)
def test_lists_are_filtered_by_address(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn, query: str, found: set[str]
) -> None:
    assert names(text_of(client_of(agent), f"{INBOX}?{query}")) == found


def test_a_filter_is_kept_shown_and_taken_away(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    shown = text_of(client_of(agent), INBOX + "?view=urgent&kind=complaint&mood=negative")
    assert "<span>Complaint · negative</span>" in shown
    assert 'name="kind" value="complaint"' in shown, "the search keeps it"
    assert 'href="/w/lindner/inbox/?view=urgent&amp;mood=negative" aria-current="true"' in shown


def test_the_words_that_carried_it_are_marked(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    shown = text_of(client_of(agent), page(heard[0], "evidence"))
    assert '<mark data-of="complaint negative">schlecht</mark> &amp; ' in shown
    assert '<mark data-of="price">teuer</mark>' in shown
    assert "<html" not in shown


def test_evidence_never_runs_or_loads_anything(
    channel: Channel, words: Words, agent: Member, client_of: SignedIn
) -> None:
    text = "<script>alert(1)</script> schlecht\nhttps://ok.example/a&b <mark>"
    store(channel, [said("1", text, title="<b>teuer")])
    work(FILE, UNDERSTAND, WEIGH)
    shown = text_of(client_of(agent), page(StoredMessage.objects.get(), "evidence"))
    assert "<script" not in shown
    assert "&lt;b&gt;<mark" in shown
    assert "schlecht</mark><br>" in shown
    assert '<a href="https://ok.example/a&amp;b" rel="nofollow">' in shown


def test_another_models_reading_has_no_evidence_until_it_is_read_anew(
    heard: list[StoredMessage],
    words: Words,
    agent: Member,
    client_of: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise readers.NoModel

    client = client_of(agent)
    words.version = "words-2"
    assert "<mark" not in text_of(client, page(heard[0], "evidence"))
    monkeypatch.setattr(readers, "tier", missing)
    assert "<mark" not in text_of(client, page(heard[0], "evidence"))


def test_one_click_corrects_shows_at_once_and_is_taken_back(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    client, angry = client_of(agent), heard[0]
    response = say(client, angry, "complaint:no")
    shown = response.content.decode()
    assert "inbox-changed" in response["HX-Trigger"]
    assert "Complaint" not in shown
    assert 'value="complaint:">Undo' in shown
    assert names(text_of(client, INBOX + "?kind=complaint")) == set()
    correction = Correction.objects.get()
    assert (correction.member, correction.value, correction.workspace) == (agent, "no", agent.workspace)
    assert "Complaint: no" in text_of(client, page(angry, "meaning"))
    assert "Complaint" in say(client, angry, "complaint:").content.decode()
    assert not Correction.objects.exists()
    assert names(text_of(client, INBOX + "?kind=complaint")) == {"Anna"}


@pytest.mark.parametrize(
    "what", ["sentiment:neutral", "praise:yes", "delivery:yes", "language:en", "sentiment:unsure"]
)
def test_everything_can_be_corrected_and_says_by_whom(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn, what: str
) -> None:
    client, angry = client_of(agent), heard[0]
    assert say(client, angry, what).status_code == 200
    panel = text_of(client, page(angry, "meaning"))
    assert "Sven Keller" in panel
    output, value = what.split(":")
    again = f'value="{what}"' if value != "yes" else f'value="{output}:no"'
    assert f'{again} aria-pressed="true"' in panel


def test_a_correction_outlives_another_model_and_dies_with_another_wording(
    heard: list[StoredMessage], channel: Channel, words: Words, agent: Member, client_of: SignedIn
) -> None:
    say(client_of(agent), heard[1], "complaint:yes")
    StoredReading.objects.all().delete()
    from resonanz.inbound.enrichment.models import Enrichment

    Enrichment.objects.update(position=0, due_at=datetime(2026, 3, 1, tzinfo=UTC))
    work(UNDERSTAND, WEIGH)
    assert names(text_of(client_of(agent), INBOX + "?kind=complaint")) == {"Anna", "Ben"}
    store(channel, [said("kind", "danke!", by="ben", minutes=1)])
    work(FILE, UNDERSTAND, WEIGH)
    assert names(text_of(client_of(agent), INBOX + "?kind=complaint")) == {"Anna"}


def test_the_trail_says_who_corrected_and_no_word_of_the_message(
    heard: list[StoredMessage], agent: Member, owner: Member, client_of: SignedIn
) -> None:
    say(client_of(agent), heard[0], "sentiment:neutral")
    entry = Entry.objects.get(action="conversation.corrected")
    assert entry.actor == agent
    assert entry.changes == {"sentiment": ["negative", "neutral"]}
    assert entry.target_name.startswith("#")
    assert "corrected what a message in conversation" in text_of(
        client_of(owner), "/w/lindner/settings/audit/"
    )


@pytest.mark.parametrize("role", ["analyst", "approver", "outsider"])
def test_who_may_not_answer_corrects_nothing(
    heard: list[StoredMessage], role: str, request: pytest.FixtureRequest, client_of: SignedIn
) -> None:
    member = request.getfixturevalue(role)
    client, refused = client_of(member), 404 if role == "outsider" else 403
    assert say(client, heard[0], "complaint:no").status_code == refused
    assert not Correction.objects.exists()
    if role == "outsider":
        own = page(heard[0], "meaning").replace("lindner", "anderswo")
        assert client.get(own).status_code == client.post(own, {"say": "complaint:no"}).status_code == 404
        assert client.get(page(heard[0], "evidence").replace("lindner", "anderswo")).status_code == 404
    else:
        assert 'name="say"' not in text_of(client, page(heard[0]))


@pytest.mark.parametrize("what", ["", "nonsense:yes", "complaint:perhaps", "sentiment:yes", ":", "de:yes"])
def test_nonsense_is_refused(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn, what: str
) -> None:
    assert say(client_of(agent), heard[0], what).status_code == 404


def test_a_message_of_another_conversation_is_not_there(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    elsewhere = page(heard[0]) + f"messages/{heard[1].pk}/meaning/"
    assert client_of(agent).post(elsewhere, {"say": "praise:no"}).status_code == 404


def test_without_scripts_a_correction_leads_back(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    response = client_of(agent).post(page(heard[0], "meaning"), {"say": "complaint:no"})
    assert (response.status_code, response["Location"]) == (302, page(heard[0]))


def test_many_signs_take_as_many_queries_as_few(
    channel: Channel, words: Words, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    store(channel, [said("0", "schlecht"), said("1", "danke", reply_to="0", minutes=1)])
    work(FILE, UNDERSTAND, WEIGH)
    first = StoredMessage.objects.get(remote_id="0")

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        return len(made)

    few = asked(page(first)), asked(INBOX)
    store(channel, [said(f"r{n}", "schlecht ? teuer", reply_to="0", minutes=2 + n) for n in range(20)])
    store(channel, [said(f"x{n}", "idiot ? danke", by=f"x{n}", minutes=n) for n in range(20)])
    work(FILE, UNDERSTAND, WEIGH)
    say(client, first, "complaint:no")
    assert (asked(page(first)), asked(INBOX)) == few


def test_today_counts_what_waits_and_leads_to_it(
    heard: list[StoredMessage], agent: Member, client_of: SignedIn
) -> None:
    shown = text_of(client_of(agent), "/w/lindner/today/")
    section = shown.split("Waiting for an answer")[1]
    assert 'href="/w/lindner/inbox/?view=waiting&amp;kind=complaint"' in section
    assert "complaint waits" in section
    assert "word of praise to say thank you for" in section
    assert "hostile" not in section
    assert section.index("Anna") < section.index("Carl") < section.index("Ben"), "most urgent first"


def test_an_own_aspect_is_added_shown_filtered_by_and_taken_away(
    heard: list[StoredMessage], agent: Member, manager: Member, client_of: SignedIn
) -> None:
    battery = aspects.create(manager, "Akku & Co")
    client, angry = client_of(agent), heard[0]
    assert f'value="own-{battery.pk}:yes" aria-pressed="false"' in text_of(client, page(angry, "meaning"))
    shown = say(client, angry, f"own-{battery.pk}:yes").content.decode()
    assert "Akku &amp; Co" in shown
    assert f'value="own-{battery.pk}:">Undo' in shown
    example = Example.objects.get()
    assert (example.message, example.is_about, example.member) == (angry, True, agent)
    panel = text_of(client, page(angry, "meaning"))
    assert "Akku &amp; Co: yes" in panel
    assert "Sven Keller" in panel
    rows = text_of(client, f"{INBOX}?own={battery.pk}")
    assert names(rows) == {"Anna"}
    assert "<span>Akku &amp; Co</span>" in rows.split('class="row"')[1]
    assert f'name="own" value="{battery.pk}"' in rows, "the search keeps it"
    assert names(text_of(client, f"{INBOX}?own={battery.pk}&kind=praise")) == set()
    assert "Akku &amp; Co" not in say(client, angry, f"own-{battery.pk}:no").content.decode()
    assert not Example.objects.exists()
    assert names(text_of(client, f"{INBOX}?own={battery.pk}")) == set()


def test_an_own_aspect_of_others_is_none(
    heard: list[StoredMessage], agent: Member, analyst: Member, outsider: Member, client_of: SignedIn
) -> None:
    theirs = aspects.create(outsider, "Fremdes")
    client = client_of(agent)
    for what in (f"own-{theirs.pk}:yes", "own-99:yes", "own-x:yes", "own-:no", f"own-{theirs.pk}:perhaps"):
        assert say(client, heard[0], what).status_code == 404
    assert names(text_of(client, f"{INBOX}?own={theirs.pk}")) == set()
    assert "Fremdes" not in text_of(client, page(heard[0], "meaning"))
    assert say(client_of(analyst), heard[0], f"own-{theirs.pk}:yes").status_code == 403
    assert not Example.objects.exists()


def test_who_manages_is_led_to_where_aspects_are_made(
    heard: list[StoredMessage], agent: Member, manager: Member, client_of: SignedIn
) -> None:
    there = "settings/understanding/#own-aspects"
    assert there in text_of(client_of(manager), page(heard[0], "meaning"))
    assert there not in text_of(client_of(agent), page(heard[0], "meaning"))
