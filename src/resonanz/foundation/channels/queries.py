"""Reading channels."""

from __future__ import annotations

from django.db.models import QuerySet

from resonanz.connectorkit.manifest import Limits
from resonanz.foundation.channels.limits import from_json
from resonanz.foundation.channels.models import Channel, ChannelState
from resonanz.foundation.workspaces.models import Workspace


def of(workspace: Workspace) -> QuerySet[Channel]:
    """The channels of `workspace` that were not removed."""
    return Channel.objects.filter(workspace=workspace).exclude(state=ChannelState.REMOVED)


def limits_of(channel: Channel) -> Limits:
    """What its own server allows, else what the network says in general."""
    return from_json(channel.server_limits) if channel.server_limits else channel.manifest.limits
