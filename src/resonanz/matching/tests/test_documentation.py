"""What the users' page promises is so, in both languages: each row of its tables is tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resonanz.matching import Properties, QueryError, QuerySet, parse, reference

PAGES = sorted((Path(__file__).parents[4] / "docs").glob("**/listening/query-language.md"))
NAMES = {"from": "author", "lang": "language", "network": "network", "link": "links"}


def rows(pattern: str) -> list[tuple[str, ...]]:
    """What a row's pattern catches, with the page's language before it."""
    row = re.compile(rf"^\| {pattern} \|$", re.MULTILINE)
    return [(page.parts[-3], *m.groups()) for page in PAGES for m in row.finditer(page.read_text("utf-8"))]


EXAMPLES = rows("`(.+?)` \\| `(.+?)` \\| `(.+?)`")
PROPERTIES = rows("`((?:from|lang|network|link):.+?)` \\| [^|`]+ `(.+?)` \\| [^|`]+ `(.+?)`")
REFUSED = rows("`(.+?)` \\| [^|`]+")


def test_no_row_is_left_out() -> None:
    assert len(PAGES) == 2
    written = sum(page.read_text("utf-8").count("\n| `") for page in PAGES)
    assert len(EXAMPLES) + len(PROPERTIES) + len(REFUSED) == written
    assert min(len(EXAMPLES), len(PROPERTIES), len(REFUSED)) > 4


@pytest.mark.parametrize(("page", "query", "found", "not_found"), EXAMPLES)
def test_an_example_holds(page: str, query: str, found: str, not_found: str) -> None:
    parsed = parse(query)
    assert reference.matches(parsed, found)
    assert not reference.matches(parsed, not_found)
    assert list(QuerySet.compile({"q": parsed}, "python").match([not_found, found])) == [(1, "q")]


@pytest.mark.parametrize(("page", "query", "found", "not_found"), PROPERTIES)
def test_a_property_holds(page: str, query: str, found: str, not_found: str) -> None:
    name = NAMES[query.partition(":")[0]]
    known = [Properties(**{name: [value] if name == "links" else value}) for value in (found, not_found)]  # type: ignore[arg-type]
    parsed = parse(f"{query} Bank")
    assert [reference.matches(parsed, "Bank", one) for one in known] == [True, False]


@pytest.mark.parametrize(("page", "query"), REFUSED)
def test_what_is_said_to_be_refused_is_refused(page: str, query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)
