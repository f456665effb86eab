"""What may reach the feed parser: XML that can be read in bounded time and memory. Pure.

The parser is tolerant, and pays for it: measured on one core, 8,000 attributes on one element cost it 13 s, 100,000
nested elements 15 s, ten nested entities 8 s, 100,000 bare ampersands 2 s. So expat, which is linear, looks first.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_BYTES = 4 * 2**20
MAX_ENTRIES = 300
_MAX_DEPTH = 100
_MAX_ATTRIBUTES = 200
_MAX_ELEMENTS = 30_000
# A document no XML parser accepts is read leniently only when it is small.
_LENIENT = {b"<": 6_000, b"&": 2_000, b"=": 3_000}
_LENIENT_BYTES = 400_000
_MAX_AMPERSANDS = 300_000
_ENTRY_NAMES = ("item", "entry")

_ENTRY_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_AMPERSAND = re.compile(rb"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:(\w{2,10});)?")


class TooMuch(ValueError):
    """A document that no honest feed would send."""


@dataclass(frozen=True, slots=True)
class Sieved:
    body: bytes
    left_out: int = 0  # entries beyond MAX_ENTRIES
    # Not well-formed XML: it may have been cut off on its way, so it is not what its ETag says.
    is_guess: bool = False


def sieve(body: bytes, *, last: bool = False) -> Sieved:
    """`body` as it may be parsed, with its first MAX_ENTRIES entries, or its last ones. Raises TooMuch."""
    try:
        return _cut(body, _weigh(body), last=last)
    except expat.ExpatError:
        if body.count(b"&") > _MAX_AMPERSANDS:
            raise TooMuch("not well-formed, and too large to mend") from None
    body = _mended(body)
    try:
        return _cut(body, _weigh(body), last=last)
    except expat.ExpatError:
        pass  # then only leniently
    if len(body) > _LENIENT_BYTES or any(body.count(mark) > most for mark, most in _LENIENT.items()):
        raise TooMuch("not well-formed, and too large to guess at")
    return Sieved(_whole_entries(body), is_guess=True)


@dataclass
class _Weight:
    """What expat saw: how deep, how much, and where the entries begin and end."""

    depth: int = 0
    elements: int = 0
    entries: int = 0
    starts: list[int] = field(default_factory=list)  # byte offsets of each entry's first <
    last_end: int = 0  # of the last entry's closing tag


def _weigh(body: bytes) -> _Weight:
    weight = _Weight()
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        weight.depth += 1
        weight.elements += 1
        if weight.depth > _MAX_DEPTH or len(attributes) > _MAX_ATTRIBUTES:
            raise TooMuch("nested too deeply, or too many attributes")
        if _is_entry(name):
            weight.starts.append(parser.CurrentByteIndex)
        if weight.elements > _MAX_ELEMENTS and len(weight.starts) <= MAX_ENTRIES:
            raise TooMuch("too many elements")

    def end(name: str) -> None:
        weight.depth -= 1
        if _is_entry(name):
            weight.last_end = parser.CurrentByteIndex

    def entity(*_declaration: object) -> None:
        raise TooMuch("declares entities")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    parser.Parse(body, True)
    return weight


def _is_entry(name: str) -> bool:
    return name.rpartition(":")[2].lower() in _ENTRY_NAMES


def _cut(body: bytes, weight: _Weight, *, last: bool) -> Sieved:
    """Without the entries beyond MAX_ENTRIES; what opens and closes the document stays."""
    left_out = len(weight.starts) - MAX_ENTRIES
    if left_out <= 0:
        return Sieved(body)
    if last:
        return Sieved(body[: weight.starts[0]] + body[weight.starts[left_out] :], left_out)
    tail = body.find(b">", weight.last_end) + 1
    return Sieved(body[: weight.starts[MAX_ENTRIES]] + body[tail:], left_out)


def _whole_entries(body: bytes) -> bytes:
    """Without an entry that breaks off, which would be taken for another one than it is."""
    ends = [match.end() for match in _ENTRY_END.finditer(body)]
    return body[: ends[-1]] if ends else body


def _mended(body: bytes) -> bytes:
    """The usual slips set right: bare ampersands, HTML's names for characters, control characters, leading space."""

    def reference(match: re.Match[bytes]) -> bytes:
        name = (match[1] or b"").decode("ascii", "replace")
        code = html.entities.name2codepoint.get(name)
        return f"&#{code};".encode() if code else b"&amp;" + match[0][1:]

    return _AMPERSAND.sub(reference, _CONTROL.sub(b"", body)).lstrip()
