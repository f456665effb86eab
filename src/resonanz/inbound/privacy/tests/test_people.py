"""One person's data: found, handed out, erased; nobody else's words suffer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import NOON, said, work
from resonanz.inbound.conversations.answering import answer
from resonanz.inbound.conversations.correcting import give_example
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Answer, Conversation
from resonanz.inbound.conversations.search import matching
from resonanz.inbound.conversations.services import add_note
from resonanz.inbound.conversations.worker import FILE, SETTLE
from resonanz.inbound.enrichment import aspects
from resonanz.inbound.enrichment.models import Example, OwnAspect, StoredReading
from resonanz.inbound.enrichment.tests.cast import Words
from resonanz.inbound.enrichment.worker import UNDERSTAND
from resonanz.inbound.intake.models import StoredAuthor, StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.inbound.privacy import queries, services
from resonanz.kernel.ids import new_key
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def anna(channel: Channel, agent: Member) -> StoredAuthor:
    """Anna began two conversations: one alone, and one in which Ben speaks too. Carl's quotes her."""
    store(
        channel,
        [
            said("alone", "My saddle creaks"),
            said("shared", "Who else has a creaking saddle?", minutes=1),
            said("ben", "I do", by="ben", minutes=2, reply_to="shared"),
            said("again", "Then we are two", minutes=3, reply_to="ben"),
            said("carl", "Look at this", by="carl", minutes=4, reply_to="alone", thread="other"),
        ],
    )
    store(channel, [said("alone", "My saddle creaks!", edited_at=NOON)])
    work(FILE)
    return StoredAuthor.objects.get(handle="anna")


def settled(made: Answer) -> None:
    Publication.objects.filter(pk=made.publication_id).update(
        state=PublicationState.PUBLISHED, remote_id="out"
    )
    work(SETTLE)


def test_people_are_found_by_how_they_are_called(anna: StoredAuthor, owner: Member, outsider: Member) -> None:
    assert [person.handle for person in queries.people(owner, "@ANN")] == ["anna"]
    assert queries.people(owner, "anna")[0].said == 3
    assert queries.people(owner, "  ") == []
    assert queries.people(outsider, "anna") == []


def test_everything_known_is_handed_out(anna: StoredAuthor, owner: Member, agent: Member) -> None:
    conversation = Conversation.objects.get(root="shared")
    add_note(agent, conversation.pk, "Careful with her")
    settled(answer(agent, conversation.pk, "Try oil", key=new_key(), seen=0))
    known = json.loads(json.dumps(services.export(owner, anna.pk)))
    assert known["person"]["handle"] == "anna"
    assert [m["text"] for m in known["messages"]] == [
        "My saddle creaks!", "Who else has a creaking saddle?", "Then we are two",
    ]  # fmt: skip
    assert [e["text"] for e in known["messages"][0]["earlier"]] == ["My saddle creaks"]
    shared = next(c for c in known["conversations"] if c["number"] == conversation.pk)
    assert [note["text"] for note in shared["notes"]] == ["Careful with her"]
    assert [made["text"] for made in shared["answers"]] == ["Try oil"]
    assert "Sven" not in json.dumps(known), "colleagues are nobody's business"
    assert "I do" not in json.dumps(known), "nor are other people's words"
    entry = Entry.objects.get(action="person.exported")
    assert "nna" not in f"{entry.target_name} {entry.changes}"


def test_who_is_erased_is_gone_and_the_others_stay(anna: StoredAuthor, owner: Member, agent: Member) -> None:
    shared = Conversation.objects.get(root="shared")
    settled(answer(agent, shared.pk, "Dear Anna", key=new_key(), seen=0))
    gone = services.erase_person(owner, anna.pk)
    assert gone.messages == 3
    assert not StoredAuthor.objects.filter(handle="anna").exists()
    assert set(StoredMessage.objects.values_list("remote_id", flat=True)) == {"ben", "carl"}
    shared.refresh_from_db()
    assert (shared.author.handle, shared.messages_count) == ("ben", 1)
    assert not matching(Conversation.objects.all(), "creaking").exists()
    assert Conversation.objects.filter(author__handle="carl").exists()
    assert Publication.objects.get().text == ""
    everything = str(list(Entry.objects.values("target_name", "changes")))
    assert "nna" not in everything
    assert Entry.objects.get(action="person.erased").changes["messages"] == [None, 3]


def test_a_conversation_in_which_nobody_waits_any_more_is_done(anna: StoredAuthor, owner: Member) -> None:
    shared = Conversation.objects.get(root="shared")
    Conversation.objects.filter(pk=shared.pk).update(waiting_since=NOON + timedelta(minutes=3))
    services.erase_person(owner, anna.pk)
    shared.refresh_from_db()
    assert (shared.status, shared.waiting_since, shared.snippet) == (Status.RESOLVED, None, "I do")


def test_while_an_answer_is_on_its_way_nobody_is_erased(
    anna: StoredAuthor, owner: Member, agent: Member
) -> None:
    answer(agent, Conversation.objects.get(root="alone").pk, "Dear Anna", key=new_key(), seen=0)
    with pytest.raises(services.AnswerUnderway):
        services.erase_person(owner, anna.pk)
    assert StoredMessage.objects.count() == 5


def test_a_failed_answer_to_somebody_erased_is_not_sent_again(
    anna: StoredAuthor, owner: Member, agent: Member
) -> None:
    made = answer(agent, Conversation.objects.get(root="alone").pk, "Dear Anna", key=new_key(), seen=0)
    Publication.objects.filter(pk=made.publication_id).update(state=PublicationState.FAILED)
    work(SETTLE)
    services.erase_person(owner, anna.pk)
    assert Publication.objects.get().state == PublicationState.CANCELLED


def test_only_those_who_manage_and_only_their_own(
    anna: StoredAuthor, agent: Member, editor: Member, outsider: Member
) -> None:
    for act in (services.export, services.erase_person):
        for member in (agent, editor):
            with pytest.raises(PermissionDenied):
                act(member, anna.pk)
        with pytest.raises(services.Missing):
            act(outsider, anna.pk)
    with pytest.raises(PermissionDenied):
        queries.people(agent, "anna")
    assert StoredMessage.objects.count() == 5


def test_what_their_words_were_read_as_is_handed_out_and_goes_with_them(
    anna: StoredAuthor, owner: Member, words: Words
) -> None:
    work(UNDERSTAND)
    known = services.export(owner, anna.pk)
    asked = next(m for m in known["messages"] if m["remote_id"] == "shared")
    assert asked["read_as"]["kinds"] == ["question"]
    assert (asked["read_as"]["language"], asked["read_as"]["model"]) == ("de", "fast words-1")
    services.erase_person(owner, anna.pk)
    assert not StoredReading.objects.filter(message__author=anna.pk).exists()
    assert StoredReading.objects.filter(message__author__handle="ben").exists()


def test_what_they_were_made_an_example_of_is_handed_out_and_goes_with_them(
    anna: StoredAuthor, owner: Member, words: Words
) -> None:
    work(UNDERSTAND)
    saddle = aspects.create(owner, "Sattel")
    asked = StoredMessage.objects.get(remote_id="shared")
    give_example(owner, asked.pk, saddle.pk, True)
    quoted = [
        "My saddle  CREAKS",
        "who else has a creaking saddle",
        "It creaks when I ride in the rain",
        "I do",
    ]
    aspects.teach(owner, saddle.pk, quoted, is_about=True)
    known = {m["remote_id"]: m for m in services.export(owner, anna.pk)["messages"]}
    assert known["shared"]["read_as"]["own_aspects"] == ["Sattel"]
    given = {"aspect": "Sattel", "is_about": True}
    assert known["shared"]["examples"] == [given | {"text": ""}, given | {"text": quoted[1]}]
    assert known["alone"]["examples"] == [given | {"text": "My saddle CREAKS"}], "as it was said before, too"
    services.erase_person(owner, anna.pk)
    assert set(Example.objects.values_list("text", flat=True)) == set(quoted[2:])
    assert OwnAspect.objects.get().due_at is not None, "it is learnt anew without them"
