"""The questions of the settings pages."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from resonanz.web.start.forms import timezone_choices


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


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
