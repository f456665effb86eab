"""What a message was read as: shown with its reason and the words that carried it, corrected with one click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations import correcting, queries, services
from resonanz.inbound.enrichment import evidence as enrichment_evidence
from resonanz.inbound.enrichment import marks
from resonanz.inbound.enrichment.queries import Meaning, meanings
from resonanz.inbound.enrichment.readers import NoModel
from resonanz.web import words
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.inbox import lists, panes
from resonanz.web.meanings import KINDS, MOODS, SIGNS, Sign, in_full, own_in, own_sign, yes_or_no
from resonanz.web.places import link

if TYPE_CHECKING:
    from resonanz.inbound.intake.models import StoredMessage

ALL_KINDS = (*KINDS, "engaging", "fact_claiming")


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign under a message."""

    output: str
    name: str | Promise
    icon: str
    reason: str  # how likely the model held it, or who said so
    corrected: bool
    is_mood: bool
    say: str  # what is posted to name it: its output, or which own aspect it is


def shown(meaning: Meaning, own: Sequence[Any] = ()) -> list[Shown]:
    """Everything a message was read as; `own`: the workspace's own aspects."""
    said_of_own = {aspect.output: f"own-{aspect.pk}" for aspect in own}
    found = []
    for sign in [*in_full(meaning.marks), *own_in(meaning.marks, own)]:
        is_mood = sign.output in MOODS
        correction = meaning.corrections.get("sentiment" if is_mood else sign.output)
        reason = _reason(meaning, sign.output) if correction is None else _said_by(correction)
        say = said_of_own.get(sign.output, sign.output)
        found.append(Shown(sign.output, sign.name, sign.icon, reason, correction is not None, is_mood, say))
    return found


def other_moods(meaning: Meaning) -> list[Sign]:
    """What a person may say of a message's mood instead."""
    return [SIGNS[name] for name in marks.SENTIMENTS if name != meaning.sentiment]


def _reason(meaning: Meaning, output: str) -> str:
    if output == marks.UNSURE:
        return _("The model is not sure")
    if output in marks.OWN:
        return _("It resembles your examples")
    return _("The model holds it {share} likely").format(share=words.share(meaning.likely.get(output, 0), 0))


def _said_by(correction: Any) -> str:
    return _("{name} said so").format(name=correction.member or correction.member_name)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of the panel; `say` is what it posts."""

    sign: Sign
    say: str
    active: bool
    likely: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under a heading."""

    name: str
    choices: list[Choice]
    is_own: bool = False


def _groups(meaning: Meaning, own: Sequence[Any]) -> list[Group]:
    def choice(output: str, group: str = "") -> Choice:
        active = marks.value(meaning.marks, group or output) == (output if group else marks.YES)
        value = output if group else (marks.NO if active else marks.YES)
        likely = words.share(meaning.likely[output], 0) if output in meaning.likely else None
        return Choice(SIGNS[output], f"{group or output}:{value}", active, likely)

    def own_choice(aspect: Any) -> Choice:
        active = marks.value(meaning.marks, aspect.output) == marks.YES
        say = f"own-{aspect.pk}:{marks.NO if active else marks.YES}"
        return Choice(own_sign(aspect), say, active, None)

    languages = [choice(output, "language") for output in marks.LANGUAGES]
    about = Group(pgettext("of a message", "What it is about"), [choice(output) for output in marks.ASPECTS])
    named = Group(pgettext("of a message", "Own aspects"), [own_choice(one) for one in own], is_own=True)
    return [
        Group(pgettext("of a message", "Mood"), [choice(output, "sentiment") for output in MOODS]),
        Group(pgettext("of a message", "Kind"), [choice(output) for output in ALL_KINDS]),
        # Whoever has made some looks for them first.
        *((named, about) if own else (about, named)),
        Group(pgettext("of a message", "Language"), languages),
    ]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What somebody said of an output."""

    output: str
    text: str
    who: str
    at: datetime


def _corrected(meaning: Meaning, own: Sequence[Any]) -> list[Corrected]:
    names = {aspect.output: (f"own-{aspect.pk}", aspect.name) for aspect in own}

    def text(output: str, value: str) -> str:
        if output in marks.GROUPS:
            return str(SIGNS[value].name)
        return yes_or_no(names[output][1] if output in names else SIGNS[output].name, value)

    return [
        Corrected(
            names[output][0] if output in names else output,
            text(output, one.value),
            str(one.member or one.member_name),
            one.at,
        )
        for output, one in meaning.corrections.items()
    ]


@require_safe
@workspace_page
def evidence(request: WorkspaceRequest, pk: int, message_pk: int) -> HttpResponseBase:
    """The message with the words marked that carried what it was read as."""
    message = _message(request, pk, message_pk)
    try:
        marked = enrichment_evidence.marked(message)
    except NoModel:
        marked = None
    return render(request, "inbox/said.html", {"message": message, "marked": marked})


@require_http_methods(["GET", "POST"])
@workspace_page
def meaning(request: WorkspaceRequest, pk: int, message_pk: int) -> HttpResponseBase:
    """Everything that can be corrected; or one correction, as "output:value" (an empty value takes it back)."""
    message = _message(request, pk, message_pk)
    if request.method == "GET":
        found, own = _meaning(message), lists.own_aspects(request.member)
        values = {
            "meaning": found,
            "groups": _groups(found, own),
            "corrections": _corrected(found, own),
            "may_manage": request.member.may(Permission.MANAGE),
        }
        return render(request, "inbox/meaning_panel.html", values)
    output, _colon, value = request.POST.get("say", "").partition(":")
    try:
        if output.startswith("own-"):
            aspect_id = int(output.removeprefix("own-")[:18])
            correcting.correct_own(request.member, pk, message.pk, aspect_id, value or None)
        else:
            correcting.correct(request.member, pk, message.pk, output, value or None)
    except (ValueError, services.NotThere) as error:
        raise Http404 from error
    return _after(request, pk, message, output)


def _after(request: WorkspaceRequest, pk: int, message: StoredMessage, output: str) -> HttpResponse:
    if not request.htmx:
        return redirect(link(request.workspace, "inbox:conversation", pk))
    found, own = _meaning(message), lists.own_aspects(request.member)
    values = {
        "conversation": panes.found(request, pk),
        "message": message,
        "meaning": found,
        "may_answer": panes.may_answer(request),
        "own_aspects": own,
        "just": output if output in {one.output for one in _corrected(found, own)} else "",
    }
    return trigger_client_event(render(request, "inbox/meaning.html", values), "inbox-changed")


def _message(request: WorkspaceRequest, pk: int, message_pk: int) -> StoredMessage:
    message = queries.said(panes.found(request, pk), message_pk)
    if message is None:
        raise Http404
    return message


def _meaning(message: StoredMessage) -> Meaning:
    found = meanings([message]).get(message.pk)
    if found is None:
        raise Http404
    return found
