"""Texts in word pieces, as the careful tier reads them: of each word the likeliest cut (SentencePiece's unigram)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

PADDING, BEGIN, END, UNKNOWN = range(4)  # the first rows of every vocabulary
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
JOINER, AS_PICTURE = "\u200d", "\ufe0f"  # make one emoji of several, and a picture of a sign
BLANK = "\u2581"  # how SentencePiece writes the blank before a word
UNKNOWN_PENALTY = 10.0  # a letter that no piece has: below the least likely piece, as SentencePiece has it
LONGEST_WORD = 400  # characters of one word that are read
REMEMBERED = 1 << 15  # words whose pieces are remembered: people repeat themselves

_WORD = re.compile(r"\S+")
# Who is spoken to, and which page a link leads to, must not decide: each is one sign.
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAME = re.compile(r"(?<!\w)@[\w.-]+(?:@[\w.-]+)?")  # @name, @name.example, @name@server.example


def plain(word: str) -> str:
    """A word without anybody's name or address and without hidden signs, compatibility forms resolved (NFKC)."""
    word = _NAME.sub("@", _LINK.sub("http", word if word.isascii() else _shown(word)))
    return "".join(unicodedata.normalize("NFKC", word).split())


def _shown(word: str) -> str:
    """The word without signs that nobody sees; those that join emoji stay."""
    return "".join(
        letter
        for before, letter in zip(" " + word, word, strict=False)
        if unicodedata.category(letter) != "Cf" or (letter == JOINER and _pictured(before))
    )


def _pictured(sign: str) -> bool:
    return sign == AS_PICTURE or unicodedata.category(sign) in ("So", "Sk")


class Pieces:
    """A vocabulary. Any number of threads may use one."""

    def __init__(self, names: Sequence[str], scores: Sequence[float]) -> None:
        """The pieces by number, after `SPECIAL`; of each its log-probability."""
        self.names, self.scores = tuple(names), tuple(scores)
        known = zip(self.names, range(len(self.names)), strict=True)
        self._numbers = {name: number for name, number in known if number >= len(SPECIAL)}
        self._longest = max(map(len, self._numbers), default=1)
        self._least = min(self.scores[len(SPECIAL) :], default=0.0) - UNKNOWN_PENALTY
        self.of_word = lru_cache(REMEMBERED)(self._of_word)

    def __len__(self) -> int:
        return len(self.names)

    def words(self, text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Of each word of a text where it starts and ends (code points), and its pieces."""
        for found in _WORD.finditer(text):
            yield found.start(), found.end(), self.of_word(found.group()[:LONGEST_WORD])

    def of(self, text: str, most: int) -> list[int]:
        """The pieces of a text, at most `most`, without begin and end."""
        pieces: list[int] = []
        for _, _, word in self.words(text):
            pieces += word
            if len(pieces) >= most:
                break
        return pieces[:most]

    def _of_word(self, word: str) -> tuple[int, ...]:
        word = plain(word)
        return self._cut(BLANK + word) if word else ()

    def _cut(self, word: str) -> tuple[int, ...]:
        """Viterbi's way through the word: from each place the likeliest piece that ends there."""
        best = [0.0] + [float("-inf")] * len(word)
        came = [(0, UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                number = self._numbers.get(word[start:end])
                if number is None:
                    if end > start + 1:
                        continue
                    number, score = UNKNOWN, self._least
                else:
                    score = self.scores[number]
                if best[start] + score > best[end]:
                    best[end], came[end] = best[start] + score, (start, number)
        found, at = [], len(word)
        while at:
            at, number = came[at]
            found.append(number)
        return tuple(found[::-1])
