"""All kinds of due work, each registered by the worker.py of its app."""

from __future__ import annotations

import threading

from resonanz.foundation.work.leases import Kind

_kinds: dict[str, Kind] = {}
_wake = threading.Event()


def register(kind: Kind) -> Kind:
    if kind.name in _kinds:
        raise ValueError(f"two kinds of work are called {kind.name}")
    _kinds[kind.name] = kind
    return kind


def kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())


def wake() -> None:
    """Tell the sweep of this process, if there is one, that something may be due. Call it after the commit."""
    _wake.set()


def wait(seconds: float) -> None:
    """Return after `seconds`, or sooner when woken."""
    _wake.wait(seconds)
    _wake.clear()
