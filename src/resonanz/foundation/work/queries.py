"""Reading the state of work."""

from __future__ import annotations

from datetime import datetime

from resonanz.foundation.work import registry


def overdue(since: datetime) -> dict[str, int]:
    """How many rows of each kind were due before `since` and still wait for a worker."""
    return {
        kind.name: kind.model._default_manager.filter(due_at__lt=since, lease_until=None).count()
        for kind in registry.kinds()
    }
