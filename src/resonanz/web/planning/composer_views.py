"""The composer: every change is saved by itself; what goes out is stated first and confirmed by a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from resonanz.foundation.media import queries as media_queries
from resonanz.foundation.media import services as media
from resonanz.foundation.media.images import MediaRefused
from resonanz.foundation.workspaces.roles import Permission
from resonanz.kernel.ids import new_key
from resonanz.outbound.content import queries, scheduling, services
from resonanz.outbound.content.services import Conflict, NotStorable
from resonanz.outbound.content.walltime import BadTime, WallTime
from resonanz.outbound.publishing.services import NotAccepted
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.places import link
from resonanz.web.planning import composer as page
from resonanz.web.planning import sentences
from resonanz.web.words import clock


@require_safe
@workspace_page
def new(request: WorkspaceRequest) -> HttpResponseBase:
    """A blank page with a key of its own. Nothing is stored before something is written."""
    request.member.require(Permission.WRITE)
    day = request.GET.get("day", "")
    return redirect(
        link(request.workspace, "plan:content", new_key()) + "?new=1" + (f"&day={day}" if day else "")
    )


@require_safe
@workspace_page
def composer(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    content = queries.find(request.member, key)
    if content is None:
        if "new" not in request.GET:
            raise Http404
        request.member.require(Permission.WRITE)
        try:
            content = services.blank(request.member, key, request.GET.get("day", ""))
        except NotStorable as error:
            raise Http404 from error
    channels = queries.channels(request.workspace)
    tabs = page.tabs(content, channels)
    context = {
        "content": content,
        "version": content.version if content.pk else 0,
        "writer": new_key(),
        "pictures": list(content.pictures.all()) if content.pk else [],
        "channel_tabs": tabs,
        "to_send": any(tab.chosen and tab.is_open for tab in tabs) or not any(tab.look for tab in tabs),
        "first": next((tab for tab in tabs if tab.chosen), None),
        "limits": {tab.channel.pk: tab.limits for tab in tabs},
        "languages": page.language_choices(content.language),
        "may_write": request.member.may(Permission.WRITE) and content.archived_at is None,
        "may_publish": request.member.may(Permission.PUBLISH),
        "plan": content.plan,
        "zone": request.workspace.timezone,
    }
    return render(request, "planning/composer.html", context)


@require_POST
@workspace_page
def save(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    """Store the idea. JSON: version, saved (the clock), notes by channel; 409 with a fragment for a conflict."""
    given = request.POST
    changes: dict[str, Any] = {name: given.get(name, "") for name in ("title", "text", "language")}
    changes["text"] = _lines(changes["text"])
    if "when" in given:
        changes |= services.plan_fields(_wall(request) if given["when"] == "later" else None)
    try:
        version, force = _version(request)
        content = services.save(request.member, key, version, given.get("writer", ""), force=force, **changes)
        if "channels" in given:
            ids = {int(pk) for pk in given["channels"].split(",") if pk.isdecimal()}
            services.choose(
                request.member, content, [c for c in queries.channels(request.workspace) if c.pk in ids]
            )
    except Conflict as conflict:
        return _conflict(request, conflict)
    except (NotStorable, BadTime) as error:
        return JsonResponse({"sentence": _not_storable(error)}, status=422)
    return _saved(request, queries.get(request.member, key), content.version)


@require_POST
@workspace_page
def save_variant(request: WorkspaceRequest, key: str, pk: int) -> HttpResponseBase:
    """Store one channel's form. As `save`."""
    content = _content(request, key)
    channel = next((c for c in queries.channels(request.workspace) if c.pk == pk), None)
    if channel is None:
        raise Http404
    given = request.POST
    changes: dict[str, Any] = {
        "text": None if given.get("follows") else _lines(given.get("text", "")),
        "language": given.get("language", ""),
        "content_warning": given.get("content_warning", ""),
    }
    if "visibility" in given:
        changes["visibility"] = given["visibility"]
    if "pictures" in given:
        ids = [int(part) for part in given["pictures"].split(",") if part.isdecimal()]
        every = [picture.file_id for picture in content.pictures.all()]
        changes["pictures"] = None if ids == every else ids
    try:
        version, force = _version(request)
        variant = services.save_variant(
            request.member, content, channel, version, given.get("writer", ""), force=force, **changes
        )
    except Conflict as conflict:
        return _conflict(request, conflict)
    except NotStorable as error:
        return JsonResponse({"sentence": _not_storable(error)}, status=422)
    return _saved(request, content, variant.version)


@require_POST
@workspace_page
def add_picture(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    """Take one file in. The picture's fragment, or 422 with a sentence."""
    content, file = _content(request, key), request.FILES.get("file")
    try:
        if file is None:
            raise MediaRefused("empty")
        stored = media.upload(request.member, file, file.name or "")
        picture = services.attach(request.member, content, stored)
    except MediaRefused as refused:
        return JsonResponse({"sentence": sentences.refused_file(refused.code)}, status=422)
    except NotStorable as refused:
        return JsonResponse({"sentence": sentences.refused_file(refused.code)}, status=422)
    context = {"picture": picture, "content": content, "may_write": True}
    html = render_to_string("planning/picture.html", context, request)
    return JsonResponse(
        {"id": stored.pk, "html": html, "notes": page.findings_html(request, _content(request, key))}
    )


@require_POST
@workspace_page
def change_picture(request: WorkspaceRequest, key: str, pk: int) -> HttpResponseBase:
    """Describe a picture, take it away, or put the pictures into an order."""
    content, file = _content(request, key), media_queries.find(request.member, pk)
    if file is None:
        raise Http404
    if "alt" in request.POST:
        try:
            services.describe(request.member, content, file, _lines(request.POST["alt"]))
        except NotStorable as error:
            return JsonResponse({"sentence": _not_storable(error)}, status=422)
    if "order" in request.POST:
        ids = [int(part) for part in request.POST["order"].split(",") if part.isdecimal()]
        services.arrange(request.member, content, ids)
    if "detach" in request.POST:
        services.detach(request.member, content, file)
    return _saved(request, _content(request, key), None)


@require_safe
@workspace_page
def when(request: WorkspaceRequest) -> HttpResponseBase:
    """What a time on the wall means: the day in words, the missing and the doubled hour."""
    return render(request, "planning/when.html", _when(request))


def _when(request: WorkspaceRequest) -> dict[str, Any]:
    try:
        wall = _wall(request)
        return {
            "wall": wall,
            "moment": None if wall.is_missing else wall.utc(),
            "zone": request.workspace.timezone,
        }
    except BadTime:
        return {"wall": None, "zone": request.workspace.timezone}


@require_safe
@workspace_page
def review(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    """What will happen if the person says yes."""
    return render(request, "planning/review.html", _review(request, _content(request, key)))


def _review(request: WorkspaceRequest, content: Any) -> dict[str, Any]:
    later = (request.GET or request.POST).get("when") == "later"
    timing = _when(request) if later else {"wall": None}
    lines = page.review_lines(content)
    return timing | {
        "content": content,
        "lines": lines,
        "later": later,
        "blocked": any(note.blocks for line in lines for note in line.notes),
        "may_publish": request.member.may(Permission.PUBLISH),
    }


@require_POST
@workspace_page
def schedule(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    """Do what the review said, if it is still what the person saw."""
    content = _content(request, key)
    wanted = set(request.POST.getlist("variant"))
    variants = [v for v in queries.variants(content) if str(v.pk) in wanted]
    orders = [scheduling.Order(v, request.POST.get(f"key-{v.pk}", "")) for v in variants]
    seen = {v.pk: request.POST.get(f"seen-{v.pk}", "") for v in variants}
    later = request.POST.get("when") == "later"
    try:
        wall = _wall(request) if later else None
        if not orders:
            raise scheduling.NotReady({})
        made = scheduling.schedule(request.member, content, orders, wall, seen)
    except (BadTime, NotAccepted, scheduling.NotReady, scheduling.Changed, scheduling.AlreadyOut) as error:
        context = _review(request, _content(request, key)) | {"error": _refusal(error)}
        return render(request, "planning/review.html", context, status=422)
    text = (
        ngettext("{n} post is scheduled.", "{n} posts are scheduled.", len(made))
        if later
        else ngettext("{n} post goes out now.", "{n} posts go out now.", len(made))
    )
    messages.success(request, text.format(n=len(made)))
    response = HttpResponse(status=204)
    response["HX-Redirect"] = link(request.workspace, "plan:content", key)
    return response


@require_POST
@workspace_page
def put_away(request: WorkspaceRequest, key: str, what: str) -> HttpResponseBase:
    """Archive, restore or copy a content."""
    content = _content(request, key)
    match what:
        case "archive":
            services.archive(request.member, content)
            messages.success(request, _("Put away. It can be brought back at any time."))
        case "restore":
            services.restore(request.member, content)
            messages.success(request, _("The content is back among the drafts."))
        case "copy":
            content = services.copy(request.member, content)
            messages.success(request, _("This is the copy: a draft of its own."))
        case _:
            raise Http404
    return redirect(link(request.workspace, "plan:content", content.key))


def _content(request: WorkspaceRequest, key: str) -> Any:
    content = queries.find(request.member, key)
    if content is None:
        raise Http404
    return content


def _version(request: WorkspaceRequest) -> tuple[int, bool]:
    version = request.POST.get("version", "0")
    return int(version) if version.isdecimal() else 0, request.POST.get("force") == "yes"


def _wall(request: WorkspaceRequest) -> WallTime:
    given = request.GET if request.method == "GET" else request.POST
    return WallTime.parse(
        given.get("local", ""), request.workspace.timezone, second=given.get("second") == "yes"
    )


def _lines(text: str) -> str:
    """Forms send line ends as CRLF; we keep them as people typed them."""
    return text.replace("\r\n", "\n")


def _saved(request: WorkspaceRequest, content: Any, version: int | None) -> JsonResponse:
    return JsonResponse(
        {
            "version": version,
            "saved": clock(content.changed_at),
            "notes": page.findings_html(request, content),
        }
    )


def _conflict(request: WorkspaceRequest, conflict: Conflict) -> JsonResponse:
    current = conflict.current
    html = render_to_string("planning/conflict.html", {"current": current}, request)
    return JsonResponse({"html": html, "version": current.version, "text": current.text}, status=409)


def _not_storable(error: NotStorable | BadTime) -> str:
    match error:
        case BadTime():
            return str(page.NOT_A_TIME)
        case NotStorable(code="too_long"):
            return _("That is too long to be kept. What you wrote is still on this page; please shorten it.")
    return _("That cannot be kept. Please reload the page.")


def _refusal(error: Exception) -> str:
    match error:
        case BadTime(code="missing"):
            return _("At that time the clocks are put forward: it does not exist. Please choose another one.")
        case BadTime():
            return str(page.NOT_A_TIME)
        case NotAccepted():
            return " ".join(sentences.of(problem) for problem in error.problems)
        case scheduling.Changed():
            return _("Somebody changed the content just now. Nothing was sent; please look at it again.")
        case scheduling.AlreadyOut():
            return _("One of the posts is scheduled or published already. Nothing was sent twice.")
    return _("Not every post can go out like this. Nothing was sent; see below.")
