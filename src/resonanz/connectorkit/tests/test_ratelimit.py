"""When to come back: in every form servers say it, on our own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.connectorkit.ratelimit import RateMemory, retry_at

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
IN_90 = NOW + timedelta(seconds=90)


@pytest.mark.parametrize("name", ["retry-after", "ratelimit-reset", "x-ratelimit-reset"])
@pytest.mark.parametrize(
    "said",
    [
        "90",
        " 90.0 ",
        str(int(IN_90.timestamp())),
        format_datetime(IN_90, usegmt=True),
        "2026-11-22T12:01:30.000Z",
        "2026-11-22T13:01:30+01:00",
        "2026-11-22T12:01:30",
    ],
)
def test_every_form_means_the_same(name: str, said: str) -> None:
    assert retry_at({name: said}, NOW) == IN_90


@pytest.mark.parametrize("skew", [timedelta(hours=-2), timedelta(0), timedelta(hours=2)])
def test_the_servers_own_clock_is_believed_only_about_itself(skew: timedelta) -> None:
    headers = {
        "date": format_datetime(NOW + skew, usegmt=True),
        "x-ratelimit-reset": (IN_90 + skew).isoformat(),
    }
    assert retry_at(headers, NOW) == IN_90


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 1),
        ("-7", 60),
        ("999999999", 86_400),
        ("soon", 60),
        ("", 60),
        ("nan", 60),
        ("inf", 60),
        ("1e400", 60),
    ],
)
def test_never_at_once_and_never_later_than_a_day(said: str, seconds: int) -> None:
    assert retry_at({"retry-after": said}, NOW) == NOW + timedelta(seconds=seconds)


def test_the_first_that_can_be_read_counts() -> None:
    assert retry_at({"retry-after": "later", "x-ratelimit-reset": "90"}, NOW) == IN_90


@given(st.dictionaries(st.sampled_from(["retry-after", "ratelimit-reset", "date"]), st.text(max_size=40)))
def test_nothing_a_server_says_breaks_it(headers: dict[str, str]) -> None:
    assert timedelta(seconds=1) <= retry_at(headers, NOW) - NOW <= timedelta(days=1)


def test_memory_forgets_when_the_time_has_come() -> None:
    memory = RateMemory()
    memory.note("a", {"ratelimit-remaining": "0", "ratelimit-reset": "90"}, NOW)
    memory.note("b", {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "90"}, NOW)
    memory.note("c", {"x-ratelimit-remaining": "0"}, NOW)
    assert memory.blocked_until("a", NOW) == IN_90
    assert memory.blocked_until("a", IN_90) is None
    assert memory.blocked_until("a", NOW) is None
    assert memory.blocked_until("b", NOW) is None
    assert memory.blocked_until("c", NOW) is None
