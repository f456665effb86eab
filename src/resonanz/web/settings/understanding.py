"""Which model reads the messages, how far it is, what people corrected, and what that taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from resonanz.foundation.workspaces.roles import Permission
from resonanz.inbound.enrichment import learning, marks, queries
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.meanings import SIGNS, yes_or_no
from resonanz.web.places import link
from resonanz.web.settings import aspects
from resonanz.web.settings.tabs import tabs

SHOWN = 12
FEWEST = 12  # as understanding.adaptation has it; a test compares them
_GROUPS: dict[str, str | Promise] = {"sentiment": gettext_lazy("Mood"), "language": gettext_lazy("Language")}


@dataclass(frozen=True, slots=True)
class Line:
    """What was corrected of one output, and what that would gain (None: not tried yet)."""

    name: str
    corrections: int  # different texts
    missing: int  # so many more, and it is tried
    before: float | None  # share that is right, 0 to 1
    after: float | None
    helps: bool


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    learnt, own = queries.learning(request.member), aspects.listed(request)
    context = {
        "tabs": tabs(request, "understanding"),
        "overview": queries.overview(request.member),
        "lines": _lines(queries.corrected_counts(request.member), learnt),
        "latest": [(one, _said(one)) for one in queries.corrections(request.member)[:SHOWN]],
        "learning": learnt,
        "own": own,
        "is_own_busy": any(aspect.due_at for aspect, _standing in own),
        "is_offer": _is_offer(learnt),
        "may": request.member.may(Permission.MANAGE),
    }
    return render(request, "settings/understanding.html", context)


def _name(output: str) -> str:
    return str(_GROUPS.get(output) or SIGNS[output].name)


def _lines(counts: dict[str, int], learnt: Any) -> list[Line]:
    tried = learnt.offered.gains if learnt and learnt.offered else {}
    lines = []
    for output, count in counts.items():
        gain = tried.get(output, {})
        lines.append(
            Line(
                _name(output),
                count,
                max(FEWEST - count, 0),
                gain.get("before"),
                gain.get("after"),
                gain.get("helps", False),
            )
        )
    return lines


def _is_offer(learnt: Any) -> bool:
    """Whether something can be switched on that is not."""
    offered = learnt and learnt.offered
    return bool(offered and offered.helps and (not learnt.active or learnt.active.version != offered.version))


def _said(one: Any) -> str:
    if one.output in marks.GROUPS:
        return f"{_name(one.output)}: {SIGNS[one.value].name}"
    return yes_or_no(_name(one.output), one.value)


@require_POST
@workspace_page
def switch(request: WorkspaceRequest) -> HttpResponseBase:
    """Read with what was learnt (the version that the page showed), or without it."""
    version = request.POST.get("version", "")
    try:
        if version:
            learning.switch_on(request.member, version)
        else:
            learning.switch_off(request.member)
    except learning.NothingToGain:
        messages.warning(request, _("It has changed in the meantime; see how it stands now."))
    else:
        messages.success(request, _("Saved. All messages are read anew in the background."))
    return redirect(link(request.workspace, "settings:understanding"))
