"""Which messages are read, and which of their words."""

from __future__ import annotations

from hashlib import blake2b

from resonanz.inbound.intake.models import Origin, StoredMessage


def is_readable(message: StoredMessage) -> bool:
    """Whether it says something to us: our own words are nobody's opinion, and context is shown, not sorted."""
    return not message.is_ours and message.origin == Origin.INBOUND


def wording(message: StoredMessage) -> str:
    """The text that is read."""
    return f"{message.title}\n{message.text}" if message.title else message.text


def fingerprint(message: StoredMessage) -> str:
    """The same for the same wording."""
    return fingerprint_of(wording(message))


def fingerprint_of(text: str) -> str:
    """The same for the same text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
