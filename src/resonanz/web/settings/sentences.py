"""What the audit trail says: one sentence for each action, one word for each field."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from resonanz.web import words
from resonanz.web.meanings import SIGNS

ACTIONS = {
    "workspace.created": gettext_noop("created the workspace"),
    "workspace.changed": gettext_noop("changed the company’s settings"),
    "member.joined": gettext_noop("accepted the invitation"),
    "member.added": gettext_noop("added {target}"),
    "member.invited": gettext_noop("invited {target}"),
    "member.role_changed": gettext_noop("changed the role of {target}"),
    "member.department_changed": gettext_noop("changed the department of {target}"),
    "member.removed": gettext_noop("removed {target}"),
    "member.password_link": gettext_noop("handed out a link for a new password of {target}"),
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
    "content.created": gettext_noop("wrote the draft “{target}”"),
    "content.overwritten": gettext_noop("overwrote what a colleague had saved in “{target}”"),
    "content.copied": gettext_noop("copied “{target}”"),
    "content.archived": gettext_noop("put “{target}” away"),
    "content.restored": gettext_noop("brought “{target}” back"),
    "publication.scheduled": gettext_noop("scheduled “{target}”"),
    "publication.rescheduled": gettext_noop("chose another time for “{target}”"),
    "publication.cancelled": gettext_noop("cancelled “{target}”"),
    "publication.retried": gettext_noop("had “{target}” sent again"),
    "publication.confirmed": gettext_noop("confirmed that “{target}” is public"),
    "publication.denied": gettext_noop("confirmed that “{target}” is not public"),
    "conversation.answered": gettext_noop("answered in conversation {target}"),
    "conversation.status": gettext_noop("changed the status of conversation {target}"),
    "conversation.assigned": gettext_noop("handed over conversation {target}"),
    "conversation.moved": gettext_noop("changed the department of conversation {target}"),
    "conversation.labelled": gettext_noop("put a label on conversation {target}"),
    "conversation.unlabelled": gettext_noop("took a label off conversation {target}"),
    "conversation.corrected": gettext_noop("corrected what a message in conversation {target} means"),
    "conversation.noted": gettext_noop("wrote a note in conversation {target}"),
    "retention.erased": gettext_noop("erased what was older than is to be kept"),
    "person.exported": gettext_noop("handed out what is known of a person"),
    "person.erased": gettext_noop("erased what was known of a person"),
    "understanding.adapted": gettext_noop("let messages be read with what corrections taught"),
    "understanding.unadapted": gettext_noop("let messages be read without what corrections taught"),
    "aspect.created": gettext_noop("began the aspect “{target}”"),
    "aspect.renamed": gettext_noop("renamed the aspect “{target}”"),
    "aspect.removed": gettext_noop("deleted the aspect “{target}” with its examples"),
    "aspect.taught": gettext_noop("gave examples for the aspect “{target}”"),
    "aspect.untaught": gettext_noop("took back examples for the aspect “{target}”"),
    "aspect.switched_on": gettext_noop("let messages be read with the aspect “{target}”"),
    "aspect.switched_off": gettext_noop("let messages be read without the aspect “{target}”"),
    "media.uploaded": gettext_noop("added the picture {target}"),
    "media.removed": gettext_noop("removed the picture {target}"),
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
    "status": gettext_noop("Status"),
    "assignee": gettext_noop("Responsible"),
    "cause": gettext_noop("Cause"),
    "label": gettext_noop("Label"),
    "due_at": gettext_noop("Comes back"),
    "planned_at": gettext_noop("Planned for"),
    "channel": gettext_noop("Channel"),
    "publication": gettext_noop("Publication"),
    "key": gettext_noop("Key"),
    "title": gettext_noop("Title"),
    "text": gettext_noop("Text"),
    "content_warning": gettext_noop("Content warning"),
    "retention_days": gettext_noop("Days that messages are kept"),
    "conversations": gettext_noop("Conversations"),
    "messages": gettext_noop("Messages"),
    "before": gettext_noop("Older than"),
    "network": gettext_noop("Network"),
    "sha256": gettext_noop("Fingerprint (SHA-256)"),
    "from": gettext_noop("Copied from"),
    "model": gettext_noop("Model"),
    "sentiment": gettext_noop("Mood"),
    "aspect": gettext_noop("Own aspect"),
    "examples": gettext_noop("Examples"),
    "counter_examples": gettext_noop("Counter-examples"),
}


def action(entry: Any) -> str:
    """What was done, without who did it; an action without a sentence is shown by its name."""
    text = ACTIONS.get(entry.action)
    return _(text).format(target=entry.target_name) if text else f"{entry.action} {entry.target_name}".strip()


def field(name: str) -> str:
    if name in SIGNS:
        return str(SIGNS[name].name)
    text = FIELDS.get(name)
    return _(text) if text else name


# How the trail writes a moment: 2026-11-27T07:45:00+00:00
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def value(written: Any) -> Any:
    """A value as the trail holds it; moments in the workspace's time."""
    if isinstance(written, str) and _MOMENT.fullmatch(written):
        return words.exact(datetime.fromisoformat(written))
    return written
