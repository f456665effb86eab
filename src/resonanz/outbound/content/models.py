"""Contents, their variants, and what has been scheduled of them."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.media.models import MediaFile
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.kernel.messages import Visibility
from resonanz.outbound.content.walltime import WallTime
from resonanz.outbound.publishing.models import Publication


class Content(models.Model):
    """One idea: what its variants start from. `version` grows with every change; who saves names the one they saw."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="contents")
    key = models.CharField(max_length=26)  # made with the page, so that saving a new content twice makes one
    version = models.PositiveIntegerField(default=1)
    writer = models.CharField(max_length=26, blank=True)  # the open page that saved last
    title = models.CharField(max_length=160, blank=True)  # for us; never published
    text = models.TextField(blank=True)
    language = models.CharField(max_length=35, blank=True)  # BCP 47
    # Local time, see walltime.py; empty: no time yet.
    planned_for = models.CharField(max_length=16, blank=True)
    planned_zone = models.CharField(max_length=64, blank=True)
    planned_second = models.BooleanField(default=False)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    changed_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=now)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-changed_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("workspace", "key"), name="one_content_a_key"),)
        indexes = (models.Index(fields=("workspace", "planned_for"), name="content_by_plan"),)

    def __str__(self) -> str:
        return self.title or self.text[:60] or self.key

    @property
    def plan(self) -> WallTime | None:
        if not self.planned_for:
            return None
        return WallTime.parse(self.planned_for, self.planned_zone, self.planned_second)


class Picture(models.Model):
    """A picture of a content, with the words that replace it for those who cannot see it."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="pictures")
    file = models.ForeignKey(MediaFile, models.RESTRICT, related_name="+")
    position = models.PositiveIntegerField()
    alt = models.TextField(blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("content", "file"), name="a_picture_once_a_content"),)

    def __str__(self) -> str:
        return f"{self.file} in {self.content}"


class Variant(models.Model):
    """A content's form for one channel. What is null follows the content."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="variants")
    channel = models.ForeignKey(Channel, models.RESTRICT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    writer = models.CharField(max_length=26, blank=True)  # the open page that saved last
    chosen = models.BooleanField(default=True)  # False: not for this channel, but what was written is kept
    text = models.TextField(null=True, blank=True)  # noqa: DJ001 (empty text is something else than no text)
    language = models.CharField(max_length=35, blank=True)  # empty: follows
    visibility = models.CharField(max_length=16, default=Visibility.PUBLIC)
    content_warning = models.TextField(blank=True)
    pictures = models.JSONField(null=True, blank=True)  # file ids in order
    changed_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("channel__network", "channel__handle")
        constraints = (models.UniqueConstraint(fields=("content", "channel"), name="one_variant_a_channel"),)

    def __str__(self) -> str:
        return f"{self.content} · {self.channel}"


class Outing(models.Model):
    """A variant that was scheduled: which publication it became, and for what time on which wall."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="outings")
    publication = models.OneToOneField(Publication, models.RESTRICT, related_name="outing")
    local = models.CharField(max_length=16)
    zone = models.CharField(max_length=64)
    second = models.BooleanField(default=False)
    # At most one outing of a variant counts: a cancelled or replaced one does not, so a variant never goes out twice.
    counts = models.BooleanField(default=True)
    fingerprint = models.CharField(max_length=16)  # of what was scheduled, see scheduling.py
    scheduled_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("variant",), condition=models.Q(counts=True), name="a_variant_goes_out_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.variant} at {self.local}"
