"""Stages look for what they can pull, and one that fails keeps no other from looking."""

from __future__ import annotations

import pytest

from resonanz.foundation.work.engine import Engine
from resonanz.foundation.work.leases import Kind, Lease
from resonanz.foundation.work.models import Due


def kind(name: str, find: object) -> Kind:
    def nothing(lease: Lease, _fault: int = 0) -> None:
        raise AssertionError(lease)

    return Kind(name, Due, nothing, nothing, find=find)  # type: ignore[arg-type]


def test_every_stage_looks_even_after_one_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    looked = []

    def broken() -> None:
        raise KeyError

    Engine(kinds=(kind("a", broken), kind("b", lambda: looked.append("b")), kind("c", None))).find()
    assert looked == ["b"]
    assert "a: a fault of ours while looking for work" in caplog.text
