"""Reading what nobody vouches for."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.connectorkit import reading
from resonanz.connectorkit.faults import broken_variants
from resonanz.connectorkit.html import to_text
from resonanz.connectorkit.reading import Unreadable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
steps = st.lists(st.one_of(st.text(max_size=3), st.integers(-3, 3)), max_size=3)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(values, steps)
def test_every_helper_takes_everything(value: Any, path: list[str | int]) -> None:
    assert isinstance(reading.text(value, *path), str)
    assert isinstance(reading.items(value, *path), list)
    found = reading.number(value, *path)
    assert found is None or (isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**62)
    moment = reading.moment(value, *path, now=NOW)
    assert moment is None or (moment.tzinfo is not None and moment <= NOW)


@given(st.text())
def test_cleaned_text_can_be_stored_and_is_composed(text: str) -> None:
    cleaned = reading.clean(text + "\x00\ud800")
    cleaned.encode()
    assert "\x00" not in cleaned
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert reading.clean(cleaned) == cleaned


@given(st.text())
def test_text_of_any_html_is_text(html: str) -> None:
    text, links = to_text(html)
    assert text == text.strip()
    assert all(link.startswith(("http://", "https://")) for link in links)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-11-22T11:00:00Z", datetime(2026, 11, 22, 11, 0, tzinfo=UTC)),
        ("2026-11-22T11:00:00.123456789Z", None),
        ("2026-11-22T12:00:00+01:00", datetime(2026, 11, 22, 11, 0, tzinfo=UTC)),
        ("2026-11-22T11:00:00", datetime(2026, 11, 22, 11, 0, tzinfo=UTC)),
        ("2026-11-22T13:00:00Z", NOW),
        ("9999-12-31T23:59:59-12:00", NOW),
        ("0001-01-01T00:00:00+12:00", None),
        ("gestern", None),
        (7, None),
    ],
)
def test_moments_are_in_utc_and_never_to_come(said: Any, expected: datetime | None) -> None:
    found = reading.moment({"at": said}, "at", now=NOW)
    if said == "2026-11-22T11:00:00.123456789Z":  # Python 3.11 cuts it, others may not
        assert found is None or found.second == 0
    else:
        assert found == expected


def test_what_must_be_there_says_where_it_is_missing() -> None:
    with pytest.raises(Unreadable, match=r"a\.0\.b"):
        reading.need_text({"a": [{"b": 7}]}, "a", 0, "b")
    with pytest.raises(Unreadable, match="at"):
        reading.need_moment({}, "at")


def test_each_counts_what_it_cannot_read_and_leaves_out_what_is_not_meant() -> None:
    def even(value: Any) -> int | None:
        if value == "bad":
            raise Unreadable
        return None if value % 2 else value

    assert reading.each([1, 2, "bad", None, 4], even) == ((2, 4), 2)


def test_every_node_of_a_sample_is_broken_once_in_every_way() -> None:
    sample = {"a": [1, {"b": "c"}]}
    variants = dict(broken_variants(sample))
    assert sample == {"a": [1, {"b": "c"}]}
    assert variants["a/1/b missing"] == {"a": [1, {}]}
    assert variants["a missing"] == {}
    assert variants["a/0 = 'None'"] == {"a": [None, {"b": "c"}]}
    assert len({json.dumps(one) for one in variants.values()}) > 40
