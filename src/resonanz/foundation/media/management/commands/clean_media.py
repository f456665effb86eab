"""Delete stored picture files that belong to nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from resonanz.foundation.media.services import clean_orphans


class Command(BaseCommand):
    help = "Delete stored picture files that no row names and that are older than a day."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{clean_orphans()} files deleted")
