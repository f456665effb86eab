"""Writing contents: who may, nobody's words lost, nothing cut."""

from __future__ import annotations

import io
import random

import pytest
from django.core.exceptions import PermissionDenied

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.media import services as media
from resonanz.foundation.media.tests import samples
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, services
from resonanz.outbound.content.models import Content, Variant
from resonanz.outbound.content.services import Conflict, NotStorable
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.content.words import findings, payload_of, pictures_of, text_of

KEY = new_key()


def draft(member, text="Open day on 12 May", key=None, **fields) -> Content:
    return services.save(member, key or new_key(), 0, text=text, **fields)


def picture(member, size=40, alt=""):
    return media.upload(member, io.BytesIO(samples.photo(size, size)), f"{size}.jpg", alt)


def test_the_first_save_makes_the_content_and_the_same_save_again_changes_nothing(editor):
    first = services.save(editor, KEY, 0, "page", title="Open day", text="Come")
    again = services.save(editor, KEY, 0, "page", title="Open day", text="Come")
    assert first.pk == again.pk
    assert again.version == 1
    assert Content.objects.count() == 1


def test_a_page_whose_answer_got_lost_goes_on_writing(editor):
    services.save(editor, KEY, 0, "page", text="Come")
    assert services.save(editor, KEY, 0, "page", text="Come all").text == "Come all"


def test_two_people_cannot_overwrite_each_other_unknowingly(editor, manager):
    content = services.save(editor, KEY, 0, "hers", text="Come")
    services.save(manager, KEY, content.version, "his", text="Come on Tuesday")
    with pytest.raises(Conflict) as conflict:
        services.save(editor, KEY, content.version, "hers", text="Come early")
    assert conflict.value.current.text == "Come on Tuesday"
    assert conflict.value.current.changed_by == manager
    assert Content.objects.get().text == "Come on Tuesday"


def test_what_is_overwritten_on_purpose_stays_in_the_audit_trail(editor, manager):
    services.save(editor, KEY, 0, "hers", text="Come")
    services.save(manager, KEY, 1, "his", text="Come on Tuesday")
    services.save(editor, KEY, 1, "hers", force=True, text="Come early")
    entry = Entry.objects.filter(action="content.overwritten").get()
    assert entry.changes["text"] == ["Come on Tuesday", "Come early"]


def test_channels_are_written_independently(editor, manager, connect):
    content, plain, weighted = draft(editor), connect("plain"), connect("weighted")
    services.save_variant(editor, content, plain, 0, "hers", text="short")
    services.save_variant(manager, content, weighted, 0, "his", text="long")
    services.save_variant(editor, content, plain, 1, "hers", text="shorter")
    with pytest.raises(Conflict):
        services.save_variant(manager, content, plain, 1, "his", text="mine")


def test_a_variant_follows_its_content_until_it_has_words_of_its_own(editor, connect):
    content = draft(editor, "The idea", language="de")
    services.choose(editor, content, [connect("plain")])
    assert payload_of(queries.variants(content)[0]).text == "The idea"
    content = services.save(editor, content.key, 1, text="A better idea", language="en")
    variant = queries.variants(content)[0]
    assert (payload_of(variant).text, payload_of(variant).language) == ("A better idea", "en")
    services.save_variant(editor, content, variant.channel, 0, text="")
    assert text_of(queries.variants(content)[0]) == ""
    services.save_variant(editor, content, variant.channel, 1, text=None)
    assert text_of(queries.variants(content)[0]) == "A better idea"


@pytest.mark.parametrize(
    "text",
    [
        "Halle 4 (Stand B12) – bis 18 Uhr",
        "f(x) = {a, b}; [c] <d> | e * f _g_ ~h~ `i` \\j & k # l @ m",
        "Preis: 5 < 6 & 7 > 3 (netto)\n\nZweite Zeile: „Zitat“ 👩🏽‍🔧🇩🇪",
        "\\( \\) \\[ (( ))) ]] }{",
    ],
)
def test_brackets_and_other_reserved_characters_arrive_as_they_were_written(editor, connect, text):
    content = draft(editor, text)
    services.choose(editor, content, [connect("weighted")])
    assert text_of(queries.variants(content)[0]) == text


def test_random_texts_arrive_whole(editor, connect):
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    content = draft(editor)
    services.choose(editor, content, [connect("weighted")])
    alphabet = "ab ()[]{}<>&%$#@!\\/|*_~`^'\"\t\n–„“äß👩🏽‍🔧🇩🇪‍\u200d\u0301"
    for _ in range(60):
        text = "x" + "".join(chance.choice(alphabet) for _ in range(chance.randint(0, 80))) + "x"
        content = services.save(editor, content.key, content.version, text=text)
        assert text_of(queries.variants(content)[0]) == text


def test_channels_that_are_left_out_keep_what_was_written(editor, connect):
    content, plain = draft(editor), connect("plain")
    services.save_variant(editor, content, plain, 0, text="only here")
    services.choose(editor, content, [])
    assert not Variant.objects.get().chosen
    services.choose(editor, content, [plain])
    assert Variant.objects.get().chosen
    assert Variant.objects.get().text == "only here"


def test_only_channels_where_one_can_publish_are_offered(workspace, connect):
    plain, _ = connect("plain"), connect("readonly")
    assert queries.channels(workspace) == [plain]


def test_pictures_keep_order_and_words_per_content_and_per_channel(editor, connect):
    content = draft(editor)
    first, second = picture(editor, 40, "A hall"), picture(editor, 50)
    services.attach(editor, content, first)
    services.attach(editor, content, second)
    services.attach(editor, content, first)  # twice is once
    services.describe(editor, content, second, "A machine")
    services.arrange(editor, content, [second.pk, first.pk])
    services.choose(editor, content, [connect("plain")])
    variant = queries.variants(content)[0]
    assert [(a.file, a.alt) for a in pictures_of(variant)] == [(second, "A machine"), (first, "A hall")]
    services.save_variant(editor, content, variant.channel, 0, pictures=[first.pk, 999])
    assert [a.file for a in pictures_of(queries.variants(content)[0])] == [first]
    services.detach(editor, content, first)
    assert pictures_of(queries.variants(content)[0]) == []
    second.refresh_from_db()
    assert second.alt == "A machine"  # the next post starts from it


def test_findings_name_what_blocks_and_what_is_only_advice(editor, connect):
    content = draft(editor, "x" * 31)
    services.attach(editor, content, picture(editor))
    services.choose(editor, content, [connect("plain")])
    variant = queries.variants(content)[0]
    variant.visibility, variant.content_warning = "unlisted", "spoiler"
    assert [(f.problem.code, f.blocks) for f in findings(variant)] == [
        ("text_too_long", True),
        ("visibility_not_possible", True),
        ("warning_not_possible", True),
        ("alt_missing", False),
    ]


def test_links_and_mentions_weigh_what_the_network_says(editor, connect):
    content = draft(editor, "https://lindner.example/" + "a" * 300 + " @erika@mastodon.example 👩🏽‍🔧")
    services.choose(editor, content, [connect("weighted")])
    variant = queries.variants(content)[0]
    assert not findings(variant)
    assert variant.channel.manifest.limits.text[0].used(text_of(variant)) == 23 + 1 + 6 + 1 + 1


def test_a_time_is_kept_as_it_stands_on_the_wall(editor):
    content = draft(editor)
    services.plan(editor, content, WallTime.parse("2026-10-25T02:30", "Europe/Berlin", second=True))
    content.refresh_from_db()
    assert str(content.plan) == "2026-10-25T02:30"
    assert content.plan.second
    services.plan(editor, content, None)
    content.refresh_from_db()
    assert content.plan is None


def test_a_copy_is_a_draft_of_its_own(editor, connect):
    content = draft(editor, "Again", title="Monthly")
    services.attach(editor, content, picture(editor, 40, "A hall"))
    services.save_variant(editor, content, connect("plain"), 0, text="own words")
    made = services.copy(editor, content)
    assert (made.title, made.text, made.plan) == ("Monthly", "Again", None)
    assert made.key != content.key
    assert payload_of(queries.variants(made)[0]).text == "own words"
    assert pictures_of(queries.variants(made)[0])[0].alt == "A hall"


def test_putting_away_keeps_everything(editor):
    content = draft(editor)
    services.archive(editor, content)
    services.archive(editor, content)
    assert not queries.drafts(editor.workspace).exists()
    services.restore(editor, content)
    assert queries.drafts(editor.workspace).get() == content
    assert [e.action for e in Entry.objects.order_by("number")] == [
        "content.created", "content.archived", "content.restored"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "x" * 161), ("text", "x" * 100_001), ("language", "x" * 36)],
)
def test_what_cannot_be_kept_is_refused_and_not_cut(editor, field, value):
    with pytest.raises(NotStorable) as refused:
        draft(editor, **{"text": "fine", field: value})
    assert (refused.value.code, refused.value.field) == ("too_long", field)
    assert not Content.objects.exists()


def test_a_key_that_is_none_of_ours_is_refused(editor):
    with pytest.raises(NotStorable):
        services.save(editor, "../../etc", 0, text="x")


WRITING = {
    "save": lambda who, content, channel, file: services.save(who, content.key, 1, text="changed"),
    "save_new": lambda who, content, channel, file: services.save(who, new_key(), 0, text="new"),
    "variant": lambda who, content, channel, file: services.save_variant(who, content, channel, 0, text="x"),
    "choose": lambda who, content, channel, file: services.choose(who, content, [channel]),
    "attach": lambda who, content, channel, file: services.attach(who, content, file),
    "detach": lambda who, content, channel, file: services.detach(who, content, file),
    "describe": lambda who, content, channel, file: services.describe(who, content, file, "x"),
    "arrange": lambda who, content, channel, file: services.arrange(who, content, []),
    "plan": lambda who, content, channel, file: services.plan(who, content, None),
    "archive": lambda who, content, channel, file: services.archive(who, content),
    "restore": lambda who, content, channel, file: services.restore(who, content),
    "copy": lambda who, content, channel, file: services.copy(who, content),
}


@pytest.mark.parametrize("what", WRITING)
@pytest.mark.parametrize("role", ["agent", "analyst", "approver"])
def test_who_may_not_write_changes_nothing(editor, connect, request, role, what):
    content, channel, file = draft(editor), connect("plain"), picture(editor)
    with pytest.raises(PermissionDenied):
        WRITING[what](request.getfixturevalue(role), content, channel, file)


@pytest.mark.parametrize("what", sorted(WRITING.keys() - {"save_new"}))
def test_another_company_reaches_nothing(editor, connect, outsider, what):
    content, channel, file = draft(editor), connect("plain"), picture(editor)
    with pytest.raises((PermissionDenied, Content.DoesNotExist)):
        WRITING[what](outsider, content, channel, file)
    content.refresh_from_db()
    assert content.text == "Open day on 12 May"


def test_foreign_channels_and_pictures_cannot_be_brought_in(editor, outsider, connect):
    content = draft(editor)
    theirs = connect("plain", "theirs", owner=outsider.workspace)
    for attempt in (
        lambda: services.choose(editor, content, [theirs]),
        lambda: services.save_variant(editor, content, theirs, 0, text="x"),
        lambda: services.attach(editor, content, picture(outsider)),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize("what", WRITING)
def test_an_agency_may_write(agency, connect, what):
    content, channel, file = draft(agency), connect("plain"), picture(agency)
    WRITING[what](agency, content, channel, file)
