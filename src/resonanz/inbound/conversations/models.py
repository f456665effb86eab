"""Conversations, what belongs to them, and who is looking at them."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work.models import Due
from resonanz.foundation.workspaces.models import Department, Member, Workspace
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.intake.models import REMOTE_ID_LENGTH, StoredAuthor, StoredMessage
from resonanz.outbound.publishing.models import Publication

SNIPPET_LENGTH = 160


class Label(models.Model):
    """A word people sort conversations by."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="labels")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="one_label_of_a_name"),)

    def __str__(self) -> str:
        return self.name


class Conversation(Due):
    """One thread on one channel. While it is snoozed, `due_at` is when it comes back."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="conversations")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="conversations")
    root = models.CharField(max_length=REMOTE_ID_LENGTH)  # remote id the thread goes by; see threads.py
    author = models.ForeignKey(StoredAuthor, models.CASCADE, related_name="conversations")  # who began it
    kind = models.CharField(max_length=12)  # the MessageKind it began with
    title = models.TextField(blank=True)
    snippet = models.CharField(max_length=SNIPPET_LENGTH, blank=True)  # how the last message begins
    is_last_ours = models.BooleanField(default=False)  # the last word so far is our own
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    assignee = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="conversations")
    department = models.ForeignKey(Department, models.SET_NULL, null=True, blank=True, related_name="+")
    labels = models.ManyToManyField(Label, related_name="conversations", blank=True)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()  # when the last message or answer was sent
    waiting_since = models.DateTimeField(null=True, blank=True)  # the oldest message nobody has answered
    messages_count = models.PositiveIntegerField(default=0)  # said by others
    reminded_at = models.DateTimeField(null=True, blank=True)  # when it came back by itself, until we answer
    # Both from weighing.py. What the messages that wait mean (if none does: all), in the bits of enrichment.marks;
    # None: nobody has read them yet.
    marks = models.PositiveBigIntegerField(null=True, blank=True)
    urgent_at = models.DateTimeField(default=now)  # whoever has the earliest is next; see urgency.py

    class Meta:
        constraints = (models.UniqueConstraint(fields=("channel", "root"), name="one_conversation_a_thread"),)
        # Each has what the list is sorted by, so a page of it is read without sorting, and then what it is filtered
        # by, so that what does not fit is passed over without being looked up.
        indexes = (
            models.Index(fields=("workspace", "-last_at", "-id", "marks"), name="inbox_all"),
            models.Index(fields=("workspace", "status", "-last_at", "-id", "marks"), name="inbox_status"),
            models.Index(fields=("workspace", "status", "urgent_at", "id", "marks"), name="inbox_urgent"),
            models.Index(
                fields=("workspace", "assignee", "status", "-last_at", "-id"), name="inbox_assignee"
            ),
            models.Index(fields=("channel", "status", "-last_at", "-id"), name="inbox_channel"),
            models.Index(fields=("author", "-last_at"), name="inbox_author"),
            models.Index(
                fields=("workspace", "waiting_since", "id", "marks"),
                name="inbox_waiting",
                condition=models.Q(status=Status.OPEN, waiting_since__isnull=False),
            ),
        )

    def __str__(self) -> str:
        # The audit trail names it like this for ever, so nothing of what people said or are called may be in it.
        return f"#{self.pk}"


class Role(models.TextChoices):
    """How a message belongs to a conversation."""

    SAID = "said"  # part of it
    CONTEXT = "context"  # what it refers to; may be the context of several


class Part(models.Model):
    """A message in a conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="parts")
    message = models.ForeignKey(StoredMessage, models.CASCADE, related_name="parts")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.SAID)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("conversation", "message"), name="message_once_in_a_thread"),
            models.UniqueConstraint(
                fields=("message",), condition=models.Q(role=Role.SAID), name="message_said_in_one_thread"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id} in {self.conversation_id}"


class SearchText(models.Model):
    """What the search looks through, apart from the conversation so that lists stay light; see search.py."""

    conversation = models.OneToOneField(
        Conversation, models.CASCADE, primary_key=True, related_name="search_text"
    )
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return f"words of {self.conversation_id}"


class Note(models.Model):
    """A word among colleagues; never leaves the house."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="notes")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField(max_length=160)
    text = models.TextField()
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.text[:60]


class Answer(Due):
    """What we answered: a publication on its way, or out. What it says and how it stands is the publication's."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="answers")
    message = models.ForeignKey(StoredMessage, models.SET_NULL, null=True, related_name="+")  # to which
    publication = models.OneToOneField(Publication, models.CASCADE, related_name="answer")
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField(max_length=160)
    created_at = models.DateTimeField(default=now)
    is_underway = models.BooleanField(default=True)  # what became of it has not been drawn conclusions from

    class Meta:
        indexes = (
            models.Index(
                fields=("publication",), name="answers_underway", condition=models.Q(is_underway=True)
            ),
        )

    def __str__(self) -> str:
        return str(self.publication)


class Presence(models.Model):
    """A member has a conversation open, or is writing an answer, at `seen_at`."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="presences")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    is_writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("conversation", "member"), name="present_once"),)

    def __str__(self) -> str:
        return f"{self.member} at {self.conversation_id}"


class Filing(Due):
    """How far the messages of one channel were sorted into conversations."""

    channel = models.OneToOneField(Channel, models.CASCADE, related_name="filing")
    position = models.PositiveBigIntegerField(default=0)  # the last StoredMessage.number
    set_aside = models.PositiveIntegerField(default=0)  # messages that a bug of ours could not file
    fault = models.PositiveBigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.channel)


class Weighing(Due):
    """How far the readings of one channel have reached its conversations."""

    channel = models.OneToOneField(Channel, models.CASCADE, related_name="weighing")
    position = models.PositiveBigIntegerField(default=0)  # the last StoredReading.number
    fault = models.PositiveBigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.channel)


class Lookup(Due):
    """What a message answers is not known here: the thread around it is to be fetched."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="lookups")
    message = models.OneToOneField(StoredMessage, models.CASCADE, related_name="lookup")
    problem = models.CharField(max_length=64, blank=True, default="")
