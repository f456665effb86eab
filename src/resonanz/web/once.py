"""Questions that several parts of one page ask are answered once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member

T = TypeVar("T")


def once_a_request(question: Callable[[Member], T]) -> Callable[[Member], T]:
    """Ask the database once for each member object, and every request loads its own."""

    @wraps(question)
    def answer(member: Member) -> T:
        known = member.__dict__.setdefault("_answers", {})
        if question not in known:
            known[question] = question(member)
        answered: T = known[question]
        return answered

    return answer
