"""What the inbox's templates need beside the shell's tags."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import linebreaksbr, urlize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from resonanz.inbound.conversations.events import Event
from resonanz.inbound.enrichment.evidence import Passage
from resonanz.inbound.enrichment.queries import Meaning
from resonanz.web import meanings
from resonanz.web.inbox import sentences
from resonanz.web.inbox.meaning import Shown, shown
from resonanz.web.inbox.meaning import other_moods as moods_instead
from resonanz.web.templatetags.resonanz import icon

register = template.Library()

MOST_OWN = 2


@register.filter
def web_address(value: str) -> str:
    """{{ url|web_address }}: the address if a browser may follow it; nothing for what a network made up."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme in ("http", "https") and parts.netloc else ""


@register.filter
def told(event: Event) -> sentences.Told:
    """{{ event|told }}: what happened to a conversation, in words."""
    return sentences.told(event)


@register.simple_tag
def signs(marks: int | None, most: int = meanings.MOST_IN_A_ROW) -> SafeString:
    """{% signs row.marks %}: the few signs by which a list tells what was said."""
    return _signs(marks, most, get_language())


@lru_cache(maxsize=4096)  # a list has a hundred of them, and people say the same few things
def _signs(marks: int | None, most: int, _language: str | None) -> SafeString:
    found = ((icon(sign.icon, "sm"), sign.name) for sign in meanings.in_short(marks)[:most])
    return format_html_join(" ", '<span class="row-sign">{}{}</span>', found)


@register.simple_tag
def own_signs(marks: int | None, own: list[Any] | None, most: int = MOST_OWN) -> SafeString:
    """{% own_signs row.marks own_aspects %}: the first of the workspace's own aspects that it is about."""
    found = ((icon(sign.icon, "sm"), sign.name) for sign in meanings.own_in(marks, own or ())[:most])
    return format_html_join(" ", '<span class="row-sign own">{}<span>{}</span></span>', found)


@register.filter
def in_full(meaning: Meaning, own: list[Any] | None = None) -> list[Shown]:
    """{{ meaning|in_full:own_aspects }}: what a message was read as, each with its reason."""
    return shown(meaning, own or ())


@register.filter
def other_moods(meaning: Meaning) -> list[meanings.Sign]:
    """{{ meaning|other_moods }}: what its mood may be instead."""
    return moods_instead(meaning)


@register.filter
def read_by(reader: object) -> str:
    """{{ meaning.reader|read_by }}: which model has read it."""
    return meanings.read_by(reader)


@register.filter
def passage(one: Passage) -> SafeString:
    """{{ passage|passage }}: a piece of a text, marked with what it speaks for."""
    if one.outputs:
        return format_html('<mark data-of="{}">{}</mark>', " ".join(one.outputs), linebreaksbr(one.text))
    return SafeString(linebreaksbr(urlize(one.text, autoescape=True)))
