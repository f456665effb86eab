"""Publications: what is to go out on one channel, frozen, with the proof that it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.timezone import now
from django.utils.translation import pgettext_lazy

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.media.models import MediaFile
from resonanz.foundation.work.models import Due
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.kernel.messages import Reference, Visibility
from resonanz.kernel.publishing import Draft, Media, Receipt, Upload
from resonanz.outbound.publishing.machine import PublicationState


class Origin(models.TextChoices):
    """What a publication is, and so who may send it: content needs PUBLISH, an answer ANSWER."""

    CONTENT = "content", pgettext_lazy("publication", "Content")
    ANSWER = "answer", pgettext_lazy("publication", "Answer")


class Publication(Due):
    """One text with its media, for one channel, at one time.

    The payload never changes once it is stored, and with `key` and `created_at` it makes the same draft for ever.
    `sent_at` says that a request may be on its way or have arrived; it is empty again as soon as we know that
    nothing happened.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="publications")
    channel = models.ForeignKey(Channel, models.RESTRICT, related_name="publications")
    origin = models.CharField(max_length=16, choices=Origin.choices)
    created_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")

    # The payload
    key = models.CharField(max_length=26, unique=True)
    created_at = (
        models.DateTimeField()
    )  # the date the post bears: when it is planned for; see services._dated
    text = models.TextField(blank=True)
    language = models.CharField(max_length=35, blank=True)
    visibility = models.CharField(max_length=16, default=Visibility.PUBLIC)
    content_warning = models.TextField(blank=True)
    reply_to = models.JSONField(null=True, blank=True)  # a Reference
    quote = models.JSONField(null=True, blank=True)  # a Reference

    # How it stands
    planned_at = (
        models.DateTimeField()
    )  # when it is meant to go out; `due_at` is when a worker looks at it next
    state = models.CharField(
        max_length=16, choices=PublicationState.choices, default=PublicationState.SCHEDULED
    )
    state_since = models.DateTimeField(default=now)
    state_reason = models.CharField(max_length=64, blank=True)  # a code; see docs/publishing/exactly-once.md
    state_field = models.CharField(max_length=32, blank=True)  # what a person must change: text, media, …
    state_detail = models.CharField(max_length=500, blank=True)  # the network's own words, without secrets
    fault = models.PositiveBigIntegerField(null=True, blank=True)  # number of the Fault that stopped it
    uploads = models.JSONField(default=list, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    checks = models.PositiveIntegerField(default=0)  # looks at the network in a row that gave no answer
    absences = models.PositiveIntegerField(default=0)  # times it was sent and surely did not arrive

    # The proof
    receipt = models.JSONField(null=True, blank=True)
    remote_id = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-planned_at", "-pk")
        indexes = (
            models.Index(fields=("workspace", "planned_at"), name="publication_by_plan"),
            models.Index(
                fields=("workspace", "state"),
                name="publication_unfinished",
                condition=~models.Q(state__in=("published", "cancelled")),
            ),
        )
        constraints = (
            # One post is the proof of one publication, even if two with the same words look for theirs at once.
            models.UniqueConstraint(
                fields=("channel", "remote_id"),
                condition=~models.Q(remote_id=""),
                name="one_publication_a_post",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=PublicationState.values), name="publication_state_is_known"
            ),
        )

    def __str__(self) -> str:
        return self.text[:60] or self.key

    @property
    def audit_name(self) -> str:
        """The trail keeps it for ever: nothing of what was said to a person."""
        return f"#{self.pk}" if self.origin == Origin.ANSWER else str(self)

    def draft(self, media: Sequence[Media] = ()) -> Draft:
        """What its network shall get; equal at every call with the same media."""
        return Draft(
            key=self.key,
            text=self.text,
            created_at=self.created_at,
            language=self.language,
            media=tuple(media),
            reply_to=_reference(self.reply_to),
            quote=_reference(self.quote),
            visibility=Visibility(self.visibility),
            content_warning=self.content_warning,
        )

    def stored_uploads(self) -> tuple[Upload, ...]:
        """The files that lie at the network already, in the order of the draft's media."""
        return tuple(Upload(**upload) for upload in self.uploads)

    @property
    def reference(self) -> Reference | None:
        """What an answer to it, or its deletion, needs; None unless we have its receipt."""
        return Reference(self.remote_id, self.receipt.get("reference", {})) if self.receipt else None


class Enclosure(models.Model):
    """One picture of a publication, in its place, with the words it goes out with."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="enclosures")
    file = models.ForeignKey(MediaFile, models.RESTRICT, related_name="+")
    position = models.PositiveSmallIntegerField()
    alt = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("publication", "position"), name="one_enclosure_a_position"),
        )

    def __str__(self) -> str:
        return f"{self.position}: {self.file}"


def reference_json(reference: Reference | None) -> dict[str, Any] | None:
    return None if reference is None else {"remote_id": reference.remote_id, "data": dict(reference.data)}


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    return {"reference": dict(receipt.reference.data), "data": dict(receipt.data)}


def web_address(given: str) -> str:
    """`given` if a browser may safely be sent there and it can be stored, else nothing."""
    return given if given.startswith(("https://", "http://")) and len(given) <= 1000 else ""


def _reference(stored: dict[str, Any] | None) -> Reference | None:
    return None if stored is None else Reference(stored["remote_id"], stored["data"])
