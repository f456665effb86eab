"""A workspace's own aspects: made, taught by example, tried out, switched on and off, forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations import correcting
from resonanz.inbound.conversations import queries as conversations
from resonanz.inbound.conversations import services as conversation_services
from resonanz.inbound.enrichment import aspects, queries
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.places import link
from resonanz.web.settings.tabs import tabs

if TYPE_CHECKING:
    from resonanz.inbound.enrichment.models import Example, OwnAspect
    from resonanz.inbound.intake.models import StoredMessage

SHOWN = 8  # messages to choose from
LISTED = 60  # examples


@dataclass(frozen=True, slots=True)
class Standing:
    """How an own aspect stands. `state`: few, soon, alone, good, weak, on, newer, rests."""

    state: str
    missing: int = 0  # examples


def standing(aspect: Any) -> Standing:
    """What a page says first of an aspect that `queries.own_standings` brought."""
    if aspect.active:
        is_newer = aspect.offered and aspect.offered.helps and aspect.offered.version != aspect.active.version
        return Standing("newer" if is_newer else "on")
    if missing := max(aspects.FEWEST - aspect.examples, 0):
        return Standing("few", missing)
    if aspect.due_at:
        return Standing("soon")
    if aspect.offered is None:
        return Standing("alone")
    return Standing("good" if aspect.offered.helps else "weak")


def listed(request: WorkspaceRequest) -> list[tuple[OwnAspect, Standing]]:
    """The own aspects for the page about understanding."""
    return [(aspect, standing(aspect)) for aspect in queries.own_standings(request.member)]


@require_POST
@workspace_page
def create(request: WorkspaceRequest) -> HttpResponseBase:
    try:
        aspect = aspects.create(request.member, request.POST.get("name", ""))
    except aspects.NameTaken:
        messages.warning(request, _("There is an aspect of this name already."))
    except aspects.TooMany:
        said = _(
            "There can be %(n)d at most. Delete one first; its place is free once all messages are read without it."
        )
        messages.warning(request, said % {"n": aspects.MOST})
    except ValueError:
        messages.warning(request, _("It needs a name."))
    else:
        return redirect(link(request.workspace, "settings:aspect", aspect.pk))
    return redirect(link(request.workspace, "settings:understanding"))


@require_safe
@workspace_page
def index(request: WorkspaceRequest, aspect_id: int) -> HttpResponseBase:
    aspect = _found(request, aspect_id)
    asked = request.htmx.target if request.htmx and not request.htmx.boosted else ""
    if asked == "standing":
        return render(request, "settings/aspect_standing.html", _standing_of(request, aspect))
    words = _words(request)
    by = "alike" if request.GET.get("by") == "alike" and not words else "newest"
    context = {
        **_standing_of(request, aspect),
        **_given(request, aspect),
        "tabs": tabs(request, "understanding"),
        "words": words,
        "by": by,
        "candidates": _candidates(request, aspect, words, by),
    }
    part = "aspect_candidates" if asked == "candidates" else "aspect"
    return render(request, f"settings/{part}.html", context)


def _standing_of(request: WorkspaceRequest, aspect: Any) -> dict[str, Any]:
    return {
        "aspect": aspect,
        "standing": standing(aspect),
        "overview": queries.overview(request.member),
        "fewest_others": aspects.FEWEST_OTHERS,
        "may": request.member.may(Permission.MANAGE),
        "may_answer": request.member.may(Permission.ANSWER),
    }


def _given(request: WorkspaceRequest, aspect: OwnAspect) -> dict[str, Any]:
    given = list(queries.examples(request.member, aspect)[: LISTED + 1])
    return {
        "sides": [(True, [one for one in given[:LISTED] if one.is_about]),
                  (False, [one for one in given[:LISTED] if not one.is_about])],
        "is_long": len(given) > LISTED,
    }  # fmt: skip


def _words(request: WorkspaceRequest) -> str:
    return " ".join(request.GET.get("q", "").split())[:80]


def _candidates(
    request: WorkspaceRequest, aspect: OwnAspect, words: str, by: str
) -> list[tuple[StoredMessage, Example | None]]:
    """Messages to choose from, each with what was said of it."""
    if by == "alike":
        found = queries.resembling(request.member, aspect, SHOWN)
    else:
        found = conversations.said_with(request.member, words, SHOWN)
    said = {one.message_id: one for one in queries.examples(request.member, aspect).filter(message__in=found)}
    return [(message, said.get(message.pk)) for message in found]


@require_POST
@workspace_page
def rename(request: WorkspaceRequest, aspect_id: int) -> HttpResponseBase:
    try:
        aspects.rename(request.member, aspect_id, request.POST.get("name", ""))
    except aspects.NotThere as error:
        raise Http404 from error
    except aspects.NameTaken:
        messages.warning(request, _("There is an aspect of this name already."))
    except ValueError:
        messages.warning(request, _("It needs a name."))
    else:
        messages.success(request, _("Saved."))
    return _back(request, aspect_id)


@require_POST
@workspace_page
def remove(request: WorkspaceRequest, aspect_id: int) -> HttpResponseBase:
    try:
        aspects.remove(request.member, aspect_id)
    except aspects.NotThere as error:
        raise Http404 from error
    messages.success(request, _("Deleted, with its examples."))
    return redirect(link(request.workspace, "settings:understanding"))


@require_POST
@workspace_page
def switch(request: WorkspaceRequest, aspect_id: int) -> HttpResponseBase:
    """Read with what was learnt (the version that the page showed), or without it."""
    version = request.POST.get("version", "")
    try:
        if version:
            aspects.switch_on(request.member, aspect_id, version)
        else:
            aspects.switch_off(request.member, aspect_id)
    except aspects.NotThere as error:
        raise Http404 from error
    except aspects.NothingToGain:
        messages.warning(request, _("It has changed in the meantime; see how it stands now."))
    else:
        messages.success(request, _("Saved. All messages are read anew in the background."))
    return _back(request, aspect_id)


@require_POST
@workspace_page
def teach(request: WorkspaceRequest, aspect_id: int) -> HttpResponseBase:
    """Texts, one a line, as examples or as counter-examples."""
    lines = request.POST.get("texts", "").splitlines()
    is_about = request.POST.get("side") != "no"
    try:
        done = aspects.teach(request.member, aspect_id, lines, is_about=is_about)
    except aspects.NotThere as error:
        raise Http404 from error
    if not done.added:
        said = (
            _("Nothing new in it: these are there already.") if done.known else _("Write at least one line.")
        )
        messages.warning(request, said)
    elif is_about:
        said = ngettext("%(n)d example added.", "%(n)d examples added.", done.added)
        messages.success(request, said % {"n": done.added})
    else:
        said = ngettext("%(n)d counter-example added.", "%(n)d counter-examples added.", done.added)
        messages.success(request, said % {"n": done.added})
    return _back(request, aspect_id)


@require_POST
@workspace_page
def choose(request: WorkspaceRequest, aspect_id: int, message_id: int) -> HttpResponseBase:
    """A message as an example ("yes"), a counter-example ("no"), or neither any more."""
    aspect = _found(request, aspect_id)
    is_about = {"yes": True, "no": False}.get(request.POST.get("side", ""))
    try:
        correcting.give_example(request.member, message_id, aspect_id, is_about)
    except (aspects.NotThere, conversation_services.NotThere) as error:
        raise Http404 from error
    if not request.htmx or request.htmx.boosted:
        return _back(request, aspect_id)
    example = queries.examples(request.member, aspect).filter(message=message_id).first()
    message = conversations.message(request.member, message_id)
    context = {"aspect": aspect, "message": message, "example": example, "may_answer": True}
    return _changed(render(request, "settings/aspect_candidate.html", context))


@require_POST
@workspace_page
def forget(request: WorkspaceRequest, aspect_id: int, example_id: int) -> HttpResponseBase:
    """Take an example back."""
    try:
        example = aspects.forget(request.member, aspect_id, example_id)
        if example is not None and example.message_id:
            correcting.give_example(request.member, example.message_id, aspect_id, None)
    except (aspects.NotThere, conversation_services.NotThere) as error:
        raise Http404 from error
    return _back(request, aspect_id)


def _found(request: WorkspaceRequest, aspect_id: int) -> OwnAspect:
    try:
        return queries.own_aspect(request.member, aspect_id)
    except queries.NoAspect as error:
        raise Http404 from error


def _changed(response: HttpResponse) -> HttpResponse:
    return trigger_client_event(response, "aspect-changed")


def _back(request: WorkspaceRequest, aspect_id: int) -> HttpResponseRedirect:
    return redirect(link(request.workspace, "settings:aspect", aspect_id))
