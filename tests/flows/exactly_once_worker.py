"""One worker process, made to be killed. Importing this sets Django up, once, in the process the workers fork from."""

from __future__ import annotations

from typing import Any

import django

django.setup()

from django.utils.timezone import now  # noqa: E402

from resonanz.foundation.work.engine import Engine  # noqa: E402
from resonanz.outbound.publishing import worker  # noqa: E402


def run(threads: int, sabotage: str) -> None:
    if sabotage:
        worker._look_later = SABOTAGES[sabotage]
    Engine(threads=threads, kinds=(worker.KIND,)).run()


def _repeat(step: Any, over: Any, reason: str, **fields: Any) -> bool:
    """What others do: no answer, so send it again."""
    return step.leave("ready", now(), reason)


def _believe(step: Any, over: Any, reason: str, **fields: Any) -> bool:
    """What others do: it was sent, so it is public."""
    return step.leave("published", None, reason)


# The harness must find these out; if it does not, it proves nothing.
SABOTAGES = {"repeat": _repeat, "believe": _believe}
