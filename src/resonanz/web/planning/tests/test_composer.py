"""The composer's pages: saved by themselves, conflicts told, reviewed before anything goes out, once only."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from resonanz.foundation.media.tests import samples
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.models import Content
from resonanz.outbound.publishing.models import Publication

PLAN = "/w/lindner/plan/"


def page(content: Content, what: str = "") -> str:
    return f"{PLAN}contents/{content.key}/{what}"


def form_of(html: str) -> dict[str, list[str]]:
    """The fields of the review's form as a browser would send them."""
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        given = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        if "name" in given:
            fields.setdefault(given["name"], []).append(given.get("value", ""))
    return fields


def test_a_new_page_stores_nothing_until_something_is_written(client_of, editor, channels):
    client = client_of(editor)
    opened = client.get(PLAN + "new/", follow=True)
    assert opened.status_code == 200
    assert not Content.objects.exists()
    key = opened.redirect_chain[-1][0].split("/")[-2]
    ids = ",".join(str(c.pk) for c in channels)
    given = {
        "version": "0",
        "writer": new_key(),
        "title": "",
        "text": "Hello",
        "language": "de",
        "channels": ids,
    }
    first = client.post(f"{PLAN}contents/{key}/save/", given)
    again = client.post(f"{PLAN}contents/{key}/save/", given)
    assert first.json()["version"] == again.json()["version"] == 1
    assert {v.channel for v in queries.variants(Content.objects.get()) if v.chosen} == set(channels)


@pytest.mark.parametrize("key", ["x", "0" * 26, "ilou" * 6 + "aa"])
def test_an_address_that_was_never_a_content_is_not_found(client_of, editor, key):
    assert client_of(editor).get(f"{PLAN}contents/{key}/").status_code == 404


def test_a_made_up_key_makes_no_page(client_of, editor):
    assert client_of(editor).get(f"{PLAN}contents/ilou/?new=1").status_code == 404


def test_the_page_shows_idea_channels_limits_and_what_is_missing(client_of, editor, content, picture):
    services.attach(editor, content, picture)
    html = client_of(editor).get(page(content)).content.decode()
    assert "Come on 12 May (hall 4)" in html
    assert '"maximum": 300' in html
    assert '"linkUnits": 23' in html
    assert "1 picture has no description" in html


def test_what_two_people_write_is_a_conflict_with_a_name_and_their_words(client_of, editor, manager, content):
    services.save(manager, content.key, content.version, "his", text="Come on Tuesday <b>")
    given = {"version": str(content.version), "writer": "hers", "title": "", "text": "Mine", "language": "de"}
    answer = client_of(editor).post(page(content, "save/"), given)
    assert answer.status_code == 409
    assert "Jonas Brandt has changed this" in answer.json()["html"]
    assert "Come on Tuesday &lt;b&gt;" in answer.json()["html"]
    kept = client_of(editor).post(page(content, "save/"), given | {"force": "yes"})
    assert kept.status_code == 200
    assert Content.objects.get().text == "Mine"


def test_line_ends_of_forms_become_those_people_typed(client_of, editor, content):
    given = {"version": "1", "writer": "w", "title": "t", "text": "a\r\nb", "language": "de"}
    client_of(editor).post(page(content, "save/"), given)
    assert Content.objects.get().text == "a\nb"


def test_a_channel_gets_words_of_its_own_and_follows_again(client_of, editor, content, channels):
    client, address = client_of(editor), page(content, f"channels/{channels[0].pk}/")
    own = client.post(address, {"version": "0", "follows": "", "text": "x" * 301, "content_warning": ""})
    assert "Too long by 1: 301 of 300 characters." in own.json()["notes"][str(channels[0].pk)]
    assert own.json()["version"] == 1
    client.post(address, {"version": "1", "follows": "yes", "text": "ignored", "content_warning": ""})
    assert [v.text for v in queries.variants(content)] == [None, None]


def test_pictures_come_in_are_described_ordered_and_leave(client_of, editor, content):
    client = client_of(editor)
    ids = []
    for size in (40, 50):
        sent = SimpleUploadedFile(f"{size}.jpg", samples.photo(size, size), "text/html")
        ids.append(client.post(page(content, "pictures/"), {"file": sent}).json()["id"])
    client.post(page(content, f"pictures/{ids[1]}/"), {"alt": 'A "hall"', "order": f"{ids[1]},{ids[0]}"})
    assert [(p.file_id, p.alt) for p in content.pictures.all()] == [(ids[1], 'A "hall"'), (ids[0], "")]
    client.post(page(content, f"pictures/{ids[0]}/"), {"detach": "yes"})
    assert [p.file_id for p in content.pictures.all()] == [ids[1]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (samples.and_zip(samples.photo()), "hidden in this file"),
        (samples.png_bomb(), "64 megapixels"),
        (b"MZ", "not a picture"),
        (samples.photo()[:500], "damaged"),
    ],
)
def test_a_refused_file_is_explained(client_of, editor, content, data, words):
    sent = SimpleUploadedFile("photo.jpg", data, "image/jpeg")
    answer = client_of(editor).post(page(content, "pictures/"), {"file": sent})
    assert answer.status_code == 422
    assert words in answer.json()["sentence"]
    assert not content.pictures.exists()


def test_a_picture_is_served_so_that_nothing_in_it_can_run_and_no_cache_shares_it(client_of, editor, picture):
    for address in (f"{PLAN}media/{picture.pk}/", f"{PLAN}media/{picture.pk}/small/"):
        answer = client_of(editor).get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, max-age=3600"
        assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"


def test_another_companys_picture_is_not_found(client_of, editor, outsider, picture):
    client = client_of(outsider)
    assert client.get(f"{PLAN}media/{picture.pk}/").status_code == 404
    assert client.get(f"/w/anderswo/plan/media/{picture.pk}/").status_code == 404
    assert client.get(f"/w/anderswo/plan/media/{picture.pk}/small/").status_code == 404


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ("2026-03-29T02:30", ["02:30 does not exist", "01:30", "03:30"]),
        ("2026-10-25T02:30", ["this hour comes twice", "the second"]),
        ("2126-05-12T09:30", ["Sunday, 12 May 2126, 09:30", "Berlin"]),
        ("nonsense", ["Please give a date and a time"]),
        ("", ["Please give a date and a time"]),
    ],
)
def test_a_time_is_explained(client_of, editor, local, words):
    html = client_of(editor).get(PLAN + "when/", {"when": "later", "local": local}).content.decode()
    assert all(word in html for word in words)


def test_what_was_reviewed_goes_out_once_however_often_it_is_sent(client_of, editor, content):
    client = client_of(editor)
    later = {"when": "later", "local": "2126-05-12T09:30"}
    html = client.get(page(content, "review/"), later).content.decode()
    assert "Schedule 2 posts" in html
    assert "Come on 12 May (hall 4)" in html
    fields = form_of(html)
    first, again = (client.post(page(content, "schedule/"), fields) for _ in range(2))
    assert first.status_code == again.status_code == 204
    assert first["HX-Redirect"] == page(content)
    assert Publication.objects.count() == 2
    assert {p.planned_at.isoformat() for p in Publication.objects.all()} == {"2126-05-12T07:30:00+00:00"}


def test_two_open_reviews_cannot_send_twice(client_of, editor, content):
    client = client_of(editor)
    one, two = (form_of(client.get(page(content, "review/")).content.decode()) for _ in range(2))
    assert client.post(page(content, "schedule/"), one).status_code == 204
    refused = client.post(page(content, "schedule/"), two)
    assert refused.status_code == 422
    assert "Nothing was sent twice" in refused.content.decode()
    assert Publication.objects.count() == 2


def test_what_changed_after_the_review_does_not_go_out(client_of, editor, manager, content):
    client = client_of(editor)
    fields = form_of(client.get(page(content, "review/")).content.decode())
    services.save(manager, content.key, content.version, "his", text="Something else")
    refused = client.post(page(content, "schedule/"), fields)
    assert refused.status_code == 422
    assert "Somebody changed the content" in refused.content.decode()
    assert "Something else" in refused.content.decode()
    assert not Publication.objects.exists()


def test_a_missing_hour_is_refused_in_words(client_of, editor, content):
    client = client_of(editor)
    fields = form_of(client.get(page(content, "review/")).content.decode())
    late = {"when": ["later"], "local": ["2026-03-29T02:30"]}
    refused = client.post(page(content, "schedule/"), fields | late)
    assert refused.status_code == 422
    assert "does not exist" in refused.content.decode()


def test_a_post_that_is_too_long_cannot_be_confirmed(client_of, editor, content):
    services.save(editor, content.key, content.version, text="x" * 301)
    html = client_of(editor).get(page(content, "review/")).content.decode()
    assert "Too long by 1" in html
    assert re.search(r'type="submit"[^>]*disabled', html)


def test_nothing_chosen_is_nothing_sent(client_of, editor, content):
    services.choose(editor, content, [])
    client = client_of(editor)
    assert "There is nothing to send" in client.get(page(content, "review/")).content.decode()
    assert client.post(page(content, "schedule/"), {"when": "now"}).status_code == 422


def test_an_agency_writes_but_does_not_send(client_of, agency, editor, content):
    client = client_of(agency)
    html = client.get(page(content)).content.decode()
    assert "a colleague with the right to publish sends it" in html
    assert 'id="review-open"' not in html
    given = {"version": "1", "writer": "w", "title": "", "text": "From the agency", "language": "de"}
    assert client.post(page(content, "save/"), given).status_code == 200
    fields = form_of(client_of(editor).get(page(content, "review/")).content.decode())
    assert client.post(page(content, "schedule/"), fields).status_code == 403
    assert not Publication.objects.exists()


@pytest.mark.parametrize("role", ["agent", "analyst", "approver"])
def test_who_may_not_write_reads_only(client_of, request, content, role):
    client = client_of(request.getfixturevalue(role))
    html = client.get(page(content)).content.decode()
    assert "data-may-write" not in html
    assert client.post(page(content, "save/"), {"version": "1", "text": "x"}).status_code == 403
    assert client.post(page(content, "archive/")).status_code == 403
    assert client.get(PLAN + "new/").status_code == 403


def test_a_scheduled_post_shows_its_time_and_takes_changes_over(client_of, editor, content, scheduled):
    client = client_of(editor)
    assert "12 May 2126" in client.get(page(content)).content.decode()
    services.save(editor, content.key, queries.get(editor, content.key).version, text="Come on 13 May")
    html = client.get(page(content)).content.decode()
    assert "still has the earlier wording" in html
    key = re.findall(r'name="key" value="(\w+)"', html)[0]
    address = f"{PLAN}publications/{scheduled[0].key}/replace/"
    for _ in range(2):
        assert client.post(address, {"key": key, "back": "content"}).status_code == 302
    assert Publication.objects.filter(text="Come on 13 May", state="scheduled").count() == 1
    assert Publication.objects.filter(state="cancelled").count() == 1


def test_putting_away_bringing_back_and_copying(client_of, editor, content):
    client = client_of(editor)
    client.post(page(content, "archive/"))
    assert "was put away" in client.get(page(content)).content.decode()
    client.post(page(content, "restore/"))
    copied = client.post(page(content, "copy/"))
    assert copied.status_code == 302
    assert Content.objects.count() == 2
    assert client.post(page(content, "explode/")).status_code == 404


def test_no_page_asks_the_browser_for_its_time_zone():
    """A time means the workspace's wall; a script that asked for the browser's zone would be a fault."""
    from pathlib import Path

    for script in (Path(__file__).parents[1] / "static" / "planning").glob("*.js"):
        text = script.read_text()
        assert "getTimezoneOffset" not in text, script.name
        assert "resolvedOptions" not in text, script.name


def test_scheduling_needs_the_real_variants_of_this_content(client_of, editor, outsider, content):
    made = services.save(outsider, new_key(), 0, text="theirs")
    fields = {"when": "now", "variant": ["1", "999"], "key-1": new_key(), "seen-1": "x"}
    assert client_of(outsider).post(page(content, "schedule/"), fields).status_code == 404
    assert client_of(outsider).get(f"/w/anderswo/plan/contents/{content.key}/").status_code == 404
    assert scheduling.OVER
    assert made.pk


def test_a_content_warning_counts_where_the_network_counts_it(client_of, editor, content, channels):
    given = {"version": "0", "follows": "", "text": "x" * 490, "content_warning": "y" * 11}
    answer = client_of(editor).post(page(content, f"channels/{channels[1].pk}/"), given)
    assert "Too long by 1: 501 of 500" in answer.json()["notes"][str(channels[1].pk)]
