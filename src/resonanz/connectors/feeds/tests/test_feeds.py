"""Feeds as they are found: of every kind, moved, shortened, broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from resonanz.connectorkit.errors import AccessLost, NotFound, Rejected, Unavailable
from resonanz.connectorkit.fakes import FakeTransport, Handle
from resonanz.connectorkit.guard import open_client
from resonanz.connectorkit.http import Http
from resonanz.connectorkit.network import Account, Connected
from resonanz.connectorkit.reading import Unreadable
from resonanz.connectors.feeds import NETWORK, translate
from resonanz.connectors.feeds.auth import feed_address
from resonanz.connectors.feeds.fake import ATOM, JSON, PODCAST, RSS, FakeSite
from resonanz.connectors.feeds.position import Position
from resonanz.connectors.feeds.translate import Feed
from resonanz.kernel.paging import START, Cursor, Page

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = "https://blog.example/feed.xml"


def site() -> FakeSite:
    return FakeSite(clock=lambda: NOW)


def door(*handles: tuple[str, Handle]) -> Http:
    client = open_client(transport=FakeTransport(dict(handles)))
    return Http(client, explain=NETWORK.explain, clock=lambda: NOW)


def connect(fake: FakeSite, path: str = RSS, **answers: str) -> Connected:
    http = door((fake.address, fake.handle))
    return NETWORK.auth.connect(http, {"address": fake.address + path} | answers)


def read(fake: FakeSite, account: Account, cursor: Cursor = START, *others: FakeSite) -> Page[Any]:
    http = door(*((one.address, one.handle) for one in (fake, *others)))
    http.base_url = account.server
    page: Page[Any] = NETWORK.connector(http, account).inbound(cursor)
    return page


def feed(text: str | bytes, content_type: str = "") -> Feed:
    return translate.feed(text.encode() if isinstance(text, str) else text, content_type, HERE)


def rss(items: str, head: str = "") -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Blatt</title>{head}{items}</channel></rss>'
    )


# --- kinds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [RSS, ATOM, JSON, PODCAST, "/"])
def test_every_kind_gives_the_same_message(path: str) -> None:
    fake = site()
    item = fake.publish("Neue Halle", "<p>Wir bauen:<br>eine <a href='/halle'>Halle</a></p>")
    account = connect(fake, path).account
    (message,) = read(fake, account).items
    assert (message.title, message.text) == ("Neue Halle", "Wir bauen:\neine Halle")
    assert (message.url, message.sent_at) == (f"{fake.address}/{item.number}", NOW)
    assert (message.author.name, message.author.handle) == ("Werkstattblatt", "blog.example")
    assert message.language == "de"
    assert len(message.attachments) == (path == PODCAST)


def test_dates_missing_or_to_come_are_now_and_updates_are_told() -> None:
    found = feed(
        rss(
            "<item><guid>1</guid><title>ohne</title></item>"
            "<item><guid>2</guid><title>morgen</title><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate></item>"
            "<item><guid>3</guid><title>Unsinn</title><pubDate>gestern</pubDate></item>"
        )
    )
    author = translate.feed_author(found, HERE)
    assert {translate.message(one, author, NOW).sent_at for one in found.entries} == {NOW}


@pytest.mark.parametrize(
    ("item", "identity"),
    [
        ("<guid>g7</guid><link>https://a.example/7</link><title>x</title>", "g7"),
        ("<link>/7</link><title>x</title>", "https://blog.example/7"),
        ("<title>nur ein Titel</title>", "hash:"),
    ],
)
def test_an_entry_is_known_by_its_id_its_address_or_its_words(item: str, identity: str) -> None:
    assert feed(rss(f"<item>{item}</item>")).entries[0].id.startswith(identity)


def test_an_entry_that_says_nothing_is_skipped() -> None:
    found = feed(rss("<item></item><item><title>da</title></item>"))
    assert ([one.title for one in found.entries], found.skipped) == (["da"], 1)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "data:text/html,x", "x" * 3000]
)
def test_only_web_addresses_are_taken(address: str) -> None:
    found = feed(
        rss(f"<item><guid>1</guid><title>x</title><link>{address}</link><enclosure url='{address}'/></item>")
    ).entries[0]
    assert not found.url.startswith(("javascript", "file", "data"))
    assert len(found.url) <= 2000
    assert all(one.url.startswith("https://") for one in found.attachments)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_encoding_is_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + rss("<item><title>Grüße</title></item>")[21:]
    assert feed(text.encode(encoding)).entries[0].title == "Grüße"


# --- broken --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>AT&T & Co &nbsp;&uuml;</title></item>"),
        rss("<item><title>AT&amp;T &amp; Co  ü</title></item>") + "<!-- Nachsatz",
        "\n\n  " + rss("<item><title>AT&T & Co  ü</title></item>"),
        rss("<item><title>AT&T\x07 & Co  ü</title></item>"),
        rss("<item><title>AT&T & Co  ü</title><b>offen</item>"),
    ],
)
def test_the_usual_slips_are_forgiven(body: str) -> None:
    title = feed(body).entries[0].title
    assert " ".join(title.split()) == "AT&T & Co ü"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"hello", "neither"),
        (b"<html><body>Wartung</body></html>", "not a feed"),
        (b"{}", "not a feed"),
        (b"{", "not JSON"),
        (b'{"version": 7}', "not a feed"),
        (b"\x89PNG\r\n\x1a\n\x00", "neither"),
    ],
)
def test_what_is_no_feed_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        feed(body)


def test_an_entry_cut_off_on_its_way_is_not_taken_and_the_feed_is_fetched_again() -> None:
    fake = site()
    for number in range(3):
        fake.publish(f"Nummer {number}")
    account = connect(fake).account
    whole = fake._page(RSS)
    assert whole is not None
    cut = whole[1][: whole[1].index(b"Nummer 0") + 4]
    fake.pages[RSS] = (whole[0], cut)
    first = read(fake, account)
    assert [message.title for message in first.items] == ["Nummer 1", "Nummer 2"]
    fake.pages.clear()
    assert [message.title for message in read(fake, account, first.cursor).items] == ["Nummer 0"]


# --- bombs: each would take the parser seconds to hours; here they are bounded by what is counted, not by a clock --


def _laughs() -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]>'


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?>' + _laughs() + rss("<item><title>&a9;</title></item>")[21:],
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rss("&a;")[21:],
        rss("<item>" + "<a>" * 100_000 + "</a>" * 100_000 + "</item>"),
        rss("<item>" + "<a>" * 100_000),
        rss("<item " + " ".join(f"a{n}='>'" for n in range(100_000)) + "/>"),
        rss("<b><item " + " ".join(f"a{n}='>'" for n in range(10_000)) + "/>"),
        rss("<b>" + "&" * 1_000_000),
        rss("<b>" + "<" * 500_000),
        rss("<item>" + "<title>x</title>" * 50_000 + "</item>"),
        "[" * 1_000_000,
        '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 500_000,
        "x" * 5_000_000,
    ],
    ids=[
        "laughs",
        "file",
        "deep",
        "open",
        "attributes",
        "more",
        "ampersands",
        "brackets",
        "many",
        "list",
        "json",
        "big",
    ],
)
def test_a_bomb_is_refused_before_it_is_parsed(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*args: object, **options: object) -> None:
        raise AssertionError("reached the parser")

    monkeypatch.setattr(translate.feedparser, "parse", parse)
    with pytest.raises(Unreadable):
        feed(body)


def test_of_a_hundred_thousand_entries_the_first_are_read_and_the_rest_counted() -> None:
    found = feed(rss("".join(f"<item><guid>{n}</guid><title>t</title></item>" for n in range(60_000))))
    assert (len(found.entries), found.skipped, found.left_out) == (300, 0, 59_700)
    assert found.title == "Blatt"


def _dated(number: int) -> str:
    return (NOW - timedelta(days=number)).strftime("%a, %d %b %Y %H:%M:%S +0000")


@pytest.mark.parametrize("kind", ["rss", "json"])
@pytest.mark.parametrize("newest_first", [True, False])
def test_of_a_long_archive_the_newest_are_read_wherever_they_stand(kind: str, newest_first: bool) -> None:
    ages = list(range(1000)) if newest_first else list(range(999, -1, -1))
    if kind == "rss":
        entries = (
            f"<item><guid>{n}</guid><title>{n}</title><pubDate>{_dated(n)}</pubDate></item>" for n in ages
        )
        found = feed(rss("".join(entries)))
    else:
        items = [
            {"id": str(n), "title": str(n), "date_published": (NOW - timedelta(days=n)).isoformat()}
            for n in ages
        ]
        document = {"version": "https://jsonfeed.org/version/1.1", "title": "Blatt", "items": items}
        found = feed(json.dumps(document))
    assert {int(entry.title) for entry in found.entries} == set(range(300))
    assert (found.left_out, found.title) == (700, "Blatt")


# --- again and again -----------------------------------------------------------------------------------------------


def test_an_unchanged_feed_is_not_sent_again() -> None:
    fake = site()
    fake.publish("eins")
    account = connect(fake).account
    page = read(fake, account)
    again = read(fake, account, page.cursor)
    assert (again.items, again.cursor) == ((), page.cursor)
    assert [status for _, status in fake.answered][-2:] == [200, 304]


def test_entries_that_move_vanish_and_return_come_once() -> None:
    fake = site()
    for number in range(6):
        fake.publish(f"Nummer {number}")
    account = connect(fake).account
    seen, cursor = [], START
    for move in (
        lambda: None,
        fake.items.reverse,
        lambda: fake.items.pop(0),
        lambda: fake.items.sort(key=str),
    ):
        kept = list(fake.items)
        move()
        page = read(fake, account, cursor)
        seen += [message.title for message in page.items]
        cursor = page.cursor
        fake.items = kept
    fake.publish("Nummer 6")
    seen += [message.title for message in read(fake, account, cursor).items]
    assert seen == [f"Nummer {number}" for number in range(7)]


def test_a_feed_that_moved_for_good_is_read_there_and_repeats_nothing() -> None:
    old, new = site(), FakeSite("https://neu.example", clock=lambda: NOW)
    for fake in (old, new):
        fake.publish("eins")
    account = connect(old).account
    first = read(old, account)
    old.moved[RSS] = new.address + RSS
    second = read(old, account, first.cursor, new)
    assert second.items == ()
    assert Position.read(second.cursor).moved_to == new.address + RSS
    new.publish("zwei")
    third = read(new, account, second.cursor)  # the old server is gone
    assert [message.title for message in third.items] == ["zwei"]
    assert third.items[0].author.remote_id == account.author.remote_id


@pytest.mark.parametrize("cursor", ["", "kein JSON", "[]", '{"s": 7}'])
def test_a_cursor_that_cannot_be_read_is_the_beginning(cursor: str) -> None:
    assert Position.read(Cursor(cursor)) == Position()


# --- connecting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "address", "secrets"),
    [
        ("blog.example", "https://blog.example", {}),
        (" http://blog.example/feed ", "http://blog.example/feed", {}),
        ("feed://blog.example/x", "https://blog.example/x", {}),
        ("feed:https://blog.example/x", "https://blog.example/x", {}),
        (
            "https://leser:ge%20heim@blog.example/x",
            "https://blog.example/x",
            {"username": "leser", "password": "ge heim"},
        ),
    ],
)
def test_addresses_are_taken_as_people_type_them(typed: str, address: str, secrets: dict[str, str]) -> None:
    assert feed_address({"address": typed}) == (address, secrets)


@pytest.mark.parametrize("typed", ["", "http://", "ftp://x.example", "http://[", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Rejected) as caught:
        feed_address({"address": typed})
    assert caught.value.field == "address"


def test_a_page_without_a_feed_and_a_feed_behind_a_password_say_so() -> None:
    fake = site()
    fake.pages["/leer"] = ("text/html", b"<html><link rel=stylesheet href=x></html>")
    with pytest.raises(Rejected) as caught:
        connect(fake, "/leer")
    assert (caught.value.reason, caught.value.field) == ("no_feed", "address")
    with pytest.raises(Rejected) as caught:
        connect(fake, "/fehlt")
    assert caught.value.field == "address"
    fake.password = "sesam"
    with pytest.raises(Rejected) as caught:
        connect(fake)
    assert caught.value.field == "password"
    assert connect(fake, username="leser", password="sesam").secrets["password"] == "sesam"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, AccessLost),
        (403, Unavailable),
        (404, Unavailable),
        (410, NotFound),
        (406, Unavailable),
        (500, Unavailable),
    ],
)
def test_a_refused_feed_is_asked_for_again_unless_it_is_gone(status: int, expected: type[Exception]) -> None:
    fake = site()
    account = connect(fake).account
    http = door((fake.address, lambda request: httpx.Response(status, content=b"no")))
    with pytest.raises(expected):
        NETWORK.connector(http, account).inbound(START)
