"""The connected channels: list, connect by form or by agreeing at the network, pause, resume, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from resonanz.connectorkit.errors import ConnectorError, Rejected
from resonanz.connectorkit.manifest import ConnectFlow, Manifest
from resonanz.foundation.channels import networks, queries, services
from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.intake import queries as intake
from resonanz.web import failures
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.channels.forms import ConnectForm
from resonanz.web.channels.wording import abilities
from resonanz.web.places import Text, link

TONES = {
    "active": ("good", "circle-check"),
    "paused": ("quiet", "player-pause"),
    "access_lost": ("bad", "plug-x"),
}


@dataclass(frozen=True)
class Card:
    """A channel as the list shows it."""

    channel: Any
    manifest: Manifest
    tone: str
    icon: str
    trouble: str
    read_at: datetime | None  # when it was last read without a problem
    left_out: int  # older entries that are too many to be read


@dataclass(frozen=True)
class Offer:
    """A network that can be connected."""

    manifest: Manifest
    able: list[Text]


def _card(channel: Any, poll: Any) -> Card:
    """A channel that works but cannot be read right now keeps its state and says what is in the way."""
    tone, icon = TONES[channel.state]
    trouble = failures.sentence(channel.state_reason) if channel.state_reason else ""
    if not trouble and poll and poll.problem and channel.state == "active":
        icon, tone = "alert-triangle", "wait"
        trouble = failures.reading(poll.problem, poll.fault, poll.problem_detail)
    read_at, left_out = (poll.read_at, poll.left_out) if poll else (None, 0)
    return Card(channel, channel.manifest, tone, icon, trouble, read_at, left_out)


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    polls = {poll.channel_id: poll for poll in intake.polls(request.workspace)}
    cards = [_card(channel, polls.get(channel.pk)) for channel in queries.of(request.workspace)]
    context = {"cards": cards, "may": request.member.may(Permission.CONNECT)}
    return render(request, "channels/index.html", context)


@require_safe
@workspace_page
def choose(request: WorkspaceRequest) -> HttpResponseBase:
    request.member.require(Permission.CONNECT)
    offers = [Offer(n.manifest, abilities(n.manifest)) for n in networks.all_networks().values()]
    return render(request, "channels/choose.html", {"offers": offers})


@require_http_methods(["GET", "POST"])
@workspace_page
def connect(request: WorkspaceRequest, network: str) -> HttpResponseBase:
    """Ask what the network needs; then connect, or show the way to the network's own page of consent."""
    request.member.require(Permission.CONNECT)
    try:
        manifest = networks.get(network).manifest
    except networks.UnknownNetwork:
        raise Http404 from None
    form = ConnectForm(manifest, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _connected(request, manifest, form.cleaned_data)
        except ConnectorError as error:
            form.add_rejection(error.field if isinstance(error, Rejected) else "", failures.explain(error))
    context = {"manifest": manifest, "form": form, "able": abilities(manifest)}
    return render(request, "channels/connect.html", context, status=422 if form.errors else 200)


def _connected(request: WorkspaceRequest, manifest: Manifest, answers: dict[str, str]) -> HttpResponseBase:
    if manifest.connect_flow is ConnectFlow.FORM:
        channel = services.connect(request.member, manifest.slug, answers)
        messages.success(request, _("%(channel)s is connected.") % {"channel": channel})
        return redirect(link(request.workspace, "channels:index"))
    here = settings.BASE_URL + link(request.workspace, "channels:back")
    address = services.begin(request.member, manifest.slug, answers, here)
    # Not a redirect: a form may not lead to another host under our content security policy; and people should
    # see where they are being sent.
    context = {"manifest": manifest, "address": address, "host": urlsplit(address).netloc}
    return render(request, "channels/consent.html", context)


@require_safe
@workspace_page
def back(request: WorkspaceRequest) -> HttpResponseBase:
    """Where the network's page of consent sends the person back to."""
    try:
        channel = services.complete(request.member, request.GET.dict())
    except ConnectorError as error:
        return render(request, "channels/not_connected.html", {"reason": failures.explain(error)}, status=422)
    messages.success(request, _("%(channel)s is connected.") % {"channel": channel})
    return redirect(link(request.workspace, "channels:index"))


def _changed(
    request: WorkspaceRequest, channel_id: int, change: Callable[..., None], text: str
) -> HttpResponseBase:
    channel = queries.of(request.workspace).filter(pk=channel_id).first()
    if channel is None:
        raise Http404
    change(request.member, channel)
    messages.success(request, text % {"channel": channel})
    return redirect(link(request.workspace, "channels:index"))


@require_POST
@workspace_page
def pause(request: WorkspaceRequest, channel_id: int) -> HttpResponseBase:
    return _changed(request, channel_id, services.pause, _("%(channel)s is paused."))


@require_POST
@workspace_page
def resume(request: WorkspaceRequest, channel_id: int) -> HttpResponseBase:
    return _changed(request, channel_id, services.resume, _("%(channel)s is active again."))


@require_POST
@workspace_page
def remove(request: WorkspaceRequest, channel_id: int) -> HttpResponseBase:
    text = _("%(channel)s is removed; its access has been forgotten.")
    return _changed(request, channel_id, services.remove, text)
