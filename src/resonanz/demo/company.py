"""Building and forgetting the demo company, with the same services and workers that serve a real one."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import cycle

from django.db import transaction
from django.utils.timezone import now

from resonanz.demo import networks, plans, texts
from resonanz.demo.story import DAYS_BEFORE
from resonanz.foundation.channels import services as channels
from resonanz.foundation.channels.doors import connector
from resonanz.foundation.channels.models import Channel
from resonanz.foundation.work import registry
from resonanz.foundation.work.engine import drain
from resonanz.foundation.workspaces import services as workspaces
from resonanz.foundation.workspaces.models import Member, User, Workspace
from resonanz.foundation.workspaces.roles import Role
from resonanz.inbound.conversations import services as conversations
from resonanz.inbound.conversations.machine import Status
from resonanz.inbound.conversations.models import Conversation
from resonanz.inbound.intake.services import store
from resonanz.kernel.ids import new_key
from resonanz.kernel.messages import Message
from resonanz.kernel.paging import START
from resonanz.kernel.publishing import Receipt
from resonanz.outbound.publishing.machine import PublicationState
from resonanz.outbound.publishing.models import Origin, Publication, receipt_json

COLLEAGUES = (
    ("Meike Hansen", Role.OWNER, "Marketing"),
    ("Sönke Thiel", Role.AGENT, "Kundendienst"),
    ("Tuba Aydın", Role.EDITOR, "Marketing"),
    ("Wiebke Carstens", Role.MANAGER, "Personal"),
    ("Studio Priel", Role.AGENCY, "Marketing"),
)
TEAM = (Role.AGENT, Role.EDITOR)
LABELS = {"stand": "Ständer", "suggestion": "Ideen"}
# What is younger than this lies on somebody's desk still.
DESK = timedelta(days=4)
BATCH = conversations.MOST_AT_ONCE


def find() -> Workspace | None:
    """The demo company, if there is one."""
    return Workspace.objects.filter(is_demo=True).first()


def create(viewer: User | None = None) -> Member:
    """Build the company, or step into the one there is; `viewer` (None: its own marketing lead) may do everything."""
    workspace = find()
    if workspace is None:
        return _build(viewer)
    member = workspace.members.filter(role=Role.OWNER).order_by("pk").first()
    assert member is not None, "a workspace always has an owner"
    if viewer is None or viewer == member.user:
        return member
    known = workspace.members.filter(user=viewer).first()
    return known or workspaces.add_member(member, viewer, Role.OWNER)


def remove(member: Member) -> None:
    """Forget the company, its people and everything that happened on its networks."""
    workspaces.delete_workspace(member)
    User.objects.filter(email__endswith=f"@{texts.HANDLE}.example", memberships=None).delete()
    networks.close()


@transaction.atomic
def _build(viewer: User | None) -> Member:
    # All of it or nothing: a process that dies here leaves no half company.
    networks.close()
    people = [_person(name) for name, _role, _department in COLLEAGUES]
    owner = workspaces.create_workspace(viewer or people[0], name=texts.COMPANY, is_demo=True)
    departments = {department.name: department for department in owner.workspace.departments.all()}
    for person, (_name, role, department) in zip(people, COLLEAGUES, strict=True):
        if person != owner.user:
            workspaces.add_member(owner, person, role, departments.get(department))
    connected = _connect(owner)
    _listen(connected)
    _work_through(owner)
    plans.make(owner, {channel.network: channel for channel in connected})
    return owner


def _person(name: str) -> User:
    address = f"{name.split()[0].lower().translate(_SPELLED)}@{texts.HANDLE}.example"
    person, _new = User.objects.get_or_create(email=address, defaults={"name": name, "language": "de"})
    person.set_unusable_password()
    person.save(update_fields=["password"])
    return person


_SPELLED = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss", ord("ı"): "i"}


def _connect(owner: Member) -> list[Channel]:
    """The company's channels, connected the way a person connects them (but for the page of agreement)."""
    stage = networks.stage()
    bluesky = channels.connect(
        owner,
        "bluesky",
        {
            "handle": networks.BLUESKY_HANDLE,
            "app_password": stage.app_password,
            "server": networks.BLUESKY,
        },
    )
    address = channels.begin(owner, "mastodon", {"server": networks.MASTODON}, "https://demo.invalid/back/")
    mastodon = channels.complete(owner, stage.agree(address))
    magazine = channels.connect(owner, "feeds", {"address": networks.MAGAZINE})
    connected = [bluesky, mastodon, magazine]
    # They were there all the time: what was said then was somebody's turn, and is no history.
    begun = now() - timedelta(days=DAYS_BEFORE + 1)
    Channel.objects.filter(pk__in=[channel.pk for channel in connected]).update(listening_since=begun)
    return connected


def _listen(connected: list[Channel]) -> None:
    """Read what was said, then what the company itself said, then sort it all into conversations."""
    kinds = {kind.name: kind for kind in registry.kinds()}
    drain((kinds["poll"],))
    for channel in connected:
        if not channel.manifest.conversational:
            continue
        own = _own_words(channel)
        store(channel, [message for message in own if message.reply_to])
        for message in own:
            if not message.reply_to:
                _published(channel, message)
    # What it all means the worker finds out afterwards: to load the model takes longer than all the rest.
    drain(tuple(kinds[name] for name in kinds if name not in ("poll", "publication", "understand")))


def _own_words(channel: Channel) -> list[Message]:
    """Everything the company ever said on a channel, oldest first."""
    network, cursor, found = connector(channel), START, list[Message]()
    while True:
        page = network.own_posts(cursor)
        found += page.items
        if not page.more:
            return sorted(found, key=lambda message: message.sent_at)
        cursor = page.cursor


def _published(channel: Channel, message: Message) -> None:
    """What was posted before the demo began stands in the ledger like everything else."""
    Publication.objects.create(
        workspace_id=channel.workspace_id,
        channel=channel,
        origin=Origin.CONTENT,
        created_by=channel.connected_by,
        key=new_key(message.sent_at.timestamp()),
        created_at=message.sent_at,
        text=message.text,
        language="de",
        planned_at=message.sent_at,
        state=PublicationState.PUBLISHED,
        state_since=message.sent_at,
        sent_at=message.sent_at,
        receipt=receipt_json(Receipt(message.reference, message.url, message.sent_at)),
        remote_id=message.remote_id,
        url=message.url,
        published_at=message.sent_at,
    )


def _work_through(owner: Member) -> None:
    """Label, hand out and close what was answered or lies long; the rest is today's work."""
    stage, team = networks.stage(), cycle(owner.workspace.members.filter(role__in=TEAM).order_by("pk"))
    told = {
        stage.remote_ids[event.number]: event.kind for event in stage.told if event.number in stage.remote_ids
    }
    labelled, handed = defaultdict[str, list[int]](list), defaultdict[Member, list[int]](list)
    closed: list[int] = []
    for conversation in Conversation.objects.filter(workspace=owner.workspace).order_by("started_at"):
        kind = told.get(conversation.root, "")
        if kind in LABELS:
            labelled[LABELS[kind]].append(conversation.pk)
        is_done = conversation.waiting_since is None or conversation.last_at < now() - DESK
        if is_done or kind == "complaint":
            handed[next(team)].append(conversation.pk)
        if is_done:
            closed.append(conversation.pk)
    for name, ids in labelled.items():
        conversations.add_label(owner, ids, name)
    for member, ids in handed.items():
        conversations.assign(owner, ids, member)
    for ids in (closed[start : start + BATCH] for start in range(0, len(closed), BATCH)):
        conversations.set_status(owner, ids, Status.RESOLVED)
