"""Codes in, sentences out: how an answer stands, and what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from resonanz.foundation.channels.states import ChannelState
from resonanz.outbound.publishing.checks import Problem
from resonanz.outbound.publishing.machine import UNSENT, PublicationState

if TYPE_CHECKING:
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
