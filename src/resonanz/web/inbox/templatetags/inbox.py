"""What the inbox's templates need beside the shell's tags."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template

from resonanz.inbound.conversations.events import Event
from resonanz.web.inbox import sentences

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
