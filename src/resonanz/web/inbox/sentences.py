"""Codes in, sentences out: how an answer stands, what is wrong with one, what happened to a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from resonanz.foundation.channels.states import ChannelState
from resonanz.inbound.conversations.events import Cause, EventKind
from resonanz.inbound.conversations.machine import Status
from resonanz.outbound.publishing.checks import Problem
from resonanz.outbound.publishing.machine import UNSENT, PublicationState
from resonanz.web import words

if TYPE_CHECKING:
    from resonanz.inbound.conversations.events import Event
    from resonanz.inbound.conversations.models import Answer

_PROBLEMS: dict[str, str | Promise] = {
    "empty": gettext_lazy("There is nothing to send yet."),
    "channel_removed": gettext_lazy("This channel was removed, so nothing can be answered there."),
    "channel_access_lost": gettext_lazy(
        "The network no longer lets us in. Reconnect the channel, then answer."
    ),
    "not_possible_there": gettext_lazy("This network does not offer that."),
}


def problem(found: Problem) -> str:
    """What a person should change about an answer."""
    if found.code == "text_too_long":
        over = int(found.values["used"]) - int(found.values["maximum"])
        return _("Too long by {over}: {maximum} are allowed here.").format(
            over=over, maximum=found.values["maximum"]
        )
    return str(_PROBLEMS.get(found.code, gettext_lazy("The network would refuse it like this.")))


@dataclass(frozen=True, slots=True)
class Standing:
    """How an answer stands. do: what can be done about it."""

    text: str
    tone: str  # good, wait, bad, quiet
    icon: str
    reason: str = ""
    do: tuple[str, ...] = ()


def standing(answer: Answer) -> Standing:
    """An answer's state as a person reads it."""
    publication = answer.publication
    state = publication.state
    if state == PublicationState.PUBLISHED:
        return Standing(pgettext("answer", "Sent"), "good", icon="check")
    if state == PublicationState.CANCELLED:
        return Standing(pgettext("answer", "Discarded, never sent"), "quiet", icon="trash")
    if state == PublicationState.CHECKING:
        return Standing(
            pgettext("answer", "Checking whether it is out"),
            "wait",
            icon="clock",
            reason=_("The network has not confirmed it. We keep asking and never send it twice."),
            do=("out", "not_out"),
        )
    if state == PublicationState.FAILED:
        return Standing(
            pgettext("answer", "Not sent"),
            "bad",
            icon="alert-circle",
            reason=_failure(answer),
            do=("again", "discard"),
        )
    held = answer.conversation.channel.state != ChannelState.ACTIVE
    if held and state in UNSENT:
        return Standing(
            pgettext("answer", "Waits for the channel"),
            "wait",
            icon="player-pause",
            reason=_("It goes out as soon as the channel is connected again."),
            do=("discard",),
        )
    return Standing(pgettext("answer", "Being sent …"), "quiet", icon="send")


def _failure(answer: Answer) -> str:
    publication = answer.publication
    if publication.fault:
        return _("An error of ours, number {number}, stopped it. Your text is safe.").format(
            number=publication.fault
        )
    said = publication.state_detail
    if said:
        return _("The network says: “{said}”").format(said=said)
    return _("The network refused it ({code}). Your text is safe.").format(code=publication.state_reason)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened to a conversation: a sentence and a sign for it."""

    text: str
    icon: str


def told(event: Event) -> Told:
    """What happened to a conversation, as the thread tells it."""
    who = event.actor or "Resonanz"
    values = {"who": who, "before": event.before or "", "after": event.after or ""}
    match event.kind:
        case EventKind.STATUS:
            return _status_told(event, values)
        case EventKind.ASSIGNED if event.after is None:
            return Told(_("{who} gave it back to everybody").format(**values), icon="user-x")
        case EventKind.ASSIGNED if event.after == event.actor:
            return Told(_("{who} takes care of it").format(**values), icon="user-plus")
        case EventKind.ASSIGNED:
            return Told(_("{who} gave it to {after}").format(**values), icon="user-plus")
        case EventKind.MOVED if event.after is None:
            return Told(_("{who} took it from {before}").format(**values), icon="building")
        case EventKind.MOVED:
            return Told(_("{who} moved it to {after}").format(**values), icon="building")
        case EventKind.LABELLED:
            return Told(_("{who} put the label “{after}” on it").format(**values), icon="tag")
        case EventKind.UNLABELLED:
            return Told(_("{who} took the label “{before}” off").format(**values), icon="tag")


def _status_told(event: Event, values: dict[str, str]) -> Told:
    match event.after, event.cause:
        case Status.OPEN, Cause.MESSAGE:
            return Told(_("A new message opened it again"), icon="inbox")
        case Status.OPEN, Cause.TIME:
            return Told(_("Its time has come"), icon="bell")
        case Status.OPEN, Cause.UNSENT:
            return Told(_("Open again: the answer could not be sent"), icon="alert-circle")
        case Status.OPEN, _other:
            return Told(_("{who} opened it again").format(**values), icon="inbox")
        case Status.PENDING, _other:
            return Told(_("{who} waits for somebody else").format(**values), icon="message-pause")
        case Status.SNOOZED, _other:
            until = words.when(event.until, now()) if event.until else ""
            return Told(_("{who} snoozed it until {until}").format(until=until, **values), icon="bell-z")
    return Told(_("{who} resolved it").format(**values), icon="circle-check")
