"""How far the erasing of old conversations has come, and what is still known of those that are gone."""

from __future__ import annotations

from django.db import models

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work.models import Due
from resonanz.foundation.workspaces.models import Workspace


class Retention(Due):
    """One workspace's erasing, due once a day. The counts are those of the run that is under way."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="retention")
    days = models.PositiveIntegerField()  # what the run was planned with; 0: none is planned
    conversations = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    fault = models.PositiveBigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.workspace}: {self.days} days"


class Tally(models.Model):
    """How much was erased of one channel's day (in UTC, when the conversations began): numbers, and nobody's data."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+")
    day = models.DateField()
    conversations = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)  # said by others
    answers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("channel", "day"), name="one_tally_a_day"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.day}"
