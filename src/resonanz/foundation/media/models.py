"""Uploaded pictures and the versions made of them."""

from __future__ import annotations

from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db import models
from django.utils.timezone import now

from resonanz.foundation.workspaces.models import Member, Workspace


class Stored(models.Model):
    """A picture in the storage. The row is written after the file, and removed before it."""

    storage_name = models.CharField(max_length=160)
    content_type = models.CharField(max_length=32)  # what we wrote ourselves
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()  # pixels
    height = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def open(self) -> BinaryIO:
        """A fresh stream from the first byte."""
        return default_storage.open(self.storage_name, "rb")  # type: ignore[return-value]


class MediaFile(Stored):
    """One picture of a workspace, the way it was cleaned at upload. It never changes; only its words do."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="media")
    sha256 = models.CharField(max_length=64)  # of the bytes as uploaded: the same file twice is one
    title = models.CharField(max_length=160)  # the file's name, for people
    alt = models.TextField(blank=True)  # what a post starts from; each may say it differently
    uploaded_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-uploaded_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("workspace", "sha256"), name="one_row_a_file"),)

    def __str__(self) -> str:
        return self.title


class Derivative(Stored):
    """A version of a picture for one purpose, made once. `purpose` says exactly which: see services.py."""

    file = models.ForeignKey(MediaFile, models.CASCADE, related_name="derivatives")
    purpose = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("file", "purpose"), name="one_derivative_a_purpose"),)

    def __str__(self) -> str:
        return f"{self.file} ({self.purpose})"
