"""The form a manifest asks for."""

from __future__ import annotations

from typing import Any

from django import forms

from resonanz.connectorkit.manifest import ConnectField, FieldKind, Manifest
from resonanz.web.channels.wording import question


class ConnectForm(forms.Form):
    """One field for each of the manifest's questions."""

    def __init__(self, manifest: Manifest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._advanced = {field.name for field in manifest.connect_fields if field.advanced}
        for field in manifest.connect_fields:
            self.fields[field.name] = _form_field(field)

    @property
    def usual(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self._advanced]

    @property
    def advanced(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in self._advanced]

    @property
    def advanced_has_errors(self) -> bool:
        return any(field.errors for field in self.advanced)

    def add_rejection(self, field: str, text: str) -> None:
        """What a network refused, at the field it means if there is such a field."""
        self.add_error(field if field in self.fields else None, text)


def _form_field(field: ConnectField) -> forms.Field:
    label, help_text = question(field.name)
    common: dict[str, Any] = {
        "label": label,
        "help_text": help_text,
        "required": field.required,
        "initial": field.default,
        "max_length": 2000,
    }
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    if field.kind is FieldKind.SECRET:
        return forms.CharField(widget=forms.PasswordInput(attrs=attrs), strip=False, **common)
    if field.kind is FieldKind.ADDRESS:
        attrs["inputmode"] = "url"
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **common)
