"""Once a day: what a workspace does not want to keep any longer is erased, piece by piece."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import now

from resonanz.foundation.audit.services import record
from resonanz.foundation.work.leases import Kind, Lease, backoff
from resonanz.foundation.work.registry import register
from resonanz.foundation.workspaces.models import Workspace
from resonanz.inbound.privacy.erasing import Erased, delete_messages, erase
from resonanz.inbound.privacy.models import Retention
from resonanz.inbound.privacy.queries import cutoff, expired, strays

# Whoever chooses a time by mistake has a day to notice: what is erased is gone.
GRACE = timedelta(days=1)
EVERY = timedelta(days=1)
BATCH = 50  # conversations in one transaction, so that nobody waits for it
STRAYS = 500  # messages in one transaction


def find() -> None:
    """Plan the erasing of every workspace that wants it, anew when it chose another time."""
    changed = Q(retention=None) | Q(retention__lease_owner="") & ~Q(retention__days=F("retention_days"))
    for workspace in Workspace.objects.filter(changed, retention_days__isnull=False):
        planned = {
            "days": workspace.retention_days,
            "due_at": now() + GRACE,
            "conversations": 0,
            "messages": 0,
        }
        Retention.objects.update_or_create(workspace=workspace, defaults=planned)


def handle(lease: Lease) -> None:
    """Erase one piece; when nothing is left, write down what this run erased, in one line."""
    run: Retention = lease.row()
    workspace = run.workspace
    if workspace.retention_days != run.days:  # decided otherwise since; `find` plans anew
        lease.release(None, days=0)
        return
    with transaction.atomic():
        before = cutoff(run.days)
        gone = erase(list(expired(workspace, before).select_for_update(of=("self",))[:BATCH]))
        gone = gone or _erase_strays(workspace, before)
        if gone:
            counts = {
                "conversations": run.conversations + gone.conversations,
                "messages": run.messages + gone.messages,
            }
            lease.release(now(), attempts=0, fault=None, **counts)
            return
        if run.conversations or run.messages:
            after = {"conversations": run.conversations, "messages": run.messages, "before": before.date()}
            record(action="retention.erased", actor=None, workspace=workspace, after=after)
        lease.release(now() + EVERY, attempts=0, fault=None, conversations=0, messages=0)


def _erase_strays(workspace: Workspace, before: datetime) -> Erased:
    """Messages that never found a conversation, because a bug of ours set them aside."""
    found = list(strays(workspace, before).values_list("pk", "author_id")[:STRAYS])
    return Erased(messages=delete_messages([pk for pk, _author in found], {author for _pk, author in found}))


def on_fault(lease: Lease, fault: int) -> None:
    lease.release(now() + backoff(lease.row().attempts, first_seconds=60), fault=fault)


RETENTION = register(Kind("retention", Retention, handle, on_fault, parallel=1, find=find))
