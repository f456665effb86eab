"""`resonanz manage verify_audit`: prove that no audit trail was changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from resonanz.foundation.audit.models import Entry
from resonanz.foundation.audit.services import verify
from resonanz.foundation.workspaces.models import Workspace


class Command(BaseCommand):
    help = "Check the seals of every audit trail; ends with an error where one does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = []
        for workspace in Workspace.objects.order_by("slug"):
            found = verify(workspace)
            count = Entry.objects.filter(workspace=workspace).count()
            if found is None:
                last = (
                    Entry.objects.filter(workspace=workspace)
                    .order_by("-number")
                    .values_list("seal", flat=True)
                )
                # Whoever keeps this line elsewhere also notices when entries are cut off at the end.
                self.stdout.write(f"{workspace.slug}: {count} entries hold; last seal {last.first() or '–'}")
            else:
                broken.append(found)
                self.stderr.write(f"{workspace.slug}: entry {found.number} is {found.reason}")
        if broken:
            raise CommandError(f"{len(broken)} audit trail(s) were changed")
