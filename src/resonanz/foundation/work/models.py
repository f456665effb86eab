"""Rows that become due, and the record of what we did wrong with one."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now


class Due(models.Model):
    """A row somebody must work on from `due_at` on (null: nothing to do), leased to one worker at a time.

    `lease_number` grows with every claim: whoever holds an older one has lost the lease, even if the owner's name
    is the same.
    """

    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=64, blank=True, default="")
    lease_until = models.DateTimeField(
        null=True, blank=True, db_index=True
    )  # every second somebody asks who leases
    lease_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class Routine(Due):
    """One thing that is done again and again; see routines.py."""

    name = models.CharField(max_length=64, unique=True)
    done_at = models.DateTimeField(null=True, blank=True)
    fault = models.PositiveBigIntegerField(null=True, blank=True)  # number of the Fault of the last try

    def __str__(self) -> str:
        return self.name


class Fault(models.Model):
    """A bug of ours that stopped a piece of work; people are told its number."""

    at = models.DateTimeField(default=now, db_index=True)
    kind = models.CharField(max_length=64)
    row = models.CharField(max_length=64)
    summary = models.CharField(max_length=300)
    trace = models.TextField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}: {self.summary}"


class Worker(models.Model):
    """A running worker process as it last described itself; so pages can say when nobody works."""

    name = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now, db_index=True)
    memory_bytes = models.PositiveBigIntegerField(default=0)  # resident, of the whole process
    cpu_share = models.FloatField(default=0)  # of one core, since it was last seen

    def __str__(self) -> str:
        return self.name
