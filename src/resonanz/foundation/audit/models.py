"""The audit trail."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Member, Workspace


class Entry(models.Model):
    """One thing that was done. Entries of a workspace are numbered without gaps, each sealing the one before."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="audit_entries")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField(default=now)
    actor = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=160)  # empty: Resonanz itself
    action = models.CharField(
        max_length=64
    )  # "channel.connected": what the sentence on the page is chosen by
    target_kind = models.CharField(max_length=64, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_name = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)  # {field: [before, after]}
    seal = models.CharField(max_length=64)  # HMAC-SHA256 over the entry and the seal before it, hexadecimal

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("workspace", "number"), name="audit_numbered"),)
        indexes = (models.Index(fields=("workspace", "target_kind", "target_id"), name="audit_about"),)

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
