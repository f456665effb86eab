"""What somebody is asked before there is a workspace."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _


def timezone_choices() -> list[tuple[str, str]]:
    """All zones people live in, those of the German-speaking countries first."""
    near = ["Europe/Berlin", "Europe/Vienna", "Europe/Zurich"]
    rest = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/")))
    return [(z, z.replace("_", " ")) for z in [*near, *(z for z in rest if z not in near), "UTC"]]


def sends_mail() -> bool:
    """Whether this installation was given a mail server."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


class SignInForm(LoginForm):
    """The sign-in, which does not promise a mail that nobody will send."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sends_mail():
            self.fields["password"].help_text = _(
                "Forgotten? Whoever runs this installation makes a link for a new one: “resonanz manage password_link”."
            )


class ForgottenForm(ResetPasswordForm):
    """Asking for a new password by mail. Where no mail goes out, the page says what to do instead."""

    goes_out = staticmethod(sends_mail)


class CompanyForm(forms.Form):
    company = forms.CharField(label=_("Name of the company"), max_length=120)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezone_choices, initial="Europe/Berlin")


class PersonForm(forms.Form):
    """A new person: name and password. Subclasses add the address where it is not known yet."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence of your own is good and easy to keep."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


class SetUpForm(PersonForm):
    company = forms.CharField(label=_("Name of the company"), max_length=120)
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezone_choices, initial="Europe/Berlin")
    field_order = ("company", "name", "email", "password", "timezone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].widget.attrs["autofocus"] = True
