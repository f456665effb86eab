"""Text as the reader means it: case, umlauts, accents, invisible signs folded, then cut into words and tags.

What looks alike to a reader of German folds alike: ``Müller`` = ``MUELLER`` (but not ``Muller``), ``Straße`` =
``Strasse``, ``café`` = ``Cafe``, ``ﬁ`` = ``fi``, fancy letters = plain ones, composed = decomposed. The rule works
code point by code point with one exception, the umlaut dots, so that a compiled loop can follow it.

Character properties: the Unicode database that comes with Python (`unicodedata`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum

UMLAUT = "\u0308"  # combining diaeresis: makes a, o, u into ae, oe, ue and is dropped elsewhere
TAG_JOINERS = ".-@"  # may stand inside a mention, as in @name@mastodon.example or @name.bsky.example

# Letters that no decomposition takes apart. The rest of the folding follows from Unicode.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n"}
)
_NOT_LETTERS = {ord("™"): " ", ord("℠"): " "}  # would become letters of the name that they follow
_EMOJI = ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))
# Joiners, Hangul fillers, variation selectors, skin tones: nothing of their own to see.
_INVISIBLE = frozenset([0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5]).union(
    range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0x1F3FB, 0x1F400), range(0xE0100, 0xE01F0)
)
# Scripts written without blanks: there each sign is a word, and a longer word is a phrase of signs.
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFF))
_KANA = ((0x3005, 0x3007), (0x3021, 0x3035), (0x3041, 0x30FF), (0x31F0, 0x31FF))


class Kind(IntEnum):
    """What a folded character is to the engine."""

    SEPARATOR = 0
    WORD = 1  # part of a word: letters, digits, vowel signs
    SOLO = 2  # a word by itself: an emoji, a Chinese or Japanese sign


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _dropped(char: str) -> bool:
    """Whether a character leaves no trace: accents, joiners, soft hyphens, direction marks, skin tones."""
    if char == "\u200b":  # zero width *space*: it separates
        return False
    return (
        unicodedata.combining(char) != 0
        or unicodedata.category(char) in ("Cf", "Me")
        or ord(char) in _INVISIBLE
    )


def kind(char: str) -> Kind:
    """The kind of one *folded* character."""
    if char.isascii():
        return Kind.WORD if char.isalnum() else Kind.SEPARATOR
    code, category = ord(char), unicodedata.category(char)
    if category[0] in "LN" and code < _KANA[0][0]:
        return Kind.WORD
    if is_ideograph(code):
        return Kind.SOLO
    if category[0] in "LN":
        return Kind.SOLO if _within(code, _KANA) else Kind.WORD
    if category == "So" and _within(code, _EMOJI):
        return Kind.SOLO
    return Kind.WORD if category[0] == "M" and not _dropped(char) else Kind.SEPARATOR


def is_ideograph(code: int) -> bool:
    """Whether a code point lies where Chinese signs are (all of these, and places kept free for more)."""
    return _within(code, _IDEOGRAPHS)


def fold_char(char: str) -> str:
    """What one code point folds to: any number of characters. Umlaut dots that start it are left standing."""
    if char.isascii():
        return char.lower()
    if ord(char) in _NOT_LETTERS:
        return " "
    kept = "".join(c for c in unicodedata.normalize("NFKD", char) if c == UMLAUT or not _dropped(c))
    plain = unicodedata.normalize("NFKD", kept.casefold().translate(_PLAIN))
    return _umlauts("".join(c for c in plain if c == UMLAUT or not _dropped(c)), leading=UMLAUT)


def _umlauts(text: str, leading: str = "") -> str:
    """Umlaut dots after a, o, u become e, others go; at the very start they become `leading`."""
    if UMLAUT not in text:
        return text
    start = leading if text[0] == UMLAUT else ""
    return start + re.sub(f"([aou]){UMLAUT}", r"\1e", text).replace(UMLAUT, "")


class _Folded(dict[int, str]):
    """Code point → what it folds to, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        if code < 0x20000:  # hostile texts must not fill the memory
            self[code] = folded
        return folded


class _Shape(dict[int, str]):
    """Folded code point → one letter for its role: w word, s solo, itself if tags know it, else a blank."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        shape = char if char in "#@_.-" else " ws"[kind(char)]
        if code < 0x20000:
            self[code] = shape
        return shape


_folded = _Folded()
_shape = _Shape()
# What nearly everything that people type consists of; the rest goes the long way.
_EVERYDAY = re.compile(r"[\x00-\x7fäöüÄÖÜß]*")
_EVERYDAY_WORD = re.compile(r"[A-Za-z0-9äöüÄÖÜß]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"w+|s")
_TAG = re.compile(r"(?<![ws])(?:#[ws_]+|@[ws_]+(?:[.@-][ws_]+)*)")


def fold(text: str) -> str:
    """`text` folded, punctuation and blanks kept. `fold(NFC(text)) == fold(NFD(text))`."""
    if text.isascii():
        return text.lower()
    return _umlauts(text.translate(_folded))


def words(text: str) -> list[str]:
    """The folded words of `text` in order."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return [folded[m.start() : m.end()] for m in _WORD.finditer(folded.translate(_shape))]


def tags(text: str) -> Iterator[tuple[int, str]]:
    """(number of words before it, folded tag with its sign) for each hashtag and mention, in order.

    A sign directly after a letter or digit starts no tag (``C#major``, ``info@example.org``). A mention is
    yielded once for each part that may be the name: ``@a@b.c`` as ``@a``, ``@a@b`` and ``@a@b.c``.
    """
    folded = fold(text)
    if "#" not in folded and "@" not in folded:
        return
    shape = folded.translate(_shape)
    starts = [m.start() for m in _WORD.finditer(shape)]
    before = 0
    for match in _TAG.finditer(shape):
        while before < len(starts) and starts[before] < match.start():
            before += 1
        for end in handle_ends(folded, match.start() + 1, match.end()):
            yield before, folded[match.start() : end]


def handle_ends(folded: str, start: int, end: int) -> Iterator[int]:
    """Where the name that begins at `start` may be taken to end: before each ``.`` or ``@``, and at `end`."""
    for i in range(start, end):
        if folded[i] in ".@":
            yield i
    yield end


def is_tag_name(folded: str, sign: str) -> bool:
    """Whether ``sign + folded`` is a whole hashtag or mention."""
    match = _TAG.fullmatch((sign + folded).translate(_shape))
    return match is not None


def spelled_words(text: str) -> list[str]:
    """The words of `text` as spelled: composed, without invisible signs, each folding to exactly one word."""
    if _EVERYDAY.fullmatch(text):
        return _EVERYDAY_WORD.findall(text)
    visible = spelled_name(text)
    shape = "".join("w" if c == UMLAUT else _spelled_shape(c) for c in visible)
    found = (visible[m.start() : m.end()].lstrip(UMLAUT) for m in _WORD.finditer(shape))
    return [word for word in found if word]


def spelled_name(text: str) -> str:
    """The name of a hashtag or mention as a person spelled it: composed, without invisible signs."""
    composed = unicodedata.normalize("NFKC", text.translate(_NOT_LETTERS))
    return unicodedata.normalize("NFKC", "".join(c for c in composed if c == UMLAUT or not _dropped(c)))


def _spelled_shape(char: str) -> str:
    shapes = {_shape[ord(c)] for c in _folded[ord(char)]} if ord(char) < 0x20000 else {" ws"[kind(char)]}
    return shapes.pop() if len(shapes) == 1 else " "
