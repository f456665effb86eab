"""What the inbox's templates need beside the shell's tags."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import linebreaksbr, urlize
from django.utils.html import format_html
from django.utils.safestring import SafeString

from resonanz.inbound.conversations.events import Event
from resonanz.inbound.enrichment.evidence import Passage
from resonanz.inbound.enrichment.queries import Meaning
from resonanz.web import meanings
from resonanz.web.inbox import sentences
from resonanz.web.inbox.meaning import Shown, shown
from resonanz.web.inbox.meaning import other_moods as moods_instead

register = template.Library()


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


@register.filter
def in_short(marks: int | None) -> list[meanings.Sign]:
    """{{ row.marks|in_short }}: the few signs by which a list tells what was said."""
    return meanings.in_short(marks)


@register.filter
def in_full(meaning: Meaning) -> list[Shown]:
    """{{ meaning|in_full }}: what a message was read as, each with its reason."""
    return shown(meaning)


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
