"""What is known of a message besides its text (author, language, network, links), as filters compare it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

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


def keys(text: str, known: Properties) -> Iterator[tuple[Field, str]]:
    """Every (field, value) whose filter matches this message; possibly repeated."""
    for field in Field:
        yield from ((field, value) for value in values(field, text, known))


def values(field: Field, text: str, known: Properties) -> Iterable[str]:
    """Every value that a filter on `field` may have to match this message."""
    if field is Field.AUTHOR:
        return _names(known.author) if known.author else ()
    if field is Field.LANGUAGE:
        return _languages(known.language) if known.language else ()
    if field is Field.NETWORK:
        return (known.network.lower(),) if known.network else ()
    addresses = _ADDRESS.findall(text) if known.links is None else known.links
    return [host for address in addresses for host in _hosts(address)]


@lru_cache(maxsize=1 << 14)  # the same people write again and again
def _names(author: str) -> tuple[str, ...]:
    handle = comparable_handle(author)
    return tuple(handle[:end] for end in folding.handle_ends(handle, 0, len(handle)))


@lru_cache(maxsize=1 << 8)
def _languages(language: str) -> tuple[str, str]:
    code = language.lower().replace("_", "-")
    return code, code.split("-")[0]


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
