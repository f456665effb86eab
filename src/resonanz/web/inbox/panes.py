"""The conversation beside the list: its thread, its answer box, its person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django_htmx.http import trigger_client_event

from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.conversations import answering, queries
from resonanz.inbound.conversations.snoozing import Snooze, comes_back
from resonanz.kernel.ids import new_key
from resonanz.web.access import WorkspaceRequest
from resonanz.web.inbox import lists
from resonanz.web.inbox.sentences import standing
from resonanz.web.places import link

if TYPE_CHECKING:
    from resonanz.inbound.conversations.models import Conversation
    from resonanz.inbound.intake.models import StoredMessage


def found(request: WorkspaceRequest, pk: int) -> Conversation:
    """The conversation of this workspace, or a 404."""
    try:
        return queries.conversation(request.member, pk)
    except queries.Missing as error:
        raise Http404 from error


def may_answer(request: WorkspaceRequest) -> bool:
    return request.member.may(Permission.ANSWER)


def context(request: WorkspaceRequest, pk: int) -> dict[str, Any]:
    """Everything the pane shows."""
    conversation, member = found(request, pk), request.member
    read = thread(request, conversation)
    target = _asked_target(request, conversation) or read["thread"].target
    return {
        "may_answer": may_answer(request),
        "answerers": queries.answerers(member),
        "departments": lists.departments(member),
        "labels": lists.labels(member),
        "own_labels": [label.pk for label in conversation.labels.all()],
        "snoozes": _snoozes(request),
        "person": queries.person(conversation),
        "query": lists.query(lists.wanted(request.GET)),
        "show": "person" if request.GET.get("show") == "person" else "conversation",
        **read,
        **box(request, conversation, target),
    }


def whole(request: WorkspaceRequest, pk: int) -> dict[str, Any]:
    """Everything the page of one conversation shows; its list comes after it."""
    return {**lists.frame(request), **lists.menus(request), **context(request, pk)}


def _snoozes(request: WorkspaceRequest) -> list[tuple[Snooze, datetime]]:
    """The choices with their moments; on a Sunday "tomorrow" and "Monday" are one."""
    moments = {comes_back(choice, now(), request.workspace.zone): choice for choice in reversed(Snooze)}
    return [(choice, moment) for moment, choice in sorted(moments.items())]


def thread(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    """The thread, each answer with how it stands in words."""
    read = queries.thread(conversation)
    return {
        "conversation": conversation,
        "thread": read,
        "own_aspects": lists.own_aspects(request.member),
        "standings": {e.answer.pk: standing(e.answer) for e in read.entries if e.answer},
    }


def box(
    request: WorkspaceRequest, conversation: Conversation, target: StoredMessage | None
) -> dict[str, Any]:
    """The answer box: whom it goes to, and a fresh key, so that sending it twice answers once."""
    return {
        "conversation": conversation,
        "can_answer": target is not None and answering.can_answer(request.member, conversation),
        "target": target,
        "key": new_key(),
        "text": "",
        "count": answering.counted(conversation, target, "") if target else None,
    }


def _asked_target(request: WorkspaceRequest, conversation: Conversation) -> StoredMessage | None:
    """The message the address names ("answer this"), if it is one of the conversation's."""
    asked = request.GET.get("to", "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 19
    return queries.target(conversation, int(asked)) if is_number else None


def shown(request: WorkspaceRequest, pk: int, *, changed: bool = False) -> HttpResponse:
    """The part htmx asks for, the whole page for everybody else."""
    if request.htmx and request.htmx.target == "answer-box":
        conversation = found(request, pk)
        target = _asked_target(request, conversation) or queries.target(conversation)
        return render(request, "inbox/answer_box.html", box(request, conversation, target))
    if request.htmx and request.htmx.target == "pane":
        response = render(request, "inbox/pane.html", context(request, pk))
        return trigger_client_event(response, "inbox-changed") if changed else response
    if changed:
        return redirect(link(request.workspace, "inbox:conversation", pk))
    return render(request, "inbox/index.html", whole(request, pk))


def guarded_ids(request: WorkspaceRequest, pk: int) -> list[int]:
    """`pk` alone, as services take it; a 404 if it is not of this workspace."""
    return [found(request, pk).pk]
