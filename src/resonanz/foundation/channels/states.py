"""The states of a channel."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class ChannelState(TextChoices):
    ACTIVE = "active", pgettext_lazy("channel", "Connected")
    PAUSED = "paused", pgettext_lazy("channel", "Paused")
    ACCESS_LOST = "access_lost", pgettext_lazy("channel", "Reconnect needed")
    REMOVED = "removed", pgettext_lazy("channel", "Removed")
