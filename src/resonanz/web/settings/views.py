"""The settings of the company and of the person."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from resonanz.demo.company import remove as remove_demo
from resonanz.foundation.workspaces import services
from resonanz.foundation.workspaces.roles import Permission
from resonanz.web.access import WorkspaceRequest, workspace_page
from resonanz.web.places import link
from resonanz.web.settings.forms import CompanyForm, DeletionForm, ProfileForm
from resonanz.web.settings.tabs import tabs


def form_page(
    request: WorkspaceRequest, template: str, tab: str, form: Form, **context: object
) -> HttpResponseBase:
    """A settings page around one form; 422 where the form has errors, as htmx expects."""
    context |= {"form": form, "tabs": tabs(request, tab)}
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_page
def company(request: WorkspaceRequest) -> HttpResponseBase:
    workspace = request.workspace
    may = request.member.may(Permission.MANAGE)
    initial = {"name": workspace.name, "timezone": workspace.timezone, "language": workspace.language}
    form = CompanyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.update_workspace(request.member, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(link(workspace, "settings:index"))
    for field in form.fields.values():
        field.disabled = not may
    return form_page(
        request, "settings/company.html", "index", form, may=may, may_own=request.member.may(Permission.OWN)
    )


@require_http_methods(["GET", "POST"])
@workspace_page
def profile(request: WorkspaceRequest) -> HttpResponseBase:
    user = request.member.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        services.update_profile(user, **form.cleaned_data)
        translation.activate(user.language)
        messages.success(request, _("Saved."))
        return redirect(link(request.workspace, "settings:profile"))
    return form_page(request, "settings/profile.html", "profile", form)


@require_safe
@workspace_page
def security(request: WorkspaceRequest) -> HttpResponseBase:
    from allauth.mfa.utils import is_mfa_enabled

    context = {"tabs": tabs(request, "security"), "two_factor": is_mfa_enabled(request.member.user)}
    return render(request, "settings/security.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page
def delete(request: WorkspaceRequest) -> HttpResponseBase:
    """Delete the company with everything in it; the demo company at one click, a real one by typing its name."""
    request.member.require(Permission.OWN)
    workspace = request.workspace
    form = DeletionForm(workspace.name, request.POST or None)
    if request.method == "POST" and (workspace.is_demo or form.is_valid()):
        if workspace.is_demo:
            remove_demo(request.member)
        else:
            services.delete_workspace(request.member)
        messages.success(request, _("%(company)s has been deleted.") % {"company": workspace.name})
        return redirect("/")
    return form_page(request, "settings/delete.html", "index", form)
