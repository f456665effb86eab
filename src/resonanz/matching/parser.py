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
from typing import NamedTuple

from resonanz.kernel import folding
from resonanz.matching import properties
from resonanz.matching.plan import matches_everything
from resonanz.matching.query import (
    KEYWORDS,
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


class _Token(NamedTuple):
    type: str  # open, close, quote, minus, AND, OR, NOT, NEAR, term, end
    text: str
    start: int
    end: int

    def error(self, code: Code) -> QueryError:
        return QueryError(code, self.start, self.end)


_QUOTES = '"„“”«»'
_LEXER = re.compile(
    rf"(?P<open>\()|(?P<close>\))|(?P<quote>[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]?)"
    rf"|(?P<minus>-(?=[^\s\-)]))|(?P<NEAR>(?:NEAR|NAHE)(?:/[^\s(){_QUOTES}]*)?(?=[\s(){_QUOTES}]|$))"
    rf"|(?P<term>[^\s(){_QUOTES}]+)"
)
_FIELD = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_NETWORK = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*")


def parse(text: str) -> Query:
    """The query that `text` means. Raises `QueryError`."""
    if len(text) > MAX_LENGTH:
        raise QueryError(Code.TOO_LONG, MAX_LENGTH, len(text))
    parser = _Parser(text)
    query = parser.whole()
    if matches_everything(query):
        raise QueryError(Code.MATCHES_EVERYTHING, 0, len(text))
    return query


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _LEXER.finditer(text):
        type_, value = match.lastgroup or "", match.group()
        if type_ == "term":
            type_ = KEYWORDS.get(value, "term")
        elif type_ == "quote":
            if len(value) == 1 or value[-1] not in _QUOTES:
                raise QueryError(Code.QUOTE_OPEN, *match.span())
            value = value[1:-1]
        elif type_ == "NEAR":
            value = value.partition("/")[2]
        found.append(_Token(type_, value, *match.span()))
    found.append(_Token("end", "", len(text), len(text)))
    return found


class _Parser:
    """One recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._following = iter(_tokens(text))
        self._token = next(self._following)
        self._terms = 0
        self._depth = 0

    def _next(self) -> _Token:
        """The token, which is left behind."""
        token = self._token
        self._token = next(self._following, token)
        return token

    def whole(self) -> Query:
        if self._token.type == "end":
            raise self._token.error(Code.EMPTY)
        query = self._any()
        if self._token.type != "end":
            raise self._token.error(Code.PARENTHESIS_EXTRA)
        return query

    def _any(self) -> Query:
        found = [self._all()]
        while self._token.type == "OR":
            self._next()
            found.append(self._all())
        return _joined(Or, found)

    def _all(self) -> Query:
        found = [self._item()]
        while self._token.type not in ("OR", "close", "end"):
            if self._token.type == "AND":
                self._next()
            found.append(self._item())
        return _joined(And, found)

    def _item(self) -> Query:
        negated = False
        while self._token.type in ("NOT", "minus"):
            self._next()
            negated = not negated
        query = self._near()
        if not negated:
            return query
        return query.operand if isinstance(query, Not) else Not(query)

    def _near(self) -> Query:
        left = self._primary()
        if self._token.type != "NEAR":
            return left
        near = self._next()
        distance = int(near.text) if re.fullmatch("[0-9]{1,3}", near.text) else 0
        if not 1 <= distance <= MAX_DISTANCE:
            raise near.error(Code.NEAR_DISTANCE)
        right = self._primary()
        if self._token.type == "NEAR":
            raise self._token.error(Code.NEAR_OPERAND)
        return Near(distance, _side(left, near), _side(right, near))

    def _primary(self) -> Query:
        token = self._next()
        if token.type == "open":
            return self._group(token)
        if token.type not in ("quote", "term"):
            raise token.error(Code.OPERAND_MISSING)
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise token.error(Code.TOO_MANY_TERMS)
        return _phrase(token) if token.type == "quote" else _term(token)

    def _group(self, opening: _Token) -> Query:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise opening.error(Code.TOO_DEEP)
        query = self._any()
        if self._token.type != "close":
            raise opening.error(Code.PARENTHESIS_OPEN)
        self._next()
        self._depth -= 1
        return query


def _joined(operator: type[And] | type[Or], operands: list[Query]) -> Query:
    """`operands` under `operator`, nested ones of the same kind taken in."""
    if len(operands) == 1:
        return operands[0]
    flat: list[Query] = []
    for operand in operands:
        if isinstance(operand, operator):
            flat += operand.operands
        else:
            flat.append(operand)
    return operator(tuple(flat))


def _side(query: Query, near: _Token) -> tuple[Term, ...]:
    terms = query.operands if isinstance(query, Or) else (query,)
    found = tuple(term for term in terms if isinstance(term, Words | Partial | Tag))
    if len(found) < len(terms):
        raise near.error(Code.NEAR_OPERAND)
    return found


def _phrase(token: _Token) -> Words:
    if "*" in token.text:
        raise token.error(Code.STAR_IN_PHRASE)
    return _words(token)


def _words(token: _Token) -> Words:
    words = folding.spelled_words(token.text)
    if not words:
        raise token.error(Code.NO_WORD)
    if len(words) > MAX_PHRASE:
        raise token.error(Code.PHRASE_TOO_LONG)
    if max(map(len, words)) > MAX_WORD:
        raise token.error(Code.WORD_TOO_LONG)
    return Words(tuple(words))


def _term(token: _Token) -> Query:
    text = token.text
    if text[0] in "#@＃＠":
        return _tag(token)
    if ":" in text and (match := _FIELD.fullmatch(text)):
        return _filter(token, match[1].lower(), match[2])
    if text[0] == "~":
        return Partial(Part.COMPOUND, _stem(token, text[1:]))
    if "*" in text:
        return _partial(token)
    return _words(token)


def _partial(token: _Token) -> Partial:
    before, after = token.text.startswith("*"), token.text.endswith("*")
    part = Part.INSIDE if before and after else Part.END if before else Part.START
    return Partial(part, _stem(token, token.text.removeprefix("*").removesuffix("*")))


def _stem(token: _Token, text: str) -> str:
    if "*" in text:
        raise token.error(Code.STAR_MISPLACED)
    words = folding.spelled_words(text)
    if len(words) > 1:
        raise token.error(Code.ONE_WORD_ONLY)
    if not words or len(folding.fold(words[0])) < MIN_STEM:
        raise token.error(Code.STEM_TOO_SHORT)
    if len(words[0]) > MAX_WORD:
        raise token.error(Code.WORD_TOO_LONG)
    return words[0]


def _tag(token: _Token) -> Tag:
    sign = "#" if token.text[0] in "#＃" else "@"
    starred = token.text.endswith("*")
    name = folding.spelled_name(token.text[1:].removesuffix("*"))
    if not folding.is_tag_name(folding.fold(name), sign):
        raise token.error(Code.TAG_INVALID)
    if starred and len(folding.fold(name)) < MIN_STEM:
        raise token.error(Code.STEM_TOO_SHORT)
    if len(name) > MAX_WORD:
        raise token.error(Code.WORD_TOO_LONG)
    return Tag(sign, name, starred)


def _filter(token: _Token, name: str, value: str) -> Filter:
    if name not in tuple(Field):
        raise token.error(Code.FIELD_UNKNOWN)
    field = Field(name)
    comparable = _comparable(field, value)
    if comparable is None or len(comparable) > MAX_WORD:
        raise token.error(Code.VALUE_INVALID)
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
