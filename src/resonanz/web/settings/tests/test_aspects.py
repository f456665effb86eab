"""Aspects of one's own, from the first name to the switch; and the models' cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.workspaces.models import Member
from resonanz.inbound.conftest import channel, plaza, said, words, work
from resonanz.inbound.conversations.worker import FILE, WEIGH
from resonanz.inbound.enrichment import aspects
from resonanz.inbound.enrichment.models import Enrichment, Example, LearntAspect, OwnAspect
from resonanz.inbound.enrichment.worker import LEARN_ASPECT, UNDERSTAND
from resonanz.inbound.intake.models import StoredMessage
from resonanz.inbound.intake.services import store
from resonanz.understanding import model
from resonanz.web.settings import cards

__all__ = ["channel", "plaza", "words"]
P = "/w/lindner/settings/understanding/"
SignedIn = Callable[[Member], Client]


def text_of(client: Client, address: str = P) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def battery(manager: Member) -> OwnAspect:
    return aspects.create(manager, "Akku")


@pytest.fixture
def heard(channel: Channel, words: Any) -> list[StoredMessage]:
    texts = [f"Der Akku ist in Ort {n} leer" for n in range(3)] + [f"Tag {n} war schön" for n in range(5)]
    store(channel, [said(str(n), text, by=f"p{n}", minutes=n) for n, text in enumerate(texts)])
    work(FILE, UNDERSTAND, WEIGH)
    return list(StoredMessage.objects.order_by("number"))


def address(aspect: OwnAspect, more: str = "") -> str:
    return f"{P}aspects/{aspect.pk}/{more}"


def offered(aspect: OwnAspect, *, helps: bool = True, version: str = "abcd1234") -> LearntAspect:
    made = LearntAspect.objects.create(
        aspect=aspect, version=version, scheme=1, data=b"", examples=12, others=300,
        found=9, wrong=4, precision=0.71, helps=helps,
    )  # fmt: skip
    OwnAspect.objects.filter(pk=aspect.pk).update(offered=made, tried_at=now(), due_at=None)
    return made


def taught(aspect: OwnAspect, member: Member, many: int = 5) -> None:
    aspects.teach(member, aspect.pk, [f"Akku leer {n}" for n in range(many)], is_about=True)


def test_whoever_manages_begins_one_and_the_page_says_what_it_needs(
    client_of: SignedIn, manager: Member, agent: Member
) -> None:
    assert "An owner or manager can begin one" in text_of(client_of(agent))
    assert client_of(agent).post(P + "aspects/", {"name": "Akku"}).status_code == 403
    client = client_of(manager)
    response = client.post(P + "aspects/", {"name": " Akku "})
    aspect = OwnAspect.objects.get()
    assert response["Location"] == address(aspect)
    assert "5 more are needed" in text_of(client)
    shown = text_of(client, address(aspect))
    assert "Give 5 more examples" in shown
    assert "No messages yet" in shown
    for name in ("akku", " "):
        assert client.post(P + "aspects/", {"name": name})["Location"] == P
    assert OwnAspect.objects.count() == 1


def test_examples_are_written_one_a_line_and_taken_back(
    client_of: SignedIn, agent: Member, battery: OwnAspect
) -> None:
    client = client_of(agent)
    client.post(address(battery, "teach/"), {"texts": "Akku leer\r\n\r\nAkku kaputt", "side": "yes"})
    client.post(address(battery, "teach/"), {"texts": "<b>Akkuschrauber</b>", "side": "no"})
    client.post(address(battery, "teach/"), {"texts": " \n", "side": "no"})
    shown = text_of(client, address(battery))
    assert "2 different examples" in shown
    assert "1 counter-example" in shown
    assert "&lt;b&gt;Akkuschrauber" in shown
    assert "Rename" not in shown, "an agent may not"
    for one in Example.objects.all():
        assert client.post(address(battery, f"examples/{one.pk}/")).status_code == 302
    assert not Example.objects.exists()
    assert client.post(address(battery, "examples/77/")).status_code == 404


def test_messages_are_chosen_found_and_shown_with_what_was_said_of_them(
    client_of: SignedIn, agent: Member, battery: OwnAspect, heard: list[StoredMessage]
) -> None:
    client = client_of(agent)
    assert "Tag 4 war schön" in text_of(client, address(battery))
    part = client.get(address(battery, "?q=akku"), headers={"HX-Request": "true", "HX-Target": "candidates"})
    found = part.content.decode()
    assert found.count('id="candidate-') == 3
    assert "<html" not in found
    chosen = address(battery, f"messages/{heard[0].pk}/")
    response = client.post(chosen, {"side": "yes"}, headers={"HX-Request": "true"})
    assert "aspect-changed" in response["HX-Trigger"]
    assert 'value="none" aria-pressed="true"' in response.content.decode()
    assert Example.objects.get().is_about
    client.post(chosen, {"side": "no"})
    assert not Example.objects.get().is_about
    client.post(address(battery, f"examples/{Example.objects.get().pk}/"))
    assert not Example.objects.exists()
    assert client.post(address(battery, "messages/99999/"), {"side": "yes"}).status_code == 404


def test_how_well_it_does_is_said_in_words_and_switched_by_those_who_manage(
    client_of: SignedIn, agent: Member, manager: Member, battery: OwnAspect, heard: list[StoredMessage]
) -> None:
    taught(battery, agent)
    assert "is being tried out" in text_of(client_of(agent), address(battery))
    made = offered(battery)
    shown = text_of(client_of(agent), address(battery))
    for text in (
        "9 of 12",
        "4 of 300",
        "An owner or manager can switch it on",
        "Average precision 71 of 100",
    ):
        assert text in shown
    assert "can be switched on" in text_of(client_of(agent))
    switch = address(battery, "switch/")
    for version in (made.version, ""):
        assert client_of(agent).post(switch, {"version": version}).status_code == 403
    client = client_of(manager)
    client.post(switch, {"version": "other"})
    assert OwnAspect.objects.get().active is None
    client.post(switch, {"version": made.version})
    assert OwnAspect.objects.get().active == made
    Enrichment.objects.update(reread_below=3)
    shown = text_of(client, address(battery))
    assert "Messages are read with it" in shown
    assert "<progress" in shown
    offered(battery, version="ffff0000")
    assert "It has learnt since" in text_of(client, address(battery))
    client.post(switch, {"version": ""})
    assert OwnAspect.objects.get().active is None


def test_what_does_not_help_cannot_be_switched_on_and_says_why(
    client_of: SignedIn, manager: Member, battery: OwnAspect
) -> None:
    taught(battery, manager)
    made = offered(battery, helps=False)
    shown = text_of(client_of(manager), address(battery))
    assert "It misses too many" in shown
    assert "Switch it on" not in shown
    client_of(manager).post(address(battery, "switch/"), {"version": made.version})
    assert OwnAspect.objects.get().active is None
    OwnAspect.objects.update(offered=None)
    assert "too few other messages" in text_of(client_of(manager), address(battery))


def test_the_real_thing_is_learnt_and_what_is_alike_is_shown(
    client_of: SignedIn, manager: Member, battery: OwnAspect, heard: list[StoredMessage], channel: Channel
) -> None:
    store(channel, [said(f"t{n}", f"Ausflug {n} ans Meer, Tag {n % 7}", minutes=n) for n in range(30)])
    taught(battery, manager)
    OwnAspect.objects.update(due_at=now())
    work(LEARN_ASPECT)
    shown = text_of(client_of(manager), address(battery, "?by=alike"))
    assert "5 of 5" in shown
    first = shown.split('id="candidate-')[1]
    assert "Der Akku ist in Ort" in first


def test_it_is_renamed_and_deleted_and_the_trail_says_so(
    client_of: SignedIn, manager: Member, agent: Member, battery: OwnAspect
) -> None:
    taught(battery, agent)
    client = client_of(manager)
    for what in ("rename/", "remove/"):
        assert client_of(agent).post(address(battery, what), {"name": "Neu"}).status_code == 403
    client.post(address(battery, "rename/"), {"name": "Batterie"})
    client.post(address(battery, "rename/"), {"name": " "})
    assert "Batterie" in text_of(client)
    assert client.post(address(battery, "remove/"))["Location"] == P
    assert client.get(address(battery)).status_code == 404
    assert "None yet" in text_of(client)
    assert not Example.objects.exists()
    trail = text_of(client, "/w/lindner/settings/audit/")
    for sentence in (
        "began the aspect “Akku”",
        "gave examples for",
        "renamed the aspect",
        "deleted the aspect",
    ):
        assert sentence in trail
    assert "Akku leer" not in str(list(Entry.objects.values("target_name", "changes"))), "no example's words"


def test_an_outsider_finds_and_changes_nothing(
    client_of: SignedIn, outsider: Member, agent: Member, battery: OwnAspect, heard: list[StoredMessage]
) -> None:
    taught(battery, agent)
    example = Example.objects.all()[0]
    posts = {
        "rename/": {"name": "x"}, "remove/": {}, "switch/": {"version": ""}, "teach/": {"texts": "x"},
        f"messages/{heard[0].pk}/": {"side": "yes"}, f"examples/{example.pk}/": {},
    }  # fmt: skip
    client = client_of(outsider)
    for mine in (address(battery), address(battery).replace("lindner", "anderswo")):
        assert client.get(mine).status_code == 404
        for what, values in posts.items():
            assert client.post(mine + what, values).status_code == 404
    battery.refresh_from_db()
    assert (battery.name, Example.objects.count()) == ("Akku", 5)
    assert client.post(P + "aspects/", {"name": "x"}).status_code == 404


def test_who_only_reads_looks_and_teaches_nothing(
    client_of: SignedIn, analyst: Member, battery: OwnAspect, heard: list[StoredMessage]
) -> None:
    client = client_of(analyst)
    assert "<textarea" not in text_of(client, address(battery))
    assert client.post(address(battery, "teach/"), {"texts": "Akku"}).status_code == 403
    assert client.post(address(battery, f"messages/{heard[0].pk}/"), {"side": "yes"}).status_code == 403


def test_more_of_everything_takes_no_more_queries(
    client_of: SignedIn, manager: Member, battery: OwnAspect, heard: list[StoredMessage]
) -> None:
    client = client_of(manager)
    taught(battery, manager, 1)
    client.post(address(battery, f"messages/{heard[0].pk}/"), {"side": "yes"})

    def asked(where: str) -> int:
        client.get(where)
        with CaptureQueriesContext(connection) as made:
            assert client.get(where).status_code == 200
        return len(made)

    few = asked(P), asked(address(battery))
    for name in ("b", "c", "d"):
        taught(aspects.create(manager, name), manager)
    taught(battery, manager, 30)
    for message in heard:
        client.post(address(battery, f"messages/{message.pk}/"), {"side": "yes"})
    assert (asked(P), asked(address(battery))) == few


def test_the_models_are_shown_with_their_cards(client_of: SignedIn, analyst: Member) -> None:
    shown = text_of(client_of(analyst), P + "models/")
    for tier in cards.TIERS:
        card = cards.found(tier)
        assert card is not None
        assert card.version in shown
        text = text_of(client_of(analyst), f"{P}models/{tier}/")
        assert card.version in text
        assert '<th scope="col">' in text
        assert "<!--" not in text.split('<article class="card model-card"')[1].split("</article>")[0]
    assert client_of(analyst).get(P + "models/other/").status_code == 404


def test_an_outsider_sees_no_model_of_the_company(
    client_of: SignedIn, outsider: Member, agent: Member
) -> None:
    for page in ("models/", "models/fast/"):
        assert client_of(outsider).get(P + page).status_code == 404


def test_without_the_models_files_the_page_says_so(
    client_of: SignedIn, analyst: Member, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(model, "FOLDERS", (tmp_path,))
    assert "No model’s files are there" in text_of(client_of(analyst), P + "models/")
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "model.json").write_text("{no")
    assert cards.found("fast") is None
    (tmp_path / "fast" / "model.json").write_text('{"version": "fast-9"}')
    assert "fast-9" in text_of(client_of(analyst), P + "models/")
    assert client_of(analyst).get(P + "models/fast/").status_code == 200


def test_a_card_is_cut_into_pieces_and_nothing_in_it_is_markup() -> None:
    text = (
        "# A <b>card</b>\n\nTwo lines\nof `code <i>` and **bold `x`**.\n<!-- no\n\nno -->\n"
        "- one\n  goes on\n- [two](https://x.example/a&b) and [three](../other.md) [four](javascript:alert(1))\n\n"
        "| a | b |\n|---|---:|\n| 1 | `2` |\n\n### Small\n```sh\nmake <x>\n```\n"
    )
    found = list(cards.blocks(text))
    assert [block.kind for block in found] == ["heading", "text", "list", "table", "subheading", "code"]
    heading, words_, listed, table, _small, code = found
    assert heading.text == "A &lt;b&gt;card&lt;/b&gt;"
    assert words_.text == (
        "Two lines of <code>code &lt;i&gt;</code> and <strong>bold <code>x</code></strong>."
    )
    assert listed.items[0] == "one goes on"
    assert (
        '<a href="https://x.example/a&amp;b" rel="noopener noreferrer">two</a> and three' in listed.items[1]
    )
    assert "javascript" not in listed.items[1]
    assert table.rows == (("a", "b"), ("1", "<code>2</code>"))
    assert code.text == "make &lt;x&gt;"
