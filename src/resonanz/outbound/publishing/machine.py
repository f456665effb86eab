"""The states of a publication, and which of them may follow which."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from resonanz.foundation.work.machine import Machine, State


class PublicationState(TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("publication", "Scheduled")
    UPLOADING = "uploading", pgettext_lazy("publication", "Uploading media")
    READY = "ready", pgettext_lazy("publication", "Ready to send")
    SENDING = "sending", pgettext_lazy("publication", "Being sent")
    CHECKING = "checking", pgettext_lazy("publication", "Checking whether it is public")
    PUBLISHED = "published", pgettext_lazy("publication", "Published")
    FAILED = "failed", pgettext_lazy("publication", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("publication", "Cancelled")


_S = PublicationState

# How long a worker's hold on a publication lasts: longer than any one step of it can take.
LEASE_SECONDS = 300
# Every call to a network is over after so long, whatever happens: it is cut off then.
CALL_SECONDS = 45
UPLOAD_SECONDS = 200
# What a step may need beside its call: the database, and a machine that is busy.
MARGIN_SECONDS = 30
assert max(CALL_SECONDS, UPLOAD_SECONDS) + MARGIN_SECONDS < LEASE_SECONDS


def _works(*to: PublicationState) -> State:
    return State(to=frozenset(to), lease_seconds=LEASE_SECONDS)


MACHINE = Machine(
    "publication",
    _S.SCHEDULED,
    {
        # To published, here and below: the receipt of an earlier sending came after all. Straight to sending: there is
        # nothing to be brought before it.
        _S.SCHEDULED: _works(_S.UPLOADING, _S.READY, _S.SENDING, _S.PUBLISHED, _S.FAILED, _S.CANCELLED),
        # Back to scheduled: the channel is paused, or it got late. Uploads don't keep; they are made anew.
        _S.UPLOADING: _works(_S.READY, _S.SCHEDULED, _S.PUBLISHED, _S.FAILED, _S.CANCELLED),
        _S.READY: _works(_S.SENDING, _S.SCHEDULED, _S.PUBLISHED, _S.FAILED, _S.CANCELLED),
        # Back to ready: the network said that nothing happened.
        _S.SENDING: _works(_S.PUBLISHED, _S.CHECKING, _S.READY, _S.SCHEDULED, _S.FAILED),
        # A worker asks the network, and a person may decide at any time. Back to scheduled: it surely is not public.
        _S.CHECKING: _works(_S.PUBLISHED, _S.SCHEDULED, _S.FAILED),
        _S.FAILED: State(to=frozenset({_S.SCHEDULED, _S.CHECKING, _S.CANCELLED}), waits=True),
        _S.PUBLISHED: State(),
        _S.CANCELLED: State(),
    },
)

# Nothing has gone out in these, so a person may still stop it or choose another time.
UNSENT = frozenset({_S.SCHEDULED, _S.UPLOADING, _S.READY})
OPEN = MACHINE.working
