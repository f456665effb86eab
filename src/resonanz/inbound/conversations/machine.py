"""The states of a conversation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from resonanz.foundation.work.machine import Machine, State


class Status(models.TextChoices):
    OPEN = "open", pgettext_lazy("conversation", "Open")  # it is our turn
    PENDING = "pending", pgettext_lazy("conversation", "Pending")  # it is somebody else's turn
    SNOOZED = "snoozed", pgettext_lazy("conversation", "Snoozed")  # comes back by itself
    RESOLVED = "resolved", pgettext_lazy("conversation", "Resolved")


def _waiting(*to: Status) -> State:
    return State(to=frozenset(to), waits=True)


MACHINE = Machine(
    "conversation",
    Status.OPEN,
    {
        Status.OPEN: _waiting(Status.PENDING, Status.SNOOZED, Status.RESOLVED),
        Status.PENDING: _waiting(Status.OPEN, Status.SNOOZED, Status.RESOLVED),
        Status.SNOOZED: _waiting(Status.OPEN, Status.PENDING, Status.RESOLVED),
        Status.RESOLVED: _waiting(Status.OPEN),
    },
)
