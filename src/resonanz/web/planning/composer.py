"""What the composer shows: the idea, one tab a channel, what will happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf.locale import LANG_INFO
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, pgettext_lazy

from resonanz.connectorkit.manifest import Limits
from resonanz.foundation.channels.queries import limits_of
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Visibility
from resonanz.outbound.content import queries, words
from resonanz.outbound.content.scheduling import fingerprint
from resonanz.outbound.publishing.machine import UNSENT
from resonanz.web.planning import sentences
from resonanz.web.planning.states import LOOKS, Look

if TYPE_CHECKING:
    from resonanz.foundation.channels.models import Channel
    from resonanz.outbound.content.models import Content, Variant
    from resonanz.outbound.content.queries import Standing
    from resonanz.web.access import WorkspaceRequest

LANGUAGES = ("de", "en", "fr", "it", "es", "nl", "pl", "cs", "da", "sv", "pt", "tr", "uk")
VISIBILITIES = {
    Visibility.PUBLIC: pgettext_lazy("visibility", "Everyone"),
    Visibility.UNLISTED: pgettext_lazy("visibility", "Everyone, but not in public timelines"),
    Visibility.FOLLOWERS: pgettext_lazy("visibility", "Followers only"),
    Visibility.DIRECT: pgettext_lazy("visibility", "Only people who are mentioned"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A finding in words."""

    sentence: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """One channel in the composer."""

    channel: Channel
    variant: Variant
    chosen: bool
    notes: list[Note]
    limits: dict[str, Any]  # for the counter in the browser
    look: Look | None  # of its publication
    standing: Standing | None
    locked: bool  # out or on its way: the words cannot be changed any more
    excluded: frozenset[int]  # file ids of the content's pictures that this channel does not show

    @property
    def is_open(self) -> bool:
        """Nothing of it is out or on its way."""
        return self.standing is None or self.standing.is_open

    @property
    def visibilities(self) -> list[tuple[str, Any]]:
        return [(v.value, VISIBILITIES[v]) for v in self.channel.manifest.visibilities]

    @property
    def replace_key(self) -> str:
        """For the order to replace what is scheduled: made with the page, so that sending it twice is one order."""
        return new_key()


def tabs(content: Content, channels: list[Channel]) -> list[Tab]:
    """A tab for every channel one can publish on, chosen or not, and for those that have something out."""
    from resonanz.outbound.content.services import unsaved_variant

    known = {variant.channel_id: variant for variant in queries.variants(content)} if content.pk else {}
    standing = {s.variant.channel_id: s for s in queries.standings(content)} if content.pk else {}
    gone = [v.channel for pk, v in known.items() if pk not in {c.pk for c in channels} and pk in standing]
    return [
        _tab(
            content,
            channel,
            known.get(channel.pk) or unsaved_variant(content, channel),
            standing.get(channel.pk),
        )
        for channel in [*channels, *gone]
    ]


def _tab(content: Content, channel: Channel, variant: Variant, standing: Standing | None) -> Tab:
    publication = standing.publication if standing else None
    pool = list(content.pictures.all()) if content.pk else []
    shown = {attached.file.pk for attached in words.pictures_of(variant, pool)}
    return Tab(
        channel=channel,
        variant=variant,
        chosen=variant.chosen,
        notes=notes(variant, pool),
        limits=limits_json(limits_of(channel)),
        look=LOOKS[publication.state] if publication else None,
        standing=standing,
        locked=publication is not None and publication.state not in {*UNSENT, "failed", "cancelled"},
        excluded=frozenset(picture.file_id for picture in pool) - shown,
    )


def notes(variant: Variant, pool: list[Any]) -> list[Note]:
    """The findings of a variant; a blank one is not scolded for being blank."""
    found = words.findings(variant, pool)
    return [Note(sentences.of(f.problem), f.blocks) for f in found if f.problem.code != "empty"]


def limits_json(limits: Limits) -> dict[str, Any]:
    """What the browser needs to count as the network does; see static/planning/count.js."""
    return {
        "text": [
            {
                "maximum": limit.maximum,
                "unit": limit.unit.value,
                "linkUnits": limit.link_units,
                "shortMentions": limit.short_mentions,
                "countsWarning": limit.counts_warning,
            }
            for limit in limits.text
        ],
        "images": limits.images.maximum if limits.images else 0,
        "alt": limits.images.max_alt if limits.images else None,
    }


def findings_html(request: WorkspaceRequest, content: Content) -> dict[int, str]:
    """The findings of every channel as fragments, for the answer to a save."""
    shown = tabs(content, queries.channels(request.workspace))
    return {tab.channel.pk: render_to_string("planning/notes.html", {"tab": tab}, request) for tab in shown}


@dataclass(frozen=True, slots=True)
class Line:
    """One post in the review: what would go out where. key: the idempotency key of this very order."""

    variant: Variant
    text: str
    warning: str
    pictures: list[Any]
    notes: list[Note]
    key: str
    seen: str


def review_lines(content: Content) -> list[Line]:
    """Every chosen variant that is not out or on its way."""
    lines = []
    for standing in queries.standings(content):
        if not standing.is_open or not standing.variant.chosen:
            continue
        payload = words.payload_of(standing.variant)
        found = words.findings(standing.variant)
        lines.append(
            Line(
                variant=standing.variant,
                text=payload.text,
                warning=payload.content_warning,
                pictures=list(payload.media),
                notes=[Note(sentences.of(f.problem), f.blocks) for f in found],
                key=new_key(),
                seen=fingerprint(standing.variant),
            )
        )
    return lines


def language_choices(current: str) -> list[tuple[str, str]]:
    """Languages by their own names; whatever is set already stays on the list."""
    codes = [*LANGUAGES, *([current] if current and current not in LANGUAGES else [])]
    return [(code, str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize()) for code in codes]


NOT_A_TIME = gettext_lazy("Please give a date and a time.")
