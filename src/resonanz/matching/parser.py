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
from typing import TypeAlias

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


_Token: TypeAlias = re.Match[str]  # its type is the group that matched

_QUOTES = '"„“”«»'
_WORD_ENDS = rf"(?=[\s(){_QUOTES}]|\Z)"
_LEXER = re.compile(
    rf"(?P<open>\()|(?P<close>\))|(?P<quote>[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]?)"
    rf"|(?P<AND>(?:AND|UND){_WORD_ENDS})|(?P<OR>(?:OR|ODER){_WORD_ENDS})"
    rf"|(?P<NOT>(?:NOT|NICHT){_WORD_ENDS}|-(?=[^\s\-)]))"
    rf"|(?P<NEAR>(?:NEAR|NAHE)(?:/(?P<distance>[^\s(){_QUOTES}]*))?{_WORD_ENDS})"
    rf"|(?P<term>[^\s(){_QUOTES}]+)|(?P<end>\Z)"
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


def _refused(code: Code, token: _Token) -> QueryError:
    return QueryError(code, *token.span())


class _Parser:
    """One recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._following = _LEXER.finditer(text)
        self._token = next(self._following)
        self._terms = 0
        self._depth = 0

    def _next(self) -> _Token:
        """The token, which is left behind."""
        token = self._token
        self._token = next(self._following, token)
        return token

    def whole(self) -> Query:
        if self._token.lastgroup == "end":
            raise _refused(Code.EMPTY, self._token)
        query = self._any()
        if self._token.lastgroup != "end":
            raise _refused(Code.PARENTHESIS_EXTRA, self._token)
        return query

    def _any(self) -> Query:
        found = [self._all()]
        while self._token.lastgroup == "OR":
            self._next()
            found.append(self._all())
        return _joined(Or, found)

    def _all(self) -> Query:
        found = [self._item()]
        while self._token.lastgroup not in ("OR", "close", "end"):
            if self._token.lastgroup == "AND":
                self._next()
            found.append(self._item())
        return _joined(And, found)

    def _item(self) -> Query:
        negated = False
        while self._token.lastgroup == "NOT":
            self._next()
            negated = not negated
        query = self._near()
        if not negated:
            return query
        return query.operand if isinstance(query, Not) else Not(query)

    def _near(self) -> Query:
        left = self._primary()
        if self._token.lastgroup != "NEAR":
            return left
        near = self._next()
        distance = int(near["distance"]) if re.fullmatch("[0-9]{1,3}", near["distance"] or "") else 0
        if not 1 <= distance <= MAX_DISTANCE:
            raise _refused(Code.NEAR_DISTANCE, near)
        right = self._primary()
        if self._token.lastgroup == "NEAR":
            raise _refused(Code.NEAR_OPERAND, self._token)
        return Near(distance, _side(left, near), _side(right, near))

    def _primary(self) -> Query:
        token = self._next()
        if token.lastgroup == "open":
            return self._group(token)
        if token.lastgroup not in ("quote", "term"):
            raise _refused(Code.OPERAND_MISSING, token)
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise _refused(Code.TOO_MANY_TERMS, token)
        return _phrase(token) if token.lastgroup == "quote" else _term(token)

    def _group(self, opening: _Token) -> Query:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refused(Code.TOO_DEEP, opening)
        query = self._any()
        if self._token.lastgroup != "close":
            raise _refused(Code.PARENTHESIS_OPEN, opening)
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
        raise _refused(Code.NEAR_OPERAND, near)
    return found


def _phrase(token: _Token) -> Words:
    text = token[0]
    if len(text) == 1 or text[-1] not in _QUOTES:
        raise _refused(Code.QUOTE_OPEN, token)
    if "*" in text:
        raise _refused(Code.STAR_IN_PHRASE, token)
    return _words(token)


def _words(token: _Token) -> Words:
    words = folding.spelled_words(token[0])
    if not words:
        raise _refused(Code.NO_WORD, token)
    if len(words) > MAX_PHRASE:
        raise _refused(Code.PHRASE_TOO_LONG, token)
    if max(map(len, words)) > MAX_WORD:
        raise _refused(Code.WORD_TOO_LONG, token)
    return Words(tuple(words))


def _term(token: _Token) -> Query:
    text = token[0]
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
    before, after = token[0].startswith("*"), token[0].endswith("*")
    part = Part.INSIDE if before and after else Part.END if before else Part.START
    return Partial(part, _stem(token, token[0].removeprefix("*").removesuffix("*")))


def _stem(token: _Token, text: str) -> str:
    if "*" in text:
        raise _refused(Code.STAR_MISPLACED, token)
    words = folding.spelled_words(text)
    if len(words) > 1:
        raise _refused(Code.ONE_WORD_ONLY, token)
    if not words or len(folding.fold(words[0])) < MIN_STEM:
        raise _refused(Code.STEM_TOO_SHORT, token)
    if len(words[0]) > MAX_WORD:
        raise _refused(Code.WORD_TOO_LONG, token)
    return words[0]


def _tag(token: _Token) -> Tag:
    sign = "#" if token[0][0] in "#＃" else "@"
    starred = token[0].endswith("*")
    name = folding.spelled_name(token[0][1:].removesuffix("*"))
    if not folding.is_tag_name(folding.fold(name), sign):
        raise _refused(Code.TAG_INVALID, token)
    if starred and len(folding.fold(name)) < MIN_STEM:
        raise _refused(Code.STEM_TOO_SHORT, token)
    if len(name) > MAX_WORD:
        raise _refused(Code.WORD_TOO_LONG, token)
    return Tag(sign, name, starred)


def _filter(token: _Token, name: str, value: str) -> Filter:
    if name not in tuple(Field):
        raise _refused(Code.FIELD_UNKNOWN, token)
    field = Field(name)
    comparable = _comparable(field, value)
    if comparable is None or len(comparable) > MAX_WORD:
        raise _refused(Code.VALUE_INVALID, token)
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
