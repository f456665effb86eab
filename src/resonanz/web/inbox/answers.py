"""Answering from the page, and deciding about answers that did not go out by themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from resonanz.inbound.conversations import answering, queries, services
from resonanz.outbound.publishing.services import NotAccepted, TooLate
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.inbox import panes, sentences


@require_POST
@workspace_page
def answer(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Send what is in the box. What cannot go out stays in it, with the reason."""
    conversation = panes.found(request, pk)
    # Both what the page showed when it was loaded and what was said to the person since count as seen.
    seen = [int(value) for value in request.POST.getlist("seen") if value.isascii() and value.isdigit()]
    to = request.POST.get("to", "")
    try:
        answering.answer(
            request.member,
            conversation.pk,
            request.POST.get("text", ""),
            key=request.POST.get("key", ""),
            seen=max(seen, default=0),
            message_id=int(to) if to.isascii() and to.isdigit() else None,
            resolve="resolve" in request.POST,
        )
    except NotAccepted as refused:
        return _kept(request, pk, problems=[sentences.problem(p) for p in refused.problems])
    except answering.AnsweredMeanwhile as caught:
        return _kept(request, pk, meanwhile=caught.answer)
    except (answering.CannotAnswer, services.NotThere):
        return _kept(request, pk, problems=[_("This message can no longer be answered.")])
    except ValueError as error:  # a key nobody made
        raise Http404 from error
    return panes.shown(request, pk, changed=True)


def _kept(request: WorkspaceRequest, pk: int, **more: Any) -> HttpResponse:
    """The box again with what was typed in it."""
    text = request.POST.get("text", "")
    conversation = panes.found(request, pk)
    to = request.POST.get("to", "")
    target = queries.target(conversation, int(to) if to.isascii() and to.isdigit() else None)
    values = panes.box(request, conversation, target) | {"text": text, "key": request.POST.get("key", "")}
    values |= {"count": answering.counted(conversation, target, text) if target else None, **more}
    if not request.htmx:
        return render(request, "inbox/index.html", panes.whole(request, pk) | values, status=422)
    response = render(request, "inbox/answer_box.html", values, status=422)
    return reswap(retarget(response, "#answer-box"), "outerHTML")


@require_POST
@workspace_page
def count(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """How long an answer is, in the network's own units."""
    conversation = panes.found(request, pk)
    target = queries.target(conversation)
    counted = answering.counted(conversation, target, request.POST.get("text", "")) if target else None
    return render(request, "inbox/count.html", {"count": counted})


DECISIONS = {
    "again": answering.again,
    "discard": answering.discard,
    "out": answering.confirm_out,
    "not_out": answering.confirm_not_out,
}


@require_POST
@workspace_page
def decide(request: WorkspaceRequest, pk: int, answer_pk: int) -> HttpResponseBase:
    """Send an answer again, discard it, or say what the network could not."""
    conversation = panes.found(request, pk)
    act = DECISIONS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        act(request.member, conversation.pk, answer_pk)
    except services.NotThere as error:
        raise Http404 from error
    except TooLate:
        messages.warning(request, _("It has changed in the meantime; see how it stands now."))
    return panes.shown(request, pk, changed=True)
