"""Mastodon's JSON as it comes from several servers, in our words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from resonanz.connectorkit.network import Account
from resonanz.connectors.mastodon import instance, translate
from resonanz.connectors.mastodon.manifest import LIMITS
from resonanz.connectors.mastodon.translate import Home
from resonanz.kernel.messages import Author, MessageKind, Reference, Visibility
from resonanz.kernel.publishing import Draft, Upload

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME = Home("mastodon.example", "1")
KEY = "01jd0000000000000000000000"


def status(**changes: Any) -> dict[str, Any]:
    return {
        "id": "100",
        "created_at": "2026-11-22T11:00:00.000Z",
        "account": {
            "id": "2",
            "username": "kunde",
            "acct": "kunde@anderswo.example",
            "display_name": "Kunde",
        },
        "content": "<p>Guten Tag</p>",
        "visibility": "public",
        "url": "https://anderswo.example/@kunde/100",
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "reblog": None,
        "media_attachments": [],
        "mentions": [],
    } | changes


US = {"id": "1", "username": "wir", "acct": "wir", "url": "https://mastodon.example/@wir"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<p>eins<br>zwei</p><p>drei</p>", "eins\nzwei\n\ndrei"),
        ("<p>1 &lt; 2 &amp; &quot;3&quot;</p>", '1 < 2 & "3"'),
        (
            '<p>Siehe <a href="https://example.com/ein/langer/weg"><span class="invisible">https://</span>'
            '<span class="ellipsis">example.com/ein/la</span><span class="invisible">nger/weg</span></a>.</p>',
            "Siehe https://example.com/ein/langer/weg.",
        ),
        (
            '<p><span class="h-card"><a href="https://mastodon.example/@wir" class="u-url mention">@<span>wir</span>'
            "</a></span> hallo</p>",
            "@wir@mastodon.example hallo",
        ),
        (  # somebody the server did not list
            '<p><a class="u-url mention" href="https://dritte.example/@eva">@<span>eva</span></a>?</p>',
            "@eva@dritte.example?",
        ),
        (  # Friendica and Pleroma
            '<p><a href="https://mastodon.example/@wir">@wir</a> da</p>',
            "@wir@mastodon.example da",
        ),
        (
            '<p><a href="https://x.example/tags/rad" class="mention hashtag" rel="tag">#<span>Rad</span></a></p>',
            "#Rad",
        ),
        ('<p>mit <a href="https://example.com/">Namen</a></p>', "mit Namen (https://example.com/)"),
        ('<a href="javascript:alert(1)">klick</a>', "klick"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style>", "a"),
        ("<ul><li>eins</li><li>zwei</li></ul>", "- eins\n- zwei"),
        ("<p>viel     Platz\n\n und   Umbruch</p>", "viel Platz und Umbruch"),
        ("Å", "Å"),
        ("<p>offen <b>und <i>nie zu", "offen und nie zu"),
        ("", ""),
    ],
)
def test_content_becomes_the_text_a_person_would_copy(content: str, expected: str) -> None:
    message = translate.message(status(content=content, mentions=[US]), HOME, NOW)
    assert message.text == expected


def test_links_are_listed_without_people_and_tags() -> None:
    content = (
        '<p><a class="mention" href="https://mastodon.example/@wir">@wir</a>'
        '<a class="mention hashtag" href="https://x.example/tags/rad">#Rad</a>'
        '<a href="https://example.com/a">a</a><a href="https://example.com/a">a</a></p>'
    )
    assert translate.message(status(content=content, mentions=[US]), HOME, NOW).links == (
        "https://example.com/a",
    )


def test_the_link_to_a_quoted_post_is_left_out_where_the_quote_is_known() -> None:
    content = (
        '<p class="quote-inline">RE: <a href="https://x.example/1">https://x.example/1</a></p><p>Genau!</p>'
    )
    quote = {"state": "accepted", "quoted_status": status(account=US)}
    message = translate.message(status(content=content, quote=quote), HOME, NOW)
    assert (message.text, message.kind) == ("Genau!", MessageKind.QUOTE)
    assert "RE:" in translate.message(status(content=content), HOME, NOW).text


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"visibility": "direct", "in_reply_to_account_id": "1", "mentions": [US]}, MessageKind.DIRECT),
        ({"in_reply_to_account_id": "1", "mentions": [US]}, MessageKind.REPLY),
        ({"in_reply_to_account_id": 1}, MessageKind.REPLY),
        ({"mentions": [US]}, MessageKind.MENTION),
        ({"in_reply_to_account_id": "9"}, MessageKind.POST),
        ({"account": US, "mentions": [US]}, MessageKind.POST),
    ],
)
def test_how_a_message_reached_us(changes: dict[str, Any], kind: MessageKind) -> None:
    assert translate.message(status(**changes), HOME, NOW).kind is kind


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("public", Visibility.PUBLIC),
        ("unlisted", Visibility.UNLISTED),
        ("private", Visibility.FOLLOWERS),
        ("direct", Visibility.DIRECT),
        ("local", Visibility.FOLLOWERS),
        (None, Visibility.PUBLIC),
    ],
)
def test_an_unknown_visibility_is_not_taken_for_public(theirs: str | None, ours: Visibility) -> None:
    assert translate.message(status(visibility=theirs), HOME, NOW).visibility is ours


def test_ids_carry_their_server_and_numbers_will_do() -> None:
    message = translate.message(status(id=100, in_reply_to_id=99), HOME, NOW)
    assert message.remote_id == "100@mastodon.example"
    assert message.reply_to == "99@mastodon.example"
    assert translate.local_id(message.reference) == "100"
    assert translate.local_id(Reference("AbC9@server.example")) == "AbC9"


def test_a_thread_is_told_from_its_beginning_whatever_the_clocks_say() -> None:
    context = {
        "ancestors": [status(id="1", created_at="2026-11-22T11:59:00Z")],
        "descendants": [status(id="4", created_at="2026-11-22T11:30:00Z"), status(id="3"), {"id": "broken"}],
    }
    found = translate.thread(status(id="2", created_at="2026-11-22T10:00:00Z"), context, HOME, NOW)
    assert [translate.local_id(one.reference) for one in found] == ["1", "2", "3", "4"]
    assert [one.thread for one in found] == ["", *["1@mastodon.example"] * 3]


# --- what goes out -------------------------------------------------------------------------------------------------


def draft(text: str = "Danke", **options: Any) -> Draft:
    return Draft(KEY, text, NOW, **options)


def test_an_answer_names_whom_it_answers_once() -> None:
    to = Reference("1@mastodon.example", {"id": "1", "acct": "Kunde@anderswo.example"})
    assert translate.full_text(draft(reply_to=to)) == "@Kunde@anderswo.example Danke"
    local = Reference("1@mastodon.example", {"id": "1", "acct": "eva"})
    assert translate.full_text(draft("Danke @eva2", reply_to=local)) == "@eva Danke @eva2"
    assert translate.full_text(draft("Danke @Eva.", reply_to=local)) == "Danke @Eva."
    named = "Danke @kunde@anderswo.example!"
    assert translate.full_text(draft(named, reply_to=to)) == named
    assert translate.full_text(draft(reply_to=Reference("1@x.example", {"id": "1"}))) == "Danke"


def test_the_body_holds_what_the_draft_says_and_nothing_else() -> None:
    whole = draft(
        language="de-CH",
        reply_to=Reference("7@mastodon.example"),
        quote=Reference("8@mastodon.example"),
        visibility=Visibility.FOLLOWERS,
        content_warning="Ironie",
    )
    assert translate.status_body(whole, [Upload("m", {"id": "5"})]) == {
        "status": "Danke",
        "visibility": "private",
        "media_ids": ["5"],
        "spoiler_text": "Ironie",
        "sensitive": True,
        "language": "de",
        "in_reply_to_id": "7",
        "quoted_status_id": "8",
    }
    assert translate.status_body(draft(), []) == {"status": "Danke", "visibility": "public"}


# --- limits --------------------------------------------------------------------------------------------------------


def test_a_server_says_its_own_limits() -> None:
    said = {
        "configuration": {
            "statuses": {
                "max_characters": 5000,
                "max_media_attachments": 6,
                "characters_reserved_per_url": 25,
            },
            "media_attachments": {
                "supported_mime_types": ["image/png", "image/avif", "video/mp4", 7],
                "image_size_limit": 1000,
                "video_size_limit": 2000,
                "description_limit": 300,
            },
        }
    }
    limits = instance.limits(said, "https://m.example/api/v2/instance", NOW.date())
    assert (limits.text[0].maximum, limits.text[0].link_units) == (5000, 25)
    assert limits.images is not None
    assert (limits.images.maximum, limits.images.max_bytes, limits.images.max_alt) == (6, 1000, 300)
    assert limits.images.content_types == {"image/png", "image/avif"}
    assert limits.video is not None
    assert (limits.video.content_types, limits.video.max_bytes) == ({"video/mp4"}, 2000)
    assert limits.text[0].source.url == "https://m.example/api/v2/instance"


@pytest.mark.parametrize("said", [{}, None, [], {"configuration": {"statuses": {"max_characters": -1}}}])
def test_what_a_server_does_not_say_is_as_usual(said: Any) -> None:
    limits = instance.limits(said, "https://m.example/", NOW.date())
    assert limits.text[0].maximum == LIMITS.text[0].maximum
    assert limits.images is not None
    assert limits.images.max_bytes == 16_777_216


def test_pleromas_way_of_saying_it() -> None:
    said = {"max_toot_chars": 4000, "upload_limit": 9000, "uri": "https://pleroma.example"}
    limits = instance.limits(said, "https://m.example/", NOW.date())
    assert limits.text[0].maximum == 4000
    assert limits.images is not None
    assert limits.images.max_bytes == 9000
    assert instance.domain(said, "host.example") == "pleroma.example"


@pytest.mark.parametrize(
    ("text", "warning", "used"),
    [
        ("Grüße 👩‍👩‍👧‍👦", "", 7),
        ("https://example.com/" + "x" * 300, "", 23),
        ("@kunde@anderswo.example hallo", "", 12),
        ("Text", "Warnung", 11),
        ("Fußball: https://example.com, https://example.org!", "", 9 + 23 + 2 + 23 + 1),
    ],
)
def test_text_is_counted_as_mastodon_counts(text: str, warning: str, used: int) -> None:
    assert LIMITS.text[0].used(text, warning) == used


def test_people_have_whole_handles_and_a_home() -> None:
    account = Account(
        "https://web.mastodon.example", Author("1", "wir"), {"domain": "mastodon.example", "id": "1"}
    )
    found = translate.author(US | {"followers_count": "12", "bot": True}, Home.of(account))
    assert (found.remote_id, found.handle) == ("1@mastodon.example", "wir@mastodon.example")
    assert (found.followers, found.is_bot) == (12, True)
