"""The pages of the inbox: what is shown, what is done, and to whom nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.workspaces.models import Department, Member, Workspace
from resonanz.inbound.conftest import connected, said, work
from resonanz.inbound.conversations import answering, presence, services
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Answer, Conversation, Label, Note
from resonanz.inbound.conversations.worker import FILE
from resonanz.inbound.intake.services import store
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Attachment, MessageKind, Visibility
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication

INBOX = "/w/lindner/inbox/"
SignedIn = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def clock() -> time_machine.Coordinates:
    with time_machine.travel(datetime(2026, 3, 4, 8, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def conversation(channel: Channel) -> Conversation:
    store(channel, [said("1", "When do you open?"), said("2", "Hello?", minutes=3, reply_to="1")])
    work(FILE)
    return Conversation.objects.get()


def page(conversation: Conversation, what: str = "") -> str:
    return f"{INBOX}{conversation.pk}/{what}"


def text_of(client: Client, address: str, **more: object) -> str:
    response = client.get(address, **more)  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


def pane(client: Client, address: str, data: dict[str, object]) -> str:
    """What htmx gets back for the pane."""
    headers = {"HX-Request": "true", "HX-Target": "pane"}
    response = client.post(address, data, headers=headers)
    assert response.status_code == 200, response.status_code
    assert "<html" not in response.content.decode()
    return response.content.decode()


def answered(client: Client, conversation: Conversation, text: str = "At nine.", **more: object) -> str:
    data = {"text": text, "key": new_key(), "seen": "0", **more}
    return pane(client, page(conversation, "answer/"), data)


def test_the_inbox_teaches_while_it_is_empty(agent: Member, client_of: SignedIn) -> None:
    assert "Here people get their answers" in text_of(client_of(agent), INBOX)


def test_a_conversation_is_listed_and_opens(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    assert "Hello?" in text_of(client, INBOX)
    opened = text_of(client, page(conversation))
    for shown in ("When do you open?", "Hello?", "To Anna:", "Messages to us"):
        assert shown in opened


def test_htmx_gets_only_the_pane(conversation: Conversation, agent: Member, client_of: SignedIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "pane"}
    shown = text_of(client_of(agent), page(conversation), headers=headers)
    assert "<html" not in shown
    assert "When do you open?" in shown


def test_an_outsider_finds_nothing_and_changes_nothing(
    conversation: Conversation, outsider: Member, client_of: SignedIn
) -> None:
    client = client_of(outsider)
    own = f"/w/anderswo/inbox/{conversation.pk}/"
    assert client.get(own).status_code == 404, "not through their own workspace either"
    for what in (
        "status/",
        "snooze/",
        "assign/",
        "department/",
        "label/",
        "note/",
        "answer/",
        "count/",
        "presence/",
    ):
        for address in (page(conversation, what), own + what):
            data = {
                "status": "resolved",
                "choice": "later",
                "add": "x",
                "note": "x",
                "text": "x",
                "key": new_key(),
            }
            assert client.post(address, data).status_code == 404, address
    listed = client.post("/w/anderswo/inbox/bulk/", {"ids": conversation.pk, "action": "resolved"})
    assert listed.status_code == 404
    assert "Hello?" not in text_of(client, "/w/anderswo/inbox/?view=all")
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN
    assert not Note.objects.exists()
    assert not Label.objects.exists()
    assert not Answer.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "approver"])
def test_those_who_only_read_see_no_buttons_and_are_refused(
    conversation: Conversation, role: str, request: pytest.FixtureRequest, client_of: SignedIn
) -> None:
    client = client_of(request.getfixturevalue(role))
    shown = text_of(client, page(conversation))
    assert "answer-form" not in shown.replace('form="answer-form"', "")
    assert "data-key-form" not in shown
    refused = {
        "status/": {"status": "resolved"},
        "answer/": {"text": "Hi", "key": new_key()},
        "note/": {"note": "Hi"},
        "snooze/": {"choice": "later"},
        "label/": {"add": "x"},
        "assign/": {"member": ""},
        "department/": {"department": ""},
    }
    for what, data in refused.items():
        assert client.post(page(conversation, what), data).status_code == 403, what
    assert client.post(page(conversation, "presence/")).status_code == 200
    assert not conversation.presences.exists(), "who only reads keeps nobody from answering"


def test_status_snooze_and_assignment(
    conversation: Conversation, agent: Member, editor: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    pane(client, page(conversation, "assign/"), {"member": editor.pk})
    pane(client, page(conversation, "snooze/"), {"choice": "tomorrow"})
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.status) == (editor, Status.SNOOZED)
    assert conversation.due_at == datetime(2026, 3, 5, 8, tzinfo=UTC), "nine in Berlin"
    assert "Open again" in pane(client, page(conversation, "status/"), {"status": "resolved"})
    pane(client, page(conversation, "status/"), {"status": "open"})
    pane(client, page(conversation, "assign/"), {"member": ""})
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.status) == (None, Status.OPEN)


def test_a_chosen_time_is_on_the_companys_clock(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    pane(client_of(agent), page(conversation, "snooze/"), {"until": "2026-07-01T10:30"})
    conversation.refresh_from_db()
    assert conversation.due_at == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "data", [{"until": "2020-01-01T10:00"}, {"until": "nonsense"}, {"choice": "never"}, {}]
)
def test_a_bad_moment_is_explained(
    conversation: Conversation, agent: Member, client_of: SignedIn, data: dict[str, str]
) -> None:
    assert "in the future" in pane(client_of(agent), page(conversation, "snooze/"), dict(data))
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_labels_department_and_notes(
    conversation: Conversation, workspace: Workspace, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    service = Department.objects.create(workspace=workspace, name="Service")
    assert "Complaint" in pane(client, page(conversation, "label/"), {"add": "Complaint"})
    pane(client, page(conversation, "department/"), {"department": service.pk})
    assert "Be kind" in pane(client, page(conversation, "note/"), {"note": "Be kind"})
    conversation.refresh_from_db()
    assert conversation.department == service
    pane(client, page(conversation, "label/"), {"remove": Label.objects.get().pk})
    assert not conversation.labels.exists()


def test_an_answer_appears_at_once_with_its_state(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    shown = answered(client_of(agent), conversation)
    assert "At nine." in shown
    assert "Being sent" in shown
    Publication.objects.update(state=PublicationState.PUBLISHED, url="https://plaza.example/3", remote_id="3")
    thread = text_of(client_of(agent), page(conversation, "thread/"))
    assert "https://plaza.example/3" in thread
    assert "Sent" in thread


def test_a_double_click_answers_once(conversation: Conversation, agent: Member, client_of: SignedIn) -> None:
    client, key = client_of(agent), new_key()
    for _click in range(2):
        answered(client, conversation, key=key)
    assert Publication.objects.count() == 1


def test_a_colleagues_answer_in_between_is_shown_and_the_text_kept(
    conversation: Conversation, agent: Member, editor: Member, client_of: SignedIn
) -> None:
    answering.answer(editor, conversation.pk, "At nine.", key=new_key(), seen=0)
    client = client_of(agent)
    headers = {"HX-Request": "true", "HX-Target": "pane"}
    data = {"text": "At ten, I think.", "key": new_key(), "seen": "0"}
    response = client.post(page(conversation, "answer/"), data, headers=headers)
    shown = response.content.decode()
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#answer-box"
    assert "Mira Okafor has answered in the meantime" in shown
    assert "At ten, I think." in shown
    assert Publication.objects.count() == 1
    seen = ["0", str(Answer.objects.get().pk)]
    pane(client, page(conversation, "answer/"), data | {"seen": seen})
    assert Publication.objects.count() == 2


@pytest.mark.parametrize(("text", "sentence"), [("x" * 303, "Too long by 3"), ("  ", "nothing to send")])
def test_what_cannot_go_out_stays_in_the_box(
    conversation: Conversation, agent: Member, client_of: SignedIn, text: str, sentence: str
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "pane"}
    data = {"text": text, "key": new_key(), "seen": "0"}
    response = client_of(agent).post(page(conversation, "answer/"), data, headers=headers)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert text in response.content.decode()


def test_without_scripts_everything_still_works(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    data = {"text": "At nine.", "key": new_key(), "seen": "0"}
    assert client.post(page(conversation, "answer/"), data).status_code == 302
    assert client.post(page(conversation, "status/"), {"status": "resolved"}).status_code == 302
    assert (
        client.post(page(conversation, "answer/"), data | {"key": new_key(), "text": ""}).status_code == 422
    )


def test_the_length_is_counted_as_the_network_counts(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    response = client_of(agent).post(page(conversation, "count/"), {"text": "Grüße 👩‍🔧"})
    assert ">293</output>" in response.content.decode()


def test_an_answer_that_failed_can_be_tried_again_or_discarded(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    answered(client, conversation)
    made = Answer.objects.get()
    Publication.objects.update(state=PublicationState.FAILED, state_detail="Nope", due_at=None)
    assert "Nope" in text_of(client, page(conversation))
    decide = page(conversation, f"answers/{made.pk}/")
    assert "Being sent" in pane(client, decide, {"do": "again"})
    Publication.objects.update(state=PublicationState.FAILED)
    assert "Discarded" in pane(client, decide, {"do": "discard"})
    assert "changed in the meantime" in pane(client, decide, {"do": "again"})
    assert client.post(decide, {"do": "nonsense"}).status_code == 404
    assert client.post(page(conversation, "answers/999/"), {"do": "again"}).status_code == 404


def test_what_the_network_does_not_confirm_a_person_decides(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    answered(client, conversation)
    Publication.objects.update(state=PublicationState.CHECKING, sent_at=now())
    decide = page(conversation, f"answers/{Answer.objects.get().pk}/")
    assert "I see it there" in text_of(client, page(conversation))
    assert "Not sent" in pane(client, decide, {"do": "not_out"})


def test_an_answer_waits_for_a_paused_channel_and_says_so(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    Channel.objects.update(state=ChannelState.PAUSED)
    assert "Waits for the channel" in answered(client_of(agent), conversation)


def test_who_is_here_is_seen(
    conversation: Conversation, agent: Member, editor: Member, client_of: SignedIn
) -> None:
    presence.look(editor, conversation, writing=True)
    response = client_of(agent).post(page(conversation, "presence/"), {"writing": ""})
    assert "Mira Okafor is writing an answer" in response.content.decode()


def test_several_at_once(channel: Channel, agent: Member, outsider: Member, client_of: SignedIn) -> None:
    store(channel, [said(str(n), by=f"p{n}") for n in range(4)])
    work(FILE)
    ids = list(Conversation.objects.values_list("pk", flat=True))
    client = client_of(agent)
    headers = {"HX-Request": "true", "HX-Target": "list-body"}
    response = client.post(INBOX + "bulk/", {"ids": ids[:3], "action": "resolved"}, headers=headers)
    assert "3 conversations changed." in response.content.decode()
    assert Conversation.objects.filter(status=Status.RESOLVED).count() == 3
    client.post(INBOX + "bulk/", {"ids": ids, "action": "label", "label": "Fair"})
    assert Label.objects.get().conversations.count() == 4
    for bad in (
        {"ids": ids, "action": "nonsense"},
        {"ids": [*ids, 10**18], "action": "open"},
        {"ids": "9" * 40, "action": "open"},
    ):
        assert client.post(INBOX + "bulk/", bad).status_code == 404
    assert client.post(INBOX + "bulk/", {"action": "open"}, headers=headers).status_code == 200


def test_lists_pages_and_searches(channel: Channel, agent: Member, client_of: SignedIn) -> None:
    store(channel, [said(str(n), f"Frage {n} von Müller", by=f"p{n}", minutes=n) for n in range(45)])
    work(FILE)
    client = client_of(agent)
    first = text_of(client, INBOX)
    assert first.count('class="row"') == 30
    following = first.split('hx-get="/w/lindner/inbox/rows/?after=')[1].split('"')[0]
    more = text_of(client, INBOX + "rows/?after=" + following)
    assert more.count('class="row"') == 15
    assert text_of(client, INBOX + "?q=mueller+frage+44").count('class="row"') == 1
    assert "Nothing fits" in text_of(client, INBOX + "?q=xyz")


@pytest.mark.parametrize(
    "query",
    ["view=nonsense", "channel=x", f"label={'9' * 30}", "after=1.2.3", "view=waiting&after=5.5", "q=%00"],
)
def test_an_address_somebody_typed_breaks_nothing(
    conversation: Conversation, agent: Member, client_of: SignedIn, query: str
) -> None:
    assert client_of(agent).get(f"{INBOX}?{query}").status_code == 200
    assert client_of(agent).get(f"{page(conversation)}?{query}&to={'9' * 30}").status_code == 200


def test_nothing_of_a_network_runs_or_is_loaded_in_the_browser(
    channel: Channel, agent: Member, client_of: SignedIn
) -> None:
    picture = Attachment("image", "https://evil.example/track.png", 'A "door"')
    script = Attachment("image", "javascript:alert(1)", "")
    store(
        channel,
        [
            said(
                "1",
                "<script>alert(1)</script> https://ok.example/<b>",
                attachments=(picture, script),
                url="javascript:alert(2)",
            )
        ],
    )
    work(FILE)
    shown = text_of(client_of(agent), page(Conversation.objects.get()))
    assert "<script>alert" not in shown
    assert "javascript:" not in shown
    assert "<img" not in shown.split('id="thread"')[1].split("</ol>")[0]
    assert "A &quot;door&quot;" in shown
    assert 'href="https://evil.example/track.png"' in shown, "a person may choose to go there"


def test_a_direct_message_says_who_will_see_the_answer(
    channel: Channel, agent: Member, client_of: SignedIn
) -> None:
    store(channel, [said("1", kind=MessageKind.DIRECT, visibility=Visibility.DIRECT)])
    work(FILE)
    assert "only they will see it" in text_of(client_of(agent), page(Conversation.objects.get()))


def test_a_feed_has_no_answer_box(
    workspace: Workspace, channel: Channel, agent: Member, client_of: SignedIn
) -> None:
    feed = connected(workspace, "gazette")
    store(feed, [said("a", kind=MessageKind.ARTICLE, title="New plant")])
    work(FILE)
    shown = text_of(client_of(agent), page(Conversation.objects.get(channel=feed)))
    assert "nobody can be answered there" in shown
    assert "note-form" in shown


def test_today_shows_who_waits_longest_first(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    shown = text_of(client_of(agent), "/w/lindner/today/")
    assert "Waiting for an answer" in shown
    assert page(conversation) in shown


def test_ctrl_k_finds_conversations(conversation: Conversation, agent: Member, client_of: SignedIn) -> None:
    assert page(conversation) in text_of(client_of(agent), "/w/lindner/commands/?q=open")


def test_pages_take_as_many_queries_for_much_as_for_little(
    channel: Channel, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    store(channel, [said("0"), *(said(f"r{n}", reply_to="0", minutes=n, by="anna") for n in range(1, 5))])
    work(FILE)
    one = Conversation.objects.get()

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as made:
            assert client.get(address).status_code == 200
        return len(made)

    few = asked(INBOX), asked(page(one))
    store(channel, [said(f"x{n}", by=f"p{n}", minutes=n) for n in range(30)])
    store(channel, [said(f"s{n}", reply_to="0", minutes=60 + n, by=f"q{n}") for n in range(30)])
    work(FILE)
    services.assign(agent, [c.pk for c in Conversation.objects.all()[:20]], agent)
    for n in range(4):
        services.add_note(agent, one.pk, f"note {n}")
        answering.answer(agent, one.pk, f"answer {n}", key=new_key(), seen=0)
    many = asked(INBOX), asked(page(one))
    assert many == few
    assert many[0] <= 16
    assert many[1] <= 32


def test_times_are_the_companys(channel: Channel, agent: Member, client_of: SignedIn) -> None:
    store(channel, [said("1", minutes=-12 * 60 + 15)])
    work(FILE)
    assert "01:15" in text_of(client_of(agent), page(Conversation.objects.get()))


def test_the_thread_tells_who_did_what_and_what_was_edited(
    channel: Channel, agent: Member, client_of: SignedIn
) -> None:
    store(channel, [said("1", "A red door")])
    work(FILE)
    conversation = Conversation.objects.get()
    store(channel, [said("1", "A blue door", edited_at=now())])
    work(FILE)
    client = client_of(agent)
    pane(client, page(conversation, "status/"), {"status": "resolved"})
    pane(client, page(conversation, "label/"), {"add": "Lob"})
    shown = text_of(client, page(conversation, "thread/"))
    assert "Sven Keller resolved it" in shown
    assert "Sven Keller put the label “Lob” on it" in shown
    assert "What it said before" in shown
    assert "A red door" in shown


def test_the_page_of_a_conversation_asks_for_its_list_when_there_is_room_for_it(
    conversation: Conversation, agent: Member, client_of: SignedIn
) -> None:
    client = client_of(agent)
    assert 'hx-trigger="intersect once, ' in text_of(client, page(conversation))
    assert f'id="row-{conversation.pk}"' not in text_of(client, page(conversation))
    assert f'id="row-{conversation.pk}"' in text_of(client, f"{INBOX}rows/")
