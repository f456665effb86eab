"""What messages mean, in words: the names and icons of what understanding finds in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from resonanz.inbound.enrichment import marks

MOST_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """What something is called, and a picture of it."""

    output: str  # its name in enrichment.marks
    name: str | Promise
    icon: str = "tag"


def _sign(output: str, name: str | Promise, *, icon: str = "tag") -> tuple[str, Sign]:
    return output, Sign(output, name, icon)


SIGNS: dict[str, Sign] = dict(
    (
        _sign("de", pgettext_lazy("language of a message", "German"), icon="language"),
        _sign("en", pgettext_lazy("language of a message", "English"), icon="language"),
        _sign("other", pgettext_lazy("language of a message", "another language"), icon="language"),
        _sign("negative", pgettext_lazy("mood of a message", "negative"), icon="mood-sad"),
        _sign("neutral", pgettext_lazy("mood of a message", "neutral"), icon="mood-neutral"),
        _sign("positive", pgettext_lazy("mood of a message", "positive"), icon="mood-smile"),
        _sign("unsure", pgettext_lazy("mood of a message", "unsure"), icon="zoom-question"),
        _sign("complaint", pgettext_lazy("kind of message", "Complaint"), icon="thumb-down"),
        _sign("question", pgettext_lazy("kind of message", "Question"), icon="help-circle"),
        _sign("praise", pgettext_lazy("kind of message", "Praise"), icon="heart"),
        _sign("suggestion", pgettext_lazy("kind of message", "Suggestion"), icon="bulb"),
        _sign("toxic", pgettext_lazy("kind of message", "Hostile"), icon="flame"),
        _sign("offensive", pgettext_lazy("kind of message", "Offensive"), icon="mood-angry"),
        _sign("engaging", pgettext_lazy("kind of message", "Invites to talk"), icon="messages"),
        _sign("fact_claiming", pgettext_lazy("kind of message", "Claims facts"), icon="quote"),
        _sign("price", pgettext_lazy("what a message is about", "Price")),
        _sign("service", pgettext_lazy("what a message is about", "Service")),
        _sign("quality", pgettext_lazy("what a message is about", "Quality")),
        _sign("delivery", pgettext_lazy("what a message is about", "Delivery")),
        _sign("staff", pgettext_lazy("what a message is about", "Staff")),
        _sign("app_website", pgettext_lazy("what a message is about", "App and website")),
        _sign("opening_hours", pgettext_lazy("what a message is about", "Opening hours")),
        _sign("advertising", pgettext_lazy("what a message is about", "Advertising")),
        _sign("employer", pgettext_lazy("what a message is about", "Employer")),
        _sign("offer", pgettext_lazy("what a message is about", "Range of goods")),
        _sign("safety", pgettext_lazy("what a message is about", "Safety")),
    )
)
# In the order in which a person wants to know them. What claims facts or invites to talk is for analyses: below every
# other message it would only be noise.
KINDS = ("complaint", "question", "suggestion", "praise", "toxic", "offensive")
MOODS = (*marks.SENTIMENTS, marks.UNSURE)
_IMPLIED = {"negative": "complaint", "positive": "praise"}


def in_short(bits: int | None) -> list[Sign]:
    """The few signs by which a list tells what was said; empty for what is neutral, or was not read yet."""
    if bits is None:
        return []
    given = set(marks.names(bits))
    # Whoever is hostile is offensive most of the time: one of the two is enough.
    kinds = [name for name in KINDS if name in given and not (name == "offensive" and "toxic" in given)]
    mood = marks.value(bits, "sentiment")
    if mood == "neutral" or _IMPLIED.get(mood) in given or (mood == marks.UNSURE and kinds):
        return [SIGNS[name] for name in kinds][:MOST_IN_A_ROW]
    return [SIGNS[name] for name in (*kinds[: MOST_IN_A_ROW - 1], mood)]


def in_full(bits: int) -> list[Sign]:
    """What a message was read as: mood first, then kinds, then what it is about."""
    given = set(marks.names(bits))
    rest = (name for name in (*KINDS, *marks.ASPECTS) if name in given)
    return [SIGNS[name] for name in (marks.value(bits, "sentiment"), *rest)]


def own_sign(aspect: Any) -> Sign:
    """A workspace's own aspect, by the name that its people gave it."""
    return Sign(aspect.output, aspect.name, icon="tag-starred")


def own_in(bits: int | None, own: Iterable[Any]) -> list[Sign]:
    """Which of a workspace's own aspects a message, or a conversation, is about."""
    return [own_sign(aspect) for aspect in own if (bits or 0) & marks.BIT[aspect.output]]


def yes_or_no(name: str | Promise, value: str) -> str:
    """What a person said of a kind or an aspect."""
    said = _("{name}: yes") if value == marks.YES else _("{name}: no")
    return said.format(name=name)


_TIERS = {
    "fast": gettext_lazy("the fast model"),
    "careful": gettext_lazy("the careful model"),
}


def tier(name: str) -> str:
    """What a tier is called."""
    return str(_TIERS.get(name, name))


def read_by(reader: Any) -> str:
    """Which model has read something."""
    return _("Read by {tier}, {version}").format(tier=tier(reader.tier), version=reader.version)
