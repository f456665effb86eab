"""Compile a numeric function where numba is installed; leave it plain Python, slower and equal, where it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

try:
    from numba import njit

    COMPILED = True
except ImportError:  # the optional extra `fast` is not installed
    COMPILED = False


def compiled(function: F) -> F:
    """`function`, compiled on its first call when numba is there."""
    if not COMPILED:
        return function
    return cast(F, njit(cache=True, nogil=True)(function))
