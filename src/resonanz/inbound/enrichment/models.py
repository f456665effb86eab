"""What messages were read as, by which model, and how far each channel was read."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work.models import Due
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.inbound.enrichment.marks import NO, OWN, YES
from resonanz.inbound.intake.models import StoredMessage


class Reader(models.Model):
    """A model that has read messages of ours; what a workspace taught it is part of its version."""

    tier = models.CharField(max_length=16)
    version = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tier", "version"), name="reader_once"),)

    def __str__(self) -> str:
        return f"{self.tier} {self.version}"


class Adaptation(models.Model):
    """What a workspace's corrections taught, and what trying it out showed; see understanding.adaptation."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    base = models.CharField(max_length=64)  # the version of the model that it stands on
    version = models.CharField(max_length=64)
    data = models.BinaryField()
    gains = models.JSONField(default=dict)  # {output: {"corrections", "seen", "before", "after", "helps"}}
    helps = models.BooleanField()
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.version


class Learning(Due):
    """One workspace's learning from corrections: due some minutes after the last one."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="learning")
    offered = models.OneToOneField(Adaptation, models.SET_NULL, null=True, related_name="+")  # the latest
    active = models.OneToOneField(Adaptation, models.SET_NULL, null=True, related_name="+")  # switched on
    switched_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    switched_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    fault = models.PositiveBigIntegerField(null=True, blank=True)
    own = models.CharField(max_length=16, default="")  # which own aspects are switched on; see readers.digest

    def __str__(self) -> str:
        return str(self.workspace)


class OwnAspect(Due):
    """Something that messages are about and only this workspace asks for: learnt from examples, due after the last."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="own_aspects")
    slot = models.PositiveSmallIntegerField()  # its place in marks.OWN
    name = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=now)
    # Nobody sees it any more. Its slot is given to another once no message is read with it.
    removed_at = models.DateTimeField(null=True, blank=True)
    offered = models.OneToOneField("LearntAspect", models.SET_NULL, null=True, related_name="+")  # the latest
    active = models.OneToOneField("LearntAspect", models.SET_NULL, null=True, related_name="+")  # switched on
    switched_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    switched_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    fault = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "slot"), name="one_own_aspect_in_a_slot"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def output(self) -> str:
        """What it is called in marks.py."""
        return OWN[self.slot]


class LearntAspect(models.Model):
    """What the examples of an aspect taught, and what trying it out showed; see understanding.aspects."""

    aspect = models.ForeignKey(OwnAspect, models.CASCADE, related_name="+")
    version = models.CharField(max_length=16)
    scheme = models.PositiveSmallIntegerField()  # of the features that it reads
    data = models.BinaryField()
    examples = models.PositiveIntegerField()
    others = models.PositiveIntegerField()  # that it was to be told from
    found = models.PositiveIntegerField()  # of the examples
    wrong = models.PositiveIntegerField()  # of the others
    precision = models.FloatField()  # average precision by cross-validation, 0 to 1
    helps = models.BooleanField()
    made_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.version


class Enrichment(Due):
    """How far one channel was read: first what is new, then backwards what is history or was read by another model."""

    channel = models.OneToOneField(Channel, models.CASCADE, related_name="enrichment")
    reader = models.ForeignKey(Reader, models.PROTECT, null=True, related_name="+")  # the last that read here
    adaptation = models.ForeignKey(Adaptation, models.SET_NULL, null=True, related_name="+")  # with which
    own = models.CharField(max_length=16, default="")  # with which own aspects, as Learning.own has it
    position = models.PositiveBigIntegerField(default=0)  # the newest StoredMessage.number that was looked at
    reread_below = models.PositiveBigIntegerField(default=0)  # what lies below is still to be looked at again
    # Grows with every message that is read or corrected; see StoredReading.number.
    last_number = models.PositiveBigIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)  # messages that a bug of ours could not read
    problem = models.CharField(
        max_length=64, blank=True, default=""
    )  # "model": its files are missing or damaged
    fault = models.PositiveBigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.channel)


class StoredReading(models.Model):
    """What one message means, in the bits and bytes of marks.py.

    `number` counts the changes of a channel's readings without gaps, as StoredMessage.number does for messages.
    """

    message = models.OneToOneField(StoredMessage, models.CASCADE, primary_key=True, related_name="reading")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    reader = models.ForeignKey(Reader, models.PROTECT, related_name="+", db_index=False)
    said = models.PositiveBigIntegerField()  # what the model gives
    marks = models.PositiveBigIntegerField()  # what counts: the same, or what people said instead
    p = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("channel", "number"), name="reading_numbered_once"),)
        # Says how much was read by which model without touching the rows.
        indexes = (models.Index(fields=("channel", "reader"), name="read_by"),)

    def __str__(self) -> str:
        return str(self.message_id)


class Correction(models.Model):
    """What a person said of one output instead of the model. It holds for the wording it was said of."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    message = models.ForeignKey(StoredMessage, models.CASCADE, related_name="corrections")
    output = models.CharField(max_length=32)  # a key of marks.VALUES
    value = models.CharField(max_length=16)  # one of its values
    wording = models.CharField(max_length=16)  # services.fingerprint of what was read
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField(max_length=160)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "output"), name="corrected_once"),)

    def __str__(self) -> str:
        return f"{self.output}: {self.value}"


class Example(models.Model):
    """A text that a person said is about an own aspect, or is not.

    A message's words are not copied: the example holds for the wording it was said of, and goes with its message.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    aspect = models.ForeignKey(OwnAspect, models.CASCADE, related_name="given")
    message = models.ForeignKey(StoredMessage, models.CASCADE, null=True, related_name="examples")
    text = models.TextField(blank=True)  # written by hand; empty for a message
    is_about = models.BooleanField()
    wording = models.CharField(max_length=16)  # texts.fingerprint of what was said to be one
    member = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    member_name = models.CharField(max_length=160)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("aspect", "message"), name="message_once_an_example"),
            models.UniqueConstraint(
                fields=("aspect", "wording"),
                condition=models.Q(message=None),
                name="text_once_an_example",
            ),
        )

    def __str__(self) -> str:
        return f"{self.aspect_id}: {self.value}"

    @property
    def value(self) -> str:
        """As a correction would have it."""
        return YES if self.is_about else NO
