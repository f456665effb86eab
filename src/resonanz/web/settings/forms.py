"""The questions of the settings pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from resonanz.foundation.workspaces import queries
from resonanz.foundation.workspaces.roles import Permission, Role
from resonanz.web.start.forms import timezone_choices

if TYPE_CHECKING:
    from resonanz.foundation.workspaces.models import Member


class CompanyForm(forms.Form):
    name = forms.CharField(label=_("Name of the company"), max_length=120)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=timezone_choices,
        help_text=_("All times in the workspace are shown and planned in this zone."),
    )
    language = forms.ChoiceField(
        label=_("Language of the company"),
        choices=settings.LANGUAGES,
        help_text=_("For reports and notices. Each person chooses their own for the pages."),
    )


RETENTION_DAYS = {
    30: _("30 days"),
    90: _("3 months"),
    180: _("6 months"),
    365: _("1 year"),
    730: _("2 years"),
    1095: _("3 years"),
    3650: _("10 years"),
}


class RetentionForm(forms.Form):
    """`days`: after how many messages are erased; None: never."""

    days = forms.TypedChoiceField(
        label=_("Erase after"),
        coerce=lambda days: int(days) or None,
        help_text=_("Counted from the last message."),
    )

    def __init__(self, days: int | None, data: Any = None) -> None:
        super().__init__(data, initial={"days": days or 0})
        self.fields["days"].choices = [(0, _("never")), *RETENTION_DAYS.items()]  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


def role_choices(with_owner: bool) -> list[tuple[str, Any]]:
    """The roles that may be given; owners alone make owners."""
    return [(value, label) for value, label in Role.choices if with_owner or value != Role.OWNER]


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"))
    department: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("Department"), queryset=None, required=False, empty_label=_("none")
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(member.may(Permission.OWN))  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.EDITOR
        self.fields["department"].queryset = queries.departments(member.workspace)  # type: ignore[attr-defined]


class DepartmentForm(forms.Form):
    name = forms.CharField(label=_("Name of the department"), max_length=80)


class DeletionForm(forms.Form):
    """Deleting a company asks for its name, so that nobody does it by a slip."""

    name = forms.CharField(
        label=_("Type the name of the company to confirm"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, wanted: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted

    def clean_name(self) -> str:
        if self.cleaned_data["name"].strip() != self.wanted:
            raise forms.ValidationError(_("This is not the name of the company."))
        return self.wanted
