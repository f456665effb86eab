"""What is known of a message besides its text (author, language, network, links), as filters compare it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resonanz.kernel import folding
from resonanz.matching.query import Field

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_HOST_OF = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#\\]*@)?([^/?#\\:]+)", re.IGNORECASE)

Keys = Sequence[tuple[Field, str]]


@dataclass(frozen=True, slots=True)
class Properties:
    """Of one message. None: not known, so no filter on it matches; of links, those in the text count then."""

    author: str | None = None
    language: str | None = None
    network: str | None = None
    links: Sequence[str] | None = None


NOTHING_KNOWN = Properties()


def keys(
    text: str, known: Properties, fields: frozenset[Field] = frozenset(Field)
) -> Iterator[tuple[Field, str]]:
    """Every (field, value) whose filter matches this message, for the given fields; possibly repeated."""
    if known.author and Field.AUTHOR in fields:
        handle = comparable_handle(known.author)
        for end in folding.handle_ends(handle, 0, len(handle)):
            yield Field.AUTHOR, handle[:end]
    if known.language and Field.LANGUAGE in fields:
        language = known.language.lower().replace("_", "-")
        yield Field.LANGUAGE, language
        yield Field.LANGUAGE, language.split("-")[0]
    if known.network and Field.NETWORK in fields:
        yield Field.NETWORK, known.network.lower()
    if Field.LINK in fields:
        for address in _ADDRESS.findall(text) if known.links is None else known.links:
            yield from ((Field.LINK, host) for host in _hosts(address))


def comparable_handle(author: str) -> str:
    """An author's handle, folded, without the sign before it."""
    return folding.fold(author.strip()).removeprefix("@")


def comparable_host(host: str) -> str:
    """A host in small letters, without ``www.``, umlauts as in IDNA; "" if that is impossible."""
    plain = host.strip().strip(".").lower().removeprefix("www.")
    if plain.isascii():
        return plain
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _hosts(address: str) -> Iterator[str]:
    """The host of a web address and every domain it lies in: a.b.example → a.b.example, b.example, example."""
    match = _HOST_OF.match(address.strip())
    host = comparable_host(match[1]) if match else ""
    while host:
        yield host
        host = host.partition(".")[2]
