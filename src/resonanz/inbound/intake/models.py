"""What was read from the networks, and how far each channel was read."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work.models import Due
from resonanz.foundation.workspaces.models import Workspace
from resonanz.kernel.messages import MessageKind, Reference, Visibility

# In four-byte characters still below what PostgreSQL can index (2,704 bytes).
REMOTE_ID_LENGTH = 600


class Poll(Due):
    """How far one channel was read; due when it is to be read again."""

    channel = models.OneToOneField(Channel, models.CASCADE, related_name="poll")
    cursor = models.TextField(blank=True, default="")  # its connector's own
    read_at = models.DateTimeField(null=True, blank=True)  # last time without a problem
    # Grows with every message stored or changed; see StoredMessage.number.
    last_number = models.PositiveBigIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)  # what the network sent and nobody could read
    left_out = models.PositiveIntegerField(
        default=0
    )  # what lay behind the newest at the last reading, and is too much
    problem = models.CharField(max_length=64, blank=True, default="")  # a connector error's code, or "fault"
    problem_detail = models.CharField(max_length=500, blank=True, default="")
    problem_since = models.DateTimeField(null=True, blank=True)
    fault = models.PositiveBigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.channel)


class StoredAuthor(models.Model):
    """Somebody who said something to a workspace, as one network knows them."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    network = models.CharField(max_length=32)
    remote_id = models.CharField(max_length=REMOTE_ID_LENGTH)
    handle = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True)
    url = models.TextField(blank=True)
    followers = models.PositiveBigIntegerField(null=True, blank=True)
    is_bot = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "network", "remote_id"), name="author_known_once"),
        )

    def __str__(self) -> str:
        return self.name or self.handle


class Origin(models.TextChoices):
    """Why a message is here."""

    INBOUND = "inbound"  # the network brought it to us
    CONTEXT = "context"  # fetched to understand another one


class StoredMessage(models.Model):
    """One utterance on one channel, stored once however often it arrives.

    `number` counts the changes of a channel's messages without gaps: a message gets the next one when it is stored
    and again when it is edited. A later stage that remembers the last number it has seen misses nothing.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="messages")
    number = models.PositiveBigIntegerField()
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.INBOUND)
    remote_id = models.CharField(max_length=REMOTE_ID_LENGTH)
    reference_data = models.JSONField(default=dict)  # all an answer needs; opaque
    kind = models.CharField(max_length=12)  # a MessageKind
    author = models.ForeignKey(StoredAuthor, models.CASCADE, related_name="messages")
    is_ours = models.BooleanField(default=False)  # said by one of the workspace's own channels
    text = models.TextField(blank=True)
    title = models.TextField(blank=True)
    url = models.TextField(blank=True)
    language = models.CharField(max_length=35, blank=True)
    reply_to = models.CharField(max_length=REMOTE_ID_LENGTH, blank=True)
    thread = models.CharField(max_length=REMOTE_ID_LENGTH, blank=True)
    visibility = models.CharField(max_length=12, default=Visibility.PUBLIC.value)
    content_warning = models.TextField(blank=True)
    links = models.JSONField(default=list)
    attachments = models.JSONField(default=list)  # [{"kind", "url", "alt"}]
    sent_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)  # by the network's word, else when we noticed
    received_at = models.DateTimeField(default=now, db_index=True)  # what retention will count from

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("channel", "remote_id"), name="message_stored_once"),
            models.UniqueConstraint(fields=("channel", "number"), name="message_numbered_once"),
        )
        indexes = (
            models.Index(fields=("author", "sent_at"), name="said_by"),
            models.Index(fields=("channel", "reply_to"), name="answers_to"),
        )

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def reference(self) -> Reference:
        return Reference(self.remote_id, self.reference_data)

    @property
    def message_kind(self) -> MessageKind:
        return MessageKind(self.kind)


class Wording(models.Model):
    """What a message said before its author changed it."""

    message = models.ForeignKey(StoredMessage, models.CASCADE, related_name="earlier")
    text = models.TextField(blank=True)
    title = models.TextField(blank=True)
    content_warning = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text[:60]
