"""Connecting, pausing and removing channels."""

from __future__ import annotations

import secrets as random
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from resonanz.connectorkit.errors import AccessLost, ConnectorError, Rejected
from resonanz.connectorkit.manifest import Capability, ConnectField, Manifest
from resonanz.connectorkit.network import Connected
from resonanz.foundation.audit.services import record
from resonanz.foundation.channels import limits, networks
from resonanz.foundation.channels.doors import anonymous_door, connector
from resonanz.foundation.channels.models import Channel, ChannelState, PendingConnection
from resonanz.foundation.channels.secrets import rotate, seal, unseal
from resonanz.foundation.workspaces.models import Member
from resonanz.foundation.workspaces.roles import Permission

PENDING_MINUTES = 30


def connect(member: Member, network: str, answers: Mapping[str, str]) -> Channel:
    """Connect with answers alone (ConnectFlow.FORM). Raises ConnectorError; Rejected names the field to mend."""
    member.require(Permission.CONNECT)
    found = networks.get(network)
    answers = _checked(found.manifest, answers)
    return _store(member, network, found.auth.connect(anonymous_door("", network), answers))


def begin(member: Member, network: str, answers: Mapping[str, str], redirect_uri: str) -> str:
    """First half of ConnectFlow.CODE: the address to send the person to. Raises ConnectorError."""
    member.require(Permission.CONNECT)
    found = networks.get(network)
    state = random.token_urlsafe(32)
    begun = found.auth.begin(
        anonymous_door("", network), _checked(found.manifest, answers), redirect_uri, state
    )
    PendingConnection.objects.filter(expires_at__lt=now()).delete()
    PendingConnection.objects.create(
        workspace=member.workspace,
        member=member,
        network=network,
        state=state,
        pending=seal(begun.pending),
        expires_at=now() + timedelta(minutes=PENDING_MINUTES),
    )
    return begun.authorize_url


def complete(member: Member, query: Mapping[str, str]) -> Channel:
    """Second half: what the network sent the person back with. Raises ConnectorError."""
    member.require(Permission.CONNECT)
    pending = PendingConnection.objects.filter(
        state=query.get("state", ""), member=member, expires_at__gte=now()
    ).first()
    if pending is None:
        raise AccessLost("connection_expired")
    # Whoever deletes it may use it: a page that is loaded twice connects once.
    if not PendingConnection.objects.filter(pk=pending.pk).delete()[0]:
        raise AccessLost("connection_expired")
    auth = networks.get(pending.network).auth
    return _store(
        member,
        pending.network,
        auth.complete(anonymous_door("", pending.network), unseal(pending.pending), query),
    )


def pause(member: Member, channel: Channel) -> None:
    """Stop reading and publishing until resumed."""
    _set_state(member, channel, ChannelState.PAUSED, "channel.paused")


def resume(member: Member, channel: Channel) -> None:
    _set_state(member, channel, ChannelState.ACTIVE, "channel.resumed")


@transaction.atomic
def remove(member: Member, channel: Channel) -> None:
    """Forget the secrets for good; what was said through the channel stays."""
    _set_state(member, channel, ChannelState.REMOVED, "channel.removed")
    Channel.objects.filter(pk=channel.pk).update(secrets="", secrets_number=channel.secrets_number + 1)


@transaction.atomic
def access_lost(channel: Channel, error: AccessLost) -> None:
    """A worker was refused: the channel pauses itself and asks to be reconnected. Said once, not at every try."""
    changed = Channel.objects.filter(pk=channel.pk, state=ChannelState.ACTIVE).update(
        state=ChannelState.ACCESS_LOST, state_reason=error.reason, state_since=now()
    )
    if changed:
        record(
            action="channel.access_lost",
            actor=None,
            workspace=channel.workspace,
            target=channel,
            after={"reason": error.reason},
        )


def refresh_limits(channel: Channel) -> None:
    """Ask the channel's server for its own limits, where it has any. Raises ConnectorError."""
    if channel.manifest.can(Capability.SERVER_LIMITS):
        found = connector(channel).server_limits()
        Channel.objects.filter(pk=channel.pk).update(server_limits=limits.to_json(found))


def rotate_secrets() -> int:
    """Put every channel's secrets under the newest key; returns how many were changed."""
    changed = 0
    for channel in Channel.objects.exclude(secrets="").iterator():
        # Compare and set: a renewal that comes between must win.
        changed += Channel.objects.filter(pk=channel.pk, secrets=channel.secrets).update(
            secrets=rotate(channel.secrets)
        )
    return changed


def _checked(manifest: Manifest, answers: Mapping[str, str]) -> dict[str, str]:
    def answer(field: ConnectField) -> str:
        given = answers.get(field.name, "").strip() or field.default
        if field.required and not given:
            raise Rejected("required", field=field.name)
        return given

    return {field.name: answer(field) for field in manifest.connect_fields}


@transaction.atomic
def _store(member: Member, network: str, connected: Connected) -> Channel:
    """The channel for `connected`: a new one, or the one it was before, with everything about its access renewed."""
    author = connected.account.author
    channel, is_new = Channel.objects.select_for_update().get_or_create(
        workspace=member.workspace,
        network=network,
        server=connected.account.server,
        remote_id=author.remote_id,
        defaults={"handle": author.handle},
    )
    channel.handle, channel.name, channel.url = author.handle, author.name[:255], author.url[:500]
    channel.settings, channel.scopes = dict(connected.account.settings), list(connected.scopes)
    channel.secrets, channel.secrets_number = seal(connected.secrets), channel.secrets_number + 1
    if channel.state == ChannelState.REMOVED:
        channel.listening_since = now()
    channel.state, channel.state_reason, channel.state_since = ChannelState.ACTIVE, "", now()
    channel.renewing_until, channel.connected_by, channel.connected_at = None, member, now()
    channel.save()
    record(action="channel.connected" if is_new else "channel.reconnected", actor=member, target=channel)
    transaction.on_commit(lambda: _refresh_limits_quietly(channel))
    return channel


def _refresh_limits_quietly(channel: Channel) -> None:
    try:
        refresh_limits(channel)
        channel.refresh_from_db(fields=["server_limits"])
    except ConnectorError:
        pass  # the manifest's limits hold until the server can be asked


@transaction.atomic
def _set_state(member: Member, channel: Channel, state: ChannelState, action: str) -> None:
    member.require(Permission.CONNECT)
    before = Channel.objects.select_for_update().get(pk=channel.pk, workspace=member.workspace).state
    Channel.objects.filter(pk=channel.pk).update(state=state, state_reason="", state_since=now())
    channel.state = state
    record(action=action, actor=member, target=channel, before={"state": before}, after={"state": state})
