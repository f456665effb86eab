"""A link with which one person sets a new password: for installations that send no mail."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from resonanz.foundation.workspaces.services import Refused, allow_new_password


class Command(BaseCommand):
    help = "Print a link that lets one person set a new password, once. It stands in the audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address the person signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = allow_new_password(options["email"])
        except Refused as error:
            raise CommandError("nobody signs in with this address") from error
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        self.stdout.write(settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=key))
