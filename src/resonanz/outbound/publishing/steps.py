"""Storing what a step came to: every change of a publication by a worker goes through here and the state graph."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.timezone import now

from resonanz.foundation.work.durability import durable
from resonanz.foundation.work.leases import Lease, LeaseLost
from resonanz.kernel.publishing import Receipt
from resonanz.outbound.publishing.machine import MACHINE, PublicationState
from resonanz.outbound.publishing.models import Enclosure, Publication, receipt_json, web_address


@dataclass
class Step:
    """One publication in a worker's hand. What is stored returns whether there is more to do right now."""

    lease: Lease
    publication: Publication

    @cached_property
    def enclosures(self) -> list[Enclosure]:
        """Its pictures, in order."""
        return list(self.publication.enclosures.select_related("file"))

    def go_on(self, state: PublicationState, **fields: Any) -> bool:
        """Store the next state and keep the lease."""
        self.lease.save(**self._changes(state, "", fields))
        self.publication.state = state
        return True

    def leave(
        self, state: PublicationState, due_at: datetime | None, reason: str = "", **fields: Any
    ) -> bool:
        """Store the next state and give the publication back; due_at None: a person must act."""
        self.lease.release(due_at, **self._changes(state, reason, fields))
        return False

    def fail(self, reason: str, **fields: Any) -> bool:
        """Stop until a person has decided."""
        return self.leave(PublicationState.FAILED, None, reason, **fields)

    def prove(self, receipt: Receipt) -> bool:
        """Store the proof that it is public. It counts whoever holds the lease. Raises IntegrityError: the post is
        the proof of another publication."""
        fields = self._changes(
            PublicationState.PUBLISHED,
            "",
            {
                "receipt": receipt_json(receipt),
                "remote_id": receipt.reference.remote_id,
                "url": web_address(receipt.url),
                "published_at": receipt.published_at,
            },
        )
        with durable():
            try:
                self.lease.release(None, **fields)
            except LeaseLost:
                # Whoever has it now holds an older truth, and loses it.
                Publication.objects.filter(
                    pk=self.publication.pk, state__in=MACHINE.before({PublicationState.PUBLISHED})
                ).update(
                    due_at=None,
                    lease_owner="",
                    lease_until=None,
                    lease_number=F("lease_number") + 1,
                    **fields,
                )
        return False

    def _changes(self, state: PublicationState, reason: str, fields: dict[str, Any]) -> dict[str, Any]:
        MACHINE.step(self.publication.state, state)
        common: dict[str, Any] = {
            "state": state,
            "state_reason": reason[:64],
            "state_field": "",
            "state_detail": "",
        }
        if state != self.publication.state:
            common["state_since"] = now()
        return common | fields
