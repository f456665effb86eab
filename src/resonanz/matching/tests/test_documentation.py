"""What the users' page promises is so, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resonanz.matching import QuerySet, parse, reference

PAGES = sorted((Path(__file__).parents[4] / "docs").glob("**/listening/query-language.md"))
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \|$", re.MULTILINE)
EXAMPLES = [(page.parts[-3], *row) for page in PAGES for row in ROW.findall(page.read_text("utf-8"))]


def test_the_pages_have_examples() -> None:
    assert len(PAGES) == 2
    assert len(EXAMPLES) > 40


@pytest.mark.parametrize(("page", "query", "found", "not_found"), EXAMPLES)
def test_an_example_holds(page: str, query: str, found: str, not_found: str) -> None:
    parsed = parse(query)
    assert reference.matches(parsed, found)
    assert not reference.matches(parsed, not_found)
    assert list(QuerySet.compile({"q": parsed}, "python").match([not_found, found])) == [(1, "q")]
