"""Calendar, drafts, ledger and the page of what is due and not out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import now

from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.models import Content
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Publication
from resonanz.web.planning import sentences
from resonanz.web.planning.states import LOOKS

PLAN = "/w/lindner/plan/"
BERLIN = "Europe/Berlin"


def text_of(client, address: str, **query: object) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_posts_of_one_content_at_one_time_are_one_entry(client_of, editor, scheduled, view):
    html = text_of(client_of(editor), PLAN, view=view, day="2126-05-12")
    assert html.count("data-entry=") == 1
    assert "<b>09:30</b>" in html
    assert ",".join(p.key for p in scheduled) in html


def test_a_draft_stands_in_the_calendar_and_is_told_apart(client_of, editor, content):
    services.plan(editor, content, WallTime.parse("2126-05-12T09:30", BERLIN))
    html = text_of(client_of(editor), PLAN, view="month", day="2126-05-01")
    assert "is-draft" in html
    assert f'data-entry="d:{content.key}"' in html


def test_midnight_is_the_companys(client_of, editor, content, channels):
    """23:30 in Berlin on 31 May is 21:30 UTC; 0:30 on 1 June is still 31 May in UTC."""
    for variant, local in zip(
        queries.variants(content), ("2126-05-31T23:30", "2126-06-01T00:30"), strict=True
    ):
        order = scheduling.Order(variant, new_key())
        scheduling.schedule(editor, content, [order], WallTime.parse(local, BERLIN))
    client = client_of(editor)
    may = text_of(client, PLAN, view="list", day="2126-05-01")
    june = text_of(client, PLAN, view="list", day="2126-06-01")
    assert ("<b>23:30</b>" in may, "<b>00:30</b>" in may) == (True, False)
    assert ("<b>23:30</b>" in june, "<b>00:30</b>" in june) == (False, True)


def test_filters_by_channel_and_state(client_of, editor, scheduled, channels):
    client, there = client_of(editor), {"view": "month", "day": "2126-05-01"}
    assert "data-entry" in text_of(client, PLAN, **there, channel=channels[0].pk)
    assert "data-entry" not in text_of(client, PLAN, **there, channel=channels[0].pk + 1000)
    assert "data-entry" in text_of(client, PLAN, **there, state="scheduled")
    assert "data-entry" not in text_of(client, PLAN, **there, state="published")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "tomorrow", "2026-13-01", ""])
def test_odd_dates_in_the_address_show_a_calendar_all_the_same(client_of, editor, content, day):
    for view in ("month", "week", "list", "odd"):
        text_of(client_of(editor), PLAN, view=view, day=day)


def test_an_entry_moves_to_another_day_at_the_same_time_on_the_wall(client_of, editor, scheduled):
    keys = ",".join(p.key for p in scheduled)
    answer = client_of(editor).post(PLAN + "move/", {"entry": f"p:{keys}", "day": "2126-11-12"})
    assert answer.status_code == 200
    assert {p.planned_at for p in Publication.objects.all()} == {datetime(2126, 11, 12, 8, 30, tzinfo=UTC)}


def test_a_draft_moves_too(client_of, agency, editor, content):
    services.plan(editor, content, WallTime.parse("2126-05-12T09:30", BERLIN))
    answer = client_of(agency).post(PLAN + "move/", {"entry": f"d:{content.key}", "day": "2126-05-14"})
    assert answer.status_code == 200
    assert Content.objects.get().planned_for == "2126-05-14T09:30"


def test_a_move_into_a_missing_hour_is_refused_and_nothing_moves(client_of, editor, content):
    services.plan(editor, content, WallTime.parse("2027-03-27T02:30", BERLIN))
    answer = client_of(editor).post(PLAN + "move/", {"entry": f"d:{content.key}", "day": "2027-03-28"})
    assert answer.status_code == 409
    assert "jump over" in answer.json()["sentence"]
    assert Content.objects.get().planned_for == "2027-03-27T02:30"


def test_what_is_being_sent_does_not_move_and_takes_the_others_along(client_of, editor, scheduled):
    Publication.objects.filter(pk=scheduled[1].pk).update(state=PublicationState.SENDING)
    keys = ",".join(p.key for p in scheduled)
    answer = client_of(editor).post(PLAN + "move/", {"entry": f"p:{keys}", "day": "2126-05-14"})
    assert answer.status_code == 409
    assert {p.planned_at.day for p in Publication.objects.all()} == {12}


@pytest.mark.parametrize("entry", ["", "p:", "d:x", "x:y", "p:nothing"])
def test_a_made_up_entry_moves_nothing(client_of, editor, scheduled, entry):
    assert client_of(editor).post(PLAN + "move/", {"entry": entry, "day": "2126-05-14"}).status_code == 409


@pytest.mark.parametrize("role", ["agency", "agent", "analyst", "approver"])
def test_who_may_not_publish_moves_nothing_that_is_scheduled(client_of, request, scheduled, role):
    client = client_of(request.getfixturevalue(role))
    answer = client.post(PLAN + "move/", {"entry": f"p:{scheduled[0].key}", "day": "2126-05-14"})
    assert answer.status_code == 403
    html = text_of(client, f"{PLAN}publications/{scheduled[0].key}/")
    assert f"{scheduled[0].key}/cancel/" not in html
    assert client.post(f"{PLAN}publications/{scheduled[0].key}/cancel/").status_code == 403


def test_the_calendar_opens_with_few_queries_however_full_it_is(
    client_of, editor, channels, django_assert_max_num_queries
):
    for number in range(25):
        made = services.save(editor, new_key(), 0, text=f"Post {number}")
        services.choose(editor, made, channels)
        orders = [scheduling.Order(v, new_key()) for v in queries.variants(made)]
        scheduling.schedule(editor, made, orders, WallTime.parse(f"2126-05-{number + 1:02}T09:30", BERLIN))
    client = client_of(editor)
    client.get(PLAN)
    with django_assert_max_num_queries(24):
        html = text_of(client, PLAN, view="month", day="2126-05-01")
    assert html.count("data-entry=") == 25


def set_state(publication: Publication, state: str, **more: object) -> None:
    past = now() - timedelta(hours=2)
    fields = {"state": state, "planned_at": past, "due_at": None} | more
    Publication.objects.filter(pk=publication.pk).update(**fields)
    publication.refresh_from_db()


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        (
            "failed",
            {"state_field": "text", "state_detail": "too <long>"},
            ["refused the text", "too &lt;long&gt;"],
        ),
        ("failed", {"state_reason": "fault", "fault": 4711}, ["number 4711", "Try again"]),
        ("failed", {"state_reason": "something_new"}, ["The network refused the post", "Try again"]),
        ("checking", {"state_reason": "cannot_look"}, ["cannot be asked", "It is there", "It is not there"]),
        ("checking", {"state_reason": "timeout"}, ["no usable answer"]),
        ("scheduled", {"state_reason": "late"}, ["too late to send it without asking", "Send now"]),
        ("scheduled", {"due_at": datetime(2026, 1, 1, tzinfo=UTC)}, ["no worker has taken it up"]),
    ],
)
def test_what_is_due_and_not_out_is_explained_with_what_to_do(
    client_of, editor, scheduled, state, more, words
):
    set_state(scheduled[0], state, **more)
    client = client_of(editor)
    for address in (PLAN + "not-out/", f"{PLAN}publications/{scheduled[0].key}/"):
        html = text_of(client, address)
        assert all(word in html for word in words), address
    assert str(LOOKS[state].word) in text_of(client, PLAN + "ledger/")


def test_nothing_late_is_said_calmly(client_of, editor, scheduled):
    assert "Everything due is out" in text_of(client_of(editor), PLAN + "not-out/")


def test_a_paused_channel_is_named_as_the_reason(client_of, editor, scheduled):
    set_state(scheduled[0], "scheduled")
    channel = scheduled[0].channel
    channel.state = "paused"
    channel.save()
    assert "channel is paused" in text_of(client_of(editor), PLAN + "not-out/")


@pytest.mark.parametrize(
    ("before", "what", "after"),
    [
        ("failed", "retry", "scheduled"),
        ("failed", "cancel", "cancelled"),
        ("checking", "confirm", "published"),
        ("checking", "deny", "failed"),
        ("scheduled", "cancel", "cancelled"),
        ("scheduled", "now", "scheduled"),
    ],
)
def test_every_button_does_what_it_says(client_of, editor, scheduled, before, what, after):
    set_state(scheduled[0], before)
    client = client_of(editor)
    answer = client.post(f"{PLAN}publications/{scheduled[0].key}/{what}/", {"back": "not_out"})
    assert answer.status_code == 302
    assert answer.url == PLAN + "not-out/"
    scheduled[0].refresh_from_db()
    assert scheduled[0].state == after


def test_a_button_that_comes_too_late_says_so(client_of, editor, scheduled):
    set_state(scheduled[0], "published")
    client = client_of(editor)
    answer = client.post(f"{PLAN}publications/{scheduled[0].key}/cancel/", follow=True)
    assert "no longer possible: Published" in answer.content.decode()


def test_another_time_is_the_companys_whatever_the_browsers_zone(client_of, editor, scheduled):
    address = f"{PLAN}publications/{scheduled[0].key}/reschedule/"
    client_of(editor).post(address, {"local": "2126-07-01T08:00"}, headers={"Time-Zone": "Asia/Tokyo"})
    scheduled[0].refresh_from_db()
    assert scheduled[0].planned_at == datetime(2126, 7, 1, 6, tzinfo=UTC)


def test_a_missing_hour_and_no_time_are_refused_in_words(client_of, editor, scheduled):
    client, address = client_of(editor), f"{PLAN}publications/{scheduled[0].key}/reschedule/"
    before = scheduled[0].planned_at
    for local, words in (("2027-03-28T02:30", "does not exist"), ("soon", "give a date and a time")):
        assert words in client.post(address, {"local": local}, follow=True).content.decode()
    scheduled[0].refresh_from_db()
    assert scheduled[0].planned_at == before


def test_unknown_actions_and_foreign_publications_are_not_found(client_of, editor, outsider, scheduled):
    assert client_of(editor).post(f"{PLAN}publications/{scheduled[0].key}/explode/").status_code == 404
    theirs = f"/w/anderswo/plan/publications/{scheduled[0].key}/"
    assert client_of(outsider).get(theirs).status_code == 404
    assert client_of(outsider).post(theirs + "cancel/").status_code == 404


def test_the_ledger_finds_by_text_state_channel_and_day(client_of, editor, scheduled, channels):
    set_state(scheduled[0], "failed")
    client, address = client_of(editor), PLAN + "ledger/"
    assert text_of(client, address).count('class="is-') == 2
    assert text_of(client, address, q="HALL 4").count('class="is-') == 2
    assert text_of(client, address, q="nowhere").count('class="is-') == 0
    assert text_of(client, address, state="failed").count('class="is-') == 1
    assert text_of(client, address, channel=channels[1].pk).count('class="is-') == 1
    assert text_of(client, address, since="2126-01-01").count('class="is-') == 1
    assert text_of(client, address, since="odd", state="odd", channel="odd").count('class="is-') == 2


def test_every_state_of_a_publication_has_a_look():
    assert set(PublicationState.values) <= LOOKS.keys()


def test_every_reason_the_publishing_names_has_a_sentence(scheduled):
    for code in ("late", "no_worker", "cannot_look", "confirmed_absent", "interrupted", "network_works"):
        set_state(scheduled[0], "failed", state_reason=code)
        reason = sentences.why(scheduled[0])
        assert reason is not None
        assert str(reason.what) != "The network refused the post."


def test_drafts_are_listed_until_they_are_scheduled(client_of, editor, content):
    client = client_of(editor)
    assert "Open day" in text_of(client, PLAN + "drafts/")
    orders = [scheduling.Order(v, new_key()) for v in queries.variants(content)]
    scheduling.schedule(editor, content, orders, WallTime.parse("2126-05-12T09:30", BERLIN))
    assert "Open day" not in text_of(client, PLAN + "drafts/")
