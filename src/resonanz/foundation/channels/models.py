"""Channels and connections that are still being made."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from resonanz.connectorkit.manifest import Manifest
from resonanz.connectorkit.network import Account
from resonanz.foundation.channels import networks
from resonanz.foundation.channels.states import ChannelState as ChannelState  # its states belong to a channel
from resonanz.foundation.workspaces.models import Member, Workspace
from resonanz.kernel.messages import Author


class Channel(models.Model):
    """One connected profile or page on one network."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="channels")
    network = models.CharField(max_length=32)  # a manifest's slug
    server = models.CharField(max_length=255)
    remote_id = models.CharField(max_length=255)
    handle = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True)
    url = models.CharField(max_length=500, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    scopes = models.JSONField(default=list, blank=True)
    secrets = models.TextField(blank=True, default="")  # encrypted
    # Grows with every change of the secrets; renewing is done by whoever holds `renewing_until`.
    secrets_number = models.PositiveIntegerField(default=0)
    renewing_until = models.DateTimeField(null=True, blank=True)
    server_limits = models.JSONField(null=True, blank=True)  # what this very server said; see limits.py
    state = models.CharField(max_length=16, choices=ChannelState.choices, default=ChannelState.ACTIVE)
    state_reason = models.CharField(max_length=64, blank=True)  # a connector error's code
    state_since = models.DateTimeField(default=now)
    connected_by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    connected_at = models.DateTimeField(default=now)  # the last time, reconnecting included
    # Since when we have been meant to listen without a gap: reconnecting changes nothing, connecting anew after
    # removing does. What was said long before is history; see conversations/threads.py.
    listening_since = models.DateTimeField(default=now)

    class Meta:
        ordering = ("network", "handle")
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "network", "server", "remote_id"), name="one_channel_a_profile"
            ),
        )

    def __str__(self) -> str:
        return f"{self.manifest.name} · {self.handle}"

    @property
    def manifest(self) -> Manifest:
        return networks.get(self.network).manifest

    @property
    def account(self) -> Account:
        author = Author(remote_id=self.remote_id, handle=self.handle, name=self.name, url=self.url)
        return Account(server=self.server, author=author, settings=self.settings)


class PendingConnection(models.Model):
    """A person has gone to the network's own page to agree, and is expected back."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    member = models.ForeignKey(Member, models.CASCADE)
    network = models.CharField(max_length=32)
    state = models.CharField(max_length=64, unique=True)  # comes back in the query; cannot be guessed
    pending = models.TextField()  # encrypted
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.network} until {self.expires_at:%H:%M}"
