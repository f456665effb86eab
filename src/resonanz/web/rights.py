"""What each permission and each role means, as sentences for people."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from resonanz.foundation.workspaces.roles import Role

NEEDED = {
    "read": gettext_noop("It needs the right to see the workspace."),
    "answer": gettext_noop("It needs the right to answer people."),
    "write": gettext_noop("It needs the right to write posts."),
    "publish": gettext_noop("It needs the right to publish."),
    "approve": gettext_noop("It needs the right to approve other people’s posts."),
    "connect": gettext_noop("It needs the right to connect channels."),
    "manage": gettext_noop("It needs the right to manage people and settings."),
    "own": gettext_noop("Only an owner of the workspace may do this."),
    "demo": gettext_noop("The demo company is open to people who are signed in here."),
    "set_up": gettext_noop("This installation is set up already, or its key is missing from the address."),
}

ROLE_MEANS = {
    Role.OWNER: gettext_noop("May do everything, also hand over or delete the workspace."),
    Role.MANAGER: gettext_noop("Manages people, channels and settings; publishes and answers."),
    Role.EDITOR: gettext_noop("Writes, plans and publishes posts; answers people."),
    Role.AGENT: gettext_noop("Answers people; sees everything."),
    Role.ANALYST: gettext_noop("Sees everything, changes nothing."),
    Role.APPROVER: gettext_noop("Sees everything and approves other people’s posts."),
    Role.AGENCY: gettext_noop("Writes posts and answers; whether they go out is decided in the house."),
}


def sentence(permission: str) -> str:
    """What was missing when a service refused; a general sentence for anything unknown."""
    text = NEEDED.get(permission)
    return _(text) if text else _("You may not do this.")


def role_means(role: str) -> str:
    return _(ROLE_MEANS[Role(role)])
