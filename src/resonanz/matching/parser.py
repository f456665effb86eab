"""The query language: from what a person typed to a `Query`, or to a code that says what is wrong and where.

The grammar, in one place (keywords in capitals; the German ones in brackets mean the same)::

    query   = all { "OR" [ODER] all }
    all     = item { [ "AND" [UND] ] item }               two items side by side mean AND
    item    = { "NOT" [NICHT] | "-" } ( near | "(" query ")" )
    near    = side [ "NEAR/" n [NAHE/] side ]             n from 1 to 50
    side    = term | "(" term { "OR" term } ")"
    term    = word | '"' word { word } '"'                one word; several in this order
            | stem "*" | "*" stem | "*" stem "*"          a part of a word, 3 characters or more
            | "~" word                                    the word, or the last part of a compound
            | "#" name [ "*" ] | "@" name [ "*" ]         hashtag, mention
            | "from:" handle | "lang:" code | "network:" name | "link:" host

NEAR binds tighter than NOT, NOT tighter than AND, AND tighter than OR. Punctuation inside a word makes it a
phrase (``A&O`` is ``"A O"``). Quotation marks of any kind („ “ ” « ») are the same.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from resonanz.kernel import folding
from resonanz.matching import properties
from resonanz.matching.plan import matches_everything
from resonanz.matching.query import (
    MIN_STEM,
    And,
    Field,
    Filter,
    Near,
    Not,
    Or,
    Part,
    Partial,
    Query,
    Tag,
    Term,
    Words,
)

MAX_LENGTH = 10_000  # characters
MAX_TERMS = 500
MAX_DEPTH = 40  # parentheses
MAX_PHRASE = 20  # words
MAX_WORD = 100  # characters
MAX_DISTANCE = 50  # words


class Code(StrEnum):
    """Why a query is refused."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    TOO_MANY_TERMS = "too-many-terms"
    TOO_DEEP = "too-deep"
    MATCHES_EVERYTHING = "matches-everything"
    OPERAND_MISSING = "operand-missing"
    PARENTHESIS_OPEN = "parenthesis-open"
    PARENTHESIS_EXTRA = "parenthesis-extra"
    QUOTE_OPEN = "quote-open"
    NO_WORD = "no-word"
    WORD_TOO_LONG = "word-too-long"
    PHRASE_TOO_LONG = "phrase-too-long"
    STAR_MISPLACED = "star-misplaced"
    STAR_IN_PHRASE = "star-in-phrase"
    STEM_TOO_SHORT = "stem-too-short"
    ONE_WORD_ONLY = "one-word-only"
    TAG_INVALID = "tag-invalid"
    FIELD_UNKNOWN = "field-unknown"
    VALUE_INVALID = "value-invalid"
    NEAR_DISTANCE = "near-distance"
    NEAR_OPERAND = "near-operand"


class QueryError(ValueError):
    """A query that can't be used: the `code` says why, `start` and `end` (exclusive) where in its text."""

    def __init__(self, code: Code, start: int, end: int) -> None:
        super().__init__(f"{code} at {start}–{end}")
        self.code, self.start, self.end = code, start, end


_QUOTES = '"„“”«»'
# A hyphen means NOT only directly before what it excludes: “Bank - Köln” is not meant so, and is refused.
_TOKEN = re.compile(rf"[()]|[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]?|-(?![\s\-])|-\s|[^\s(){_QUOTES}]+")
_AND, _OR, _NOT, _NEAR = (
    frozenset(words) for words in (("AND", "UND"), ("OR", "ODER"), ("NOT", "NICHT", "-"), ("NEAR", "NAHE"))
)
_OPEN, _CLOSE = "(", ")"
_END = ""  # stands behind the last token
_CLOSING = frozenset((_CLOSE, _END))
_NO_TERM = _AND | _OR | _NOT | _NEAR | _CLOSING
# What most terms are; nothing in them needs a closer look.
_PLAIN = rf"[A-Za-z0-9äöüÄÖÜß]{{1,{MAX_WORD}}}"
_PLAIN_WORD = re.compile(_PLAIN)
_PLAIN_PHRASE = re.compile(rf'"{_PLAIN}(?: {_PLAIN}){{0,{MAX_PHRASE - 1}}}"')
_FIELD = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_NETWORK = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*")


def parse(text: str) -> Query:
    """The query that `text` means. Raises `QueryError`."""
    if len(text) > MAX_LENGTH:
        raise QueryError(Code.TOO_LONG, MAX_LENGTH, len(text))
    parser = _Parser(text)
    try:
        query = parser.whole()
    except _Refused as refused:
        raise QueryError(refused.code, *parser.place()) from None
    if not parser.monotone and matches_everything(query):
        raise QueryError(Code.MATCHES_EVERYTHING, 0, len(text))
    return query


class _Refused(Exception):
    """What `QueryError` says, before it is known where the token stands that the parser has arrived at."""

    def __init__(self, code: Code) -> None:
        self.code = code


class _Parser:
    """One recursive descent over the tokens of one text. Where a token stands matters only if it is refused."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = _TOKEN.findall(text)
        self._tokens.append(_END)
        self._at = 0  # the token to be read; one that is refused is not left behind
        self.monotone = ":" not in text  # neither filters nor NOT: then some term has to be there
        self._terms = 0
        self._depth = 0

    def place(self) -> tuple[int, int]:
        """Start and end of the token that the parser has arrived at."""
        token = next(islice(_TOKEN.finditer(self._text), self._at, None), None)
        if token is None:
            return len(self._text), len(self._text)
        return token.start(), token.end() if token[0][0] != "-" else token.start() + len(token[0].strip())

    def _refused_at(self, token: int, code: Code) -> _Refused:
        self._at = token
        return _Refused(code)

    def whole(self) -> Query:
        if self._tokens[0] == _END:
            raise _Refused(Code.EMPTY)
        query = self._any()
        if self._tokens[self._at] != _END:
            raise _Refused(Code.PARENTHESIS_EXTRA)
        return query

    def _any(self) -> Query:
        """Everything up to the parenthesis that closes, or the end."""
        either: list[Query] = []
        together: list[Query] = []  # since the last OR
        while True:
            together.append(self._item())
            token = self._tokens[self._at]
            if token in _AND:
                self._at += 1
            elif token in _OR:
                self._at += 1
                either.append(_joined(And, together))
                together = []
            elif token in _CLOSING:
                return _joined(Or, [*either, _joined(And, together)])

    def _item(self) -> Query:
        negated = False
        while self._tokens[self._at] in _NOT:
            self._at += 1
            self.monotone = False
            negated = not negated
        query = self._primary()
        if self._tokens[self._at][:4] in _NEAR and _is_near(self._tokens[self._at]):
            query = self._near(query)
        if not negated:
            return query
        return query.operand if isinstance(query, Not) else Not(query)

    def _near(self, left: Query) -> Near:
        near = self._at
        distance = self._tokens[near][5:]
        if not re.fullmatch("[0-9]{1,3}", distance) or not 1 <= int(distance) <= MAX_DISTANCE:
            raise _Refused(Code.NEAR_DISTANCE)
        self._at += 1
        right = self._primary()
        if _is_near(self._tokens[self._at]):
            raise _Refused(Code.NEAR_OPERAND)
        sides = _side(left), _side(right)
        if sides[0] is None or sides[1] is None:
            raise self._refused_at(near, Code.NEAR_OPERAND)
        return Near(int(distance), sides[0], sides[1])

    def _primary(self) -> Query:
        token = self._tokens[self._at]
        if token == _OPEN:
            return self._group()
        if token in _NO_TERM:
            raise _Refused(Code.OPERAND_MISSING)
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise _Refused(Code.TOO_MANY_TERMS)
        query = _term(token)
        self._at += 1
        return query

    def _group(self) -> Query:
        opening = self._at
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Refused(Code.TOO_DEEP)
        self._at += 1
        query = self._any()
        if self._tokens[self._at] != _CLOSE:
            raise self._refused_at(opening, Code.PARENTHESIS_OPEN)
        self._at += 1
        self._depth -= 1
        return query


def _is_near(token: str) -> bool:
    return token[:4] in _NEAR and token[4:5] in ("", "/")


def _joined(operator: type[And] | type[Or], operands: list[Query]) -> Query:
    """`operands` under `operator`, nested ones of the same kind taken in."""
    if len(operands) == 1:
        return operands[0]
    if operator not in map(type, operands):
        return operator(tuple(operands))
    flat: list[Query] = []
    for operand in operands:
        if isinstance(operand, operator):
            flat += operand.operands
        else:
            flat.append(operand)
    return operator(tuple(flat))


def _side(query: Query) -> tuple[Term, ...] | None:
    """The terms on one side of NEAR, or None if something else stands there."""
    terms = query.operands if isinstance(query, Or) else (query,)
    found = tuple(term for term in terms if isinstance(term, Words | Partial | Tag))
    return found if len(found) == len(terms) else None


@lru_cache(maxsize=1 << 15)  # the same words come again and again; where a query is stored they are shared
def _term(token: str) -> Query:
    """What a word, a phrase, a tag or a filter means."""
    if _PLAIN_WORD.fullmatch(token):  # by far the most
        return Words((token,))
    if _is_near(token):
        raise _Refused(Code.OPERAND_MISSING)
    if token[0] in _QUOTES:
        return _phrase(token)
    if token[0] in "#@＃＠":
        return _tag(token)
    if ":" in token and (match := _FIELD.fullmatch(token)):
        return _filter(match[1].lower(), match[2])
    if token[0] == "~":
        return Partial(Part.COMPOUND, _stem(token[1:]))
    if "*" in token:
        return _partial(token)
    return _words(token)


def _phrase(token: str) -> Words:
    if _PLAIN_PHRASE.fullmatch(token):
        return Words(tuple(token[1:-1].split(" ")))
    if len(token) == 1 or token[-1] not in _QUOTES:
        raise _Refused(Code.QUOTE_OPEN)
    if "*" in token:
        raise _Refused(Code.STAR_IN_PHRASE)
    return _words(token)


def _words(token: str) -> Words:
    words = folding.spelled_words(token)
    if not words:
        raise _Refused(Code.NO_WORD)
    if len(words) > MAX_PHRASE:
        raise _Refused(Code.PHRASE_TOO_LONG)
    if max(map(len, words)) > MAX_WORD:
        raise _Refused(Code.WORD_TOO_LONG)
    return Words(tuple(words))


def _partial(token: str) -> Partial:
    before, after = token.startswith("*"), token.endswith("*")
    part = Part.INSIDE if before and after else Part.END if before else Part.START
    return Partial(part, _stem(token.removeprefix("*").removesuffix("*")))


def _stem(text: str) -> str:
    if "*" in text:
        raise _Refused(Code.STAR_MISPLACED)
    words = folding.spelled_words(text)
    if len(words) > 1:
        raise _Refused(Code.ONE_WORD_ONLY)
    if not words or len(folding.fold(words[0])) < MIN_STEM:
        raise _Refused(Code.STEM_TOO_SHORT)
    if len(words[0]) > MAX_WORD:
        raise _Refused(Code.WORD_TOO_LONG)
    return words[0]


def _tag(token: str) -> Tag:
    sign = "#" if token[0] in "#＃" else "@"
    starred = token.endswith("*")
    name = folding.spelled_name(token[1:].removesuffix("*"))
    if not folding.is_tag_name(folding.fold(name), sign):
        raise _Refused(Code.TAG_INVALID)
    if starred and len(folding.fold(name)) < MIN_STEM:
        raise _Refused(Code.STEM_TOO_SHORT)
    if len(name) > MAX_WORD:
        raise _Refused(Code.WORD_TOO_LONG)
    return Tag(sign, name, starred)


def _filter(name: str, value: str) -> Filter:
    if name not in tuple(Field):
        raise _Refused(Code.FIELD_UNKNOWN)
    field = Field(name)
    comparable = _comparable(field, value)
    if comparable is None or len(comparable) > MAX_WORD:
        raise _Refused(Code.VALUE_INVALID)
    return Filter(field, comparable)


def _comparable(field: Field, value: str) -> str | None:
    """`value` as it will be compared, or None if no message can have it."""
    match field:
        case Field.AUTHOR:
            handle = properties.comparable_handle(value)
            return handle if folding.is_tag_name(handle, "@") else None
        case Field.LANGUAGE:
            return value.lower() if _LANGUAGE.fullmatch(value.lower()) else None
        case Field.NETWORK:
            return value.lower() if _NETWORK.fullmatch(value.lower()) else None
        case Field.LINK:
            host = properties.comparable_host(value)
            return host if _HOST.fullmatch(host) else None
