"""Why a query is refused, in sentences."""

from __future__ import annotations

from resonanz.cli.text import _, gettext_noop
from resonanz.matching import Code, QueryError
from resonanz.matching import parser as limits

WHY = {
    Code.EMPTY: gettext_noop("The query is empty."),
    Code.TOO_LONG: gettext_noop("The query is longer than {MAX_LENGTH} characters."),
    Code.TOO_MANY_TERMS: gettext_noop("The query has more than {MAX_TERMS} terms."),
    Code.TOO_DEEP: gettext_noop("More than {MAX_DEPTH} parentheses inside one another."),
    Code.MATCHES_EVERYTHING: gettext_noop(
        "This would match nearly everything: at least one word, tag, author or link must be asked for."
    ),
    Code.OPERAND_MISSING: gettext_noop("Here a word is missing."),
    Code.PARENTHESIS_OPEN: gettext_noop("This parenthesis is never closed."),
    Code.PARENTHESIS_EXTRA: gettext_noop("This parenthesis closes nothing."),
    Code.QUOTE_OPEN: gettext_noop("This quotation mark is never closed."),
    Code.NO_WORD: gettext_noop("There is no letter, digit or emoji in it, so nothing to look for."),
    Code.WORD_TOO_LONG: gettext_noop("A word is longer than {MAX_WORD} characters."),
    Code.PHRASE_TOO_LONG: gettext_noop("A phrase has more than {MAX_PHRASE} words."),
    Code.STAR_MISPLACED: gettext_noop("A star stands at the beginning or the end of a word only."),
    Code.STAR_IN_PHRASE: gettext_noop("No stars inside quotation marks; use NEAR/1 instead."),
    Code.STEM_TOO_SHORT: gettext_noop("With a star or ~, at least {MIN_STEM} letters must be given."),
    Code.ONE_WORD_ONLY: gettext_noop("A star or ~ goes with a single word, without a hyphen or the like."),
    Code.TAG_INVALID: gettext_noop("This is no hashtag or mention."),
    Code.FIELD_UNKNOWN: gettext_noop(
        "Before a colon only from, lang, network or link may stand; else use quotation marks."
    ),
    Code.VALUE_INVALID: gettext_noop("No message can have this value."),
    Code.NEAR_DISTANCE: gettext_noop("After NEAR a slash and a number from 1 to {MAX_DISTANCE} is needed."),
    Code.NEAR_OPERAND: gettext_noop("On each side of NEAR: a term, or terms with OR in parentheses."),
}


def sentence(refused: QueryError, query: str) -> str:
    """What is wrong with `query`, and where."""
    text = _(WHY[refused.code]).format(**vars(limits))
    passage = query[refused.start : refused.end]
    if len(passage) > 40:
        passage = passage[:39] + "…"
    place = _("character {number}").format(number=refused.start + 1)
    return f"{text} ({place}: {passage})" if passage.strip() else f"{text} ({place})"
