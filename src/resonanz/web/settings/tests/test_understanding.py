"""The page about understanding: who reads, how far it is, what was corrected, what it would gain, one switch."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resonanz.foundation.channels.models import Channel
from resonanz.inbound.conftest import channel, connected, plaza, said, words, work
from resonanz.inbound.conversations.correcting import correct
from resonanz.inbound.conversations.models import Part
from resonanz.inbound.conversations.worker import FILE, WEIGH
from resonanz.inbound.enrichment.models import Adaptation, Enrichment, Learning
from resonanz.inbound.enrichment.worker import UNDERSTAND
from resonanz.inbound.intake.services import store
from resonanz.understanding import adaptation
from resonanz.web.settings.understanding import FEWEST

__all__ = ["channel", "plaza", "words"]
P = "/w/lindner/settings/understanding/"


def text_of(client, address=P):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def heard(channel: Channel, *texts: str) -> None:
    store(channel, [said(f"{channel.pk}-{n}", text, by=f"p{n}", minutes=n) for n, text in enumerate(texts)])
    work(FILE, UNDERSTAND, WEIGH)


def offered(workspace, *, helps=True, **more) -> Adaptation:
    gains = {"complaint": {"corrections": 14, "seen": 40, "before": 0.74, "after": 0.92, "helps": helps}}
    made = Adaptation.objects.create(
        workspace=workspace, base="words-1", version="words-1+abcd1234", data=b"", gains=gains, helps=helps
    )
    Learning.objects.update_or_create(workspace=workspace, defaults={"offered": made, **more})
    return made


def test_the_page_teaches_while_nothing_is_read(client_of, agent, words):
    shown = text_of(client_of(agent))
    assert "Nothing has been read yet" in shown
    assert "Nobody has corrected anything yet" in shown


def test_it_says_who_reads_how_much_and_how_far_it_is(client_of, agent, channel, words):
    heard(channel, "danke", "schlecht", "hm", "ja")
    shown = text_of(client_of(agent))
    assert "The fast model" in shown
    assert "Read by words-1" in shown
    assert "<progress" not in shown
    Enrichment.objects.update(reread_below=3, set_aside=2, fault=77)
    shown = text_of(client_of(agent))
    assert 'value="50"' in shown
    assert "number 77" in shown
    Enrichment.objects.update(problem="model")
    assert "missing or damaged" in text_of(client_of(agent))


def test_corrections_are_counted_and_named(client_of, agent, channel, words):
    heard(channel, "danke", "schlecht")
    for part in Part.objects.all():
        correct(agent, part.conversation_id, part.message_id, "complaint", "yes")
        correct(agent, part.conversation_id, part.message_id, "sentiment", "neutral")
    shown = text_of(client_of(agent))
    assert "Complaint: yes" in shown
    assert "Mood: neutral" in shown
    assert "Sven Keller" in shown
    assert "11 more are needed" in shown, "schlecht was a complaint anyway"
    assert FEWEST == adaptation.FEWEST


def test_a_gain_is_shown_and_switched_by_those_who_manage(
    client_of, agent, manager, workspace, channel, words
):
    heard(channel, "danke")
    part = Part.objects.get()
    correct(agent, part.conversation_id, part.message_id, "complaint", "yes")
    made = offered(workspace)
    shown = text_of(client_of(agent))
    assert "74%" in shown
    assert "92%" in shown
    assert "An owner or manager can switch it on" in shown
    assert client_of(agent).post(P + "switch/", {"version": made.version}).status_code == 403
    assert client_of(agent).post(P + "switch/", {"version": ""}).status_code == 403
    assert client_of(manager).post(P + "switch/", {"version": made.version}).status_code == 302
    assert Learning.objects.get().active == made
    shown = text_of(client_of(manager))
    assert "is switched on" in shown
    assert "Jonas Brandt" in shown
    assert "Switch it on" not in shown
    client_of(manager).post(P + "switch/", {"version": ""})
    assert Learning.objects.get().active is None


def test_what_does_not_help_cannot_be_switched_on(client_of, manager, workspace):
    made = offered(workspace, helps=False)
    assert "Switch it on" not in text_of(client_of(manager))
    client_of(manager).post(P + "switch/", {"version": made.version})
    client_of(manager).post(P + "switch/", {"version": "words-1+00000000"})
    assert Learning.objects.get().active is None


def test_what_was_learnt_for_another_model_says_that_it_rests(client_of, manager, workspace, channel, words):
    words.version = "words-2"
    heard(channel, "danke")
    Learning.objects.update_or_create(workspace=workspace, defaults={"active": offered(workspace)})
    assert "It was learnt for an earlier model" in text_of(client_of(manager))


def test_an_outsider_sees_and_switches_nothing(client_of, outsider, workspace):
    made = offered(workspace)
    assert client_of(outsider).get(P).status_code == 404
    assert client_of(outsider).post(P + "switch/", {"version": made.version}).status_code == 404
    own = P.replace("lindner", "anderswo") + "switch/"
    client_of(outsider).post(own, {"version": made.version})
    assert Learning.objects.get().active is None


@pytest.mark.parametrize("channels", [3])
def test_more_of_everything_takes_no_more_queries(client_of, agent, workspace, channel, words, channels):
    client = client_of(agent)
    heard(channel, "danke")
    part = Part.objects.get()
    correct(agent, part.conversation_id, part.message_id, "complaint", "yes")

    def asked():
        client.get(P)
        with CaptureQueriesContext(connection) as made:
            assert client.get(P).status_code == 200
        return len(made)

    few = asked()
    for n in range(channels):
        heard(connected(workspace, name=f"more{n}"), "danke", "schlecht")
    for part in Part.objects.all():
        correct(agent, part.conversation_id, part.message_id, "price", "yes")
    assert asked() == few
