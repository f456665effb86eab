"""The people of the company: who is here in what role, invitations, departments."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import send_mail
from django.http import Http404
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from resonanz.foundation.workspaces import queries, services
from resonanz.foundation.workspaces.roles import Permission, Role
from resonanz.web import rights
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.places import link
from resonanz.web.settings.forms import DepartmentForm, InvitationForm, role_choices
from resonanz.web.settings.tabs import tabs
from resonanz.web.start.forms import sends_mail


def _refusal(code: str) -> str:
    """Why a rule of the workspace forbids it."""
    return {
        "last_owner": _("Somebody must own the workspace. Make a colleague an owner first."),
        "already_member": _("This person is a member already."),
        "name_taken": _("There is a department of this name already."),
    }.get(code, _("This is not possible."))


def _back(request: WorkspaceRequest, page: str) -> HttpResponseRedirect:
    return redirect(link(request.workspace, f"settings:{page}"))


@require_safe
@workspace_page
def index(request: WorkspaceRequest) -> HttpResponseBase:
    return _people(request, InvitationForm(request.member))


def _people(
    request: WorkspaceRequest, form: InvitationForm, invited: str = "", sent: bool = False
) -> HttpResponseBase:
    context = {
        "tabs": tabs(request, "people"),
        "form": form,
        "people": queries.members(request.workspace),
        "invitations": queries.invitations(request.workspace),
        "departments": queries.departments(request.workspace),
        "roles": role_choices(with_owner=request.member.may(Permission.OWN)),
        "meanings": [(role.label, rights.role_means(role)) for role in Role],
        "may": request.member.may(Permission.MANAGE),
        "may_own": request.member.may(Permission.OWN),
        "invited": invited,
        "sent": sent,
    }
    return render(request, "settings/people.html", context, status=422 if form.errors else 200)


@require_POST
@workspace_page
def invite(request: WorkspaceRequest) -> HttpResponseBase:
    """Invite; the link is shown once, to hand over by any way one trusts, and mailed where mail is set up."""
    form = InvitationForm(request.member, request.POST)
    if not form.is_valid():
        return _people(request, form)
    try:
        invitation, token = services.invite(request.member, **form.cleaned_data)
    except services.Refused as refused:
        form.add_error("email", _refusal(refused.code))
        return _people(request, form)
    address = settings.BASE_URL + reverse("start:join", args=[token])
    return _people(
        request, InvitationForm(request.member), address, sent=_mailed(request, invitation, address)
    )


def _mailed(request: WorkspaceRequest, invitation: Any, address: str) -> bool:
    """Whether the invitation went out by mail. Without a mail server it is handed over by hand."""
    if not sends_mail():
        return False
    context = {"invitation": invitation, "address": address, "person": request.member}
    with override(request.workspace.language):
        subject = _("Invitation to %(company)s in Resonanz") % {"company": request.workspace.name}
        text = render_to_string("settings/invitation.txt", context)
    try:
        send_mail(subject, text, None, [invitation.email])
    except OSError:  # smtplib's errors are among them
        messages.warning(request, _("The mail could not be sent. Please hand over the link yourself."))
        return False
    return True


@require_POST
@workspace_page
def change(request: WorkspaceRequest, member_id: int) -> HttpResponseBase:
    """A new role or department for a colleague."""
    try:
        if "role" in request.POST:
            if request.POST["role"] not in Role:
                raise Http404
            services.change_role(request.member, member_id, request.POST["role"])
        if "department" in request.POST:
            department = request.POST["department"]
            services.change_department(
                request.member, member_id, int(department) if department.isdigit() else None
            )
    except services.Refused as refused:
        messages.error(request, _refusal(refused.code))
    except ObjectDoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, _("Saved."))
    return _back(request, "people")


@require_POST
@workspace_page
def remove(request: WorkspaceRequest, member_id: int) -> HttpResponseBase:
    try:
        services.remove_member(request.member, member_id)
    except services.Refused as refused:
        messages.error(request, _refusal(refused.code))
    except ObjectDoesNotExist:
        raise Http404 from None
    else:
        if member_id == request.member.pk:
            return redirect("/")
        messages.success(request, _("Removed. What the person wrote and answered stays."))
    return _back(request, "people")


@require_POST
@workspace_page
def withdraw(request: WorkspaceRequest, invitation_id: int) -> HttpResponseBase:
    try:
        services.withdraw_invitation(request.member, invitation_id)
    except ObjectDoesNotExist:
        raise Http404 from None
    messages.success(request, _("The invitation has been withdrawn; its link no longer works."))
    return _back(request, "people")


@require_http_methods(["GET", "POST"])
@workspace_page
def departments(request: WorkspaceRequest) -> HttpResponseBase:
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_department(request.member, form.cleaned_data["name"])
        except services.Refused as refused:
            form.add_error("name", _refusal(refused.code))
        else:
            return _back(request, "departments")
    context = {
        "tabs": tabs(request, "departments"),
        "form": form,
        "departments": queries.departments(request.workspace),
        "may": request.member.may(Permission.MANAGE),
    }
    return render(request, "settings/departments.html", context, status=422 if form.errors else 200)


@require_POST
@workspace_page
def change_department(request: WorkspaceRequest, department_id: int) -> HttpResponseBase:
    """Rename a department, or remove it when the button says so."""
    form = DepartmentForm(request.POST)
    try:
        if "remove" in request.POST:
            services.remove_department(request.member, department_id)
        elif form.is_valid():
            services.rename_department(request.member, department_id, form.cleaned_data["name"])
            messages.success(request, _("Saved."))
    except services.Refused as refused:
        messages.error(request, _refusal(refused.code))
    except ObjectDoesNotExist:
        raise Http404 from None
    return _back(request, "departments")
