"""Links, mentions and hashtags: what is one, and which bytes it covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.connectors.bluesky.richtext import facets, handles, spans


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind.value, span.value) for span in spans(text)]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Siehe https://example.com/a.", "https://example.com/a"),
        ("(https://example.com/a_(b))", "https://example.com/a_(b)"),
        ("„https://example.com/ä?q=1&r=ö#x“!", "https://example.com/ä?q=1&r=ö#x"),
        ("HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM"),
        ("https://example.com/…", "https://example.com/"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ("https://example.com/@wer/1#teil", "https://example.com/@wer/1#teil"),
    ],
)
def test_a_link_ends_where_its_sentence_goes_on(text: str, link: str) -> None:
    assert found(text) == [("link", link)]


@pytest.mark.parametrize(
    "text", ["https://", "https:// x", "https://...", "xhttps://example.com", "ftp://example.com"]
)
def test_what_is_no_link(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@wer.bsky.social", "wer.bsky.social"),
        ("Danke @Wer.Example.COM!", "wer.example.com"),
        ("(@wer.test)", "wer.test"),
        ("Mit @wer.test.", "wer.test"),
        ("🎉@wer.test", "wer.test"),
    ],
)
def test_a_mention(text: str, handle: str) -> None:
    assert found(text) == [("mention", handle)]


@pytest.mark.parametrize(
    "text",
    ["post@example.com", "@wer", "@wer@mastodon.social", "@wer.1", "@-wer.test", "@wer-.test", "@@wer.test"],
)
def test_what_is_no_mention(text: str) -> None:
    assert [kind for kind, _value in found(text) if kind == "mention"] == []


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Werkbank", ["Werkbank"]),
        ("Neu: #Möbelbau, #e-mobility. (#DIY)", ["Möbelbau", "e-mobility", "DIY"]),
        ("#2026er ist da", ["2026er"]),
        ("＃日本語", ["日本語"]),
        ("#snake_case-", ["snake_case"]),
        ("#1 #2026", []),
        ("C#Sharp a#b ##doppelt", []),
        ("#" + "ä" * 65, []),
        ("#" + "ä" * 64, ["ä" * 64]),
    ],
)
def test_hashtags(text: str, tags: list[str]) -> None:
    assert [value for kind, value in found(text) if kind == "tag"] == tags


def test_facets_are_ranges_of_bytes() -> None:
    text = "Grüße 👩‍🔧 an @wer.test: https://example.com/ä #Möbel"
    ranges = {}
    for facet in facets(text, {"wer.test": "did:plc:wer"}):
        index = facet["index"]
        ranges[text.encode()[index["byteStart"] : index["byteEnd"]].decode()] = facet["features"][0]
    assert ranges == {
        "@wer.test": {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:wer"},
        "https://example.com/ä": {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com/ä"},
        "#Möbel": {"$type": "app.bsky.richtext.facet#tag", "tag": "Möbel"},
    }


def test_a_handle_nobody_has_stays_text() -> None:
    assert facets("@niemand.test", {}) == []
    assert handles("@A.test @b.test @a.test") == ("a.test", "b.test")


@given(
    st.lists(
        st.sampled_from(["https://e.de/", "@a.test", "#Ä", " ", "👩‍🔧", "(", ")", ".", "ß", "\n", "#", "@"])
    )
)
def test_facets_never_overlap_and_always_cover_what_they_say(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for facet in facets(text, {"a.test": "did:plc:a"}):
        index = facet["index"]
        assert end <= index["byteStart"] < index["byteEnd"] <= len(text.encode())
        end = index["byteEnd"]
        covered = text.encode()[index["byteStart"] : end].decode()
        feature = facet["features"][0]
        assert covered.lstrip("@#＃") in (feature.get("uri"), feature.get("tag"), "a.test")
