"""What the audit trail says: one sentence for each action, one word for each field."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

ACTIONS = {
    "workspace.created": gettext_noop("created the workspace"),
    "workspace.changed": gettext_noop("changed the company’s settings"),
    "member.joined": gettext_noop("accepted the invitation"),
    "member.added": gettext_noop("added {target}"),
    "member.invited": gettext_noop("invited {target}"),
    "member.role_changed": gettext_noop("changed the role of {target}"),
    "member.department_changed": gettext_noop("changed the department of {target}"),
    "member.removed": gettext_noop("removed {target}"),
    "invitation.withdrawn": gettext_noop("withdrew the invitation of {target}"),
    "department.added": gettext_noop("added the department {target}"),
    "department.renamed": gettext_noop("renamed the department {target}"),
    "department.removed": gettext_noop("removed the department {target}"),
    "channel.connected": gettext_noop("connected {target}"),
    "channel.reconnected": gettext_noop("reconnected {target}"),
    "channel.paused": gettext_noop("paused {target}"),
    "channel.resumed": gettext_noop("resumed {target}"),
    "channel.removed": gettext_noop("removed {target}"),
    "channel.access_lost": gettext_noop("lost access to {target}"),
}

FIELDS = {
    "name": gettext_noop("Name"),
    "email": gettext_noop("E-mail address"),
    "role": gettext_noop("Role"),
    "department": gettext_noop("Department"),
    "language": gettext_noop("Language"),
    "timezone": gettext_noop("Time zone"),
    "state": gettext_noop("State"),
    "reason": gettext_noop("Reason"),
}


def action(entry: Any) -> str:
    """What was done, without who did it; an action without a sentence is shown by its name."""
    text = ACTIONS.get(entry.action)
    return _(text).format(target=entry.target_name) if text else f"{entry.action} {entry.target_name}".strip()


def field(name: str) -> str:
    text = FIELDS.get(name)
    return _(text) if text else name
