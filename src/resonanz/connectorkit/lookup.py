"""Looking up a host's addresses without waiting longer than allowed.

The system's resolver knows no time-out of the caller's: it asks each server of its list several times, half a minute
and more. So it is asked in a thread of its own, and left behind there when the time is over.
"""

from __future__ import annotations

import socket
import threading
from concurrent.futures import Future

# Look-ups that nobody waits for any more still hold a thread each; with so many of them hanging, new ones wait.
MOST_AT_ONCE = 16
_room = threading.BoundedSemaphore(MOST_AT_ONCE)


def addresses(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of `host`, each once. Raises OSError or ValueError for none, TimeoutError after so many seconds."""
    if not _room.acquire(timeout=timeout):
        raise TimeoutError
    found: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set_result(list(dict.fromkeys(str(entry[4][0]) for entry in entries)))
        except Exception as error:
            found.set_exception(error)
        finally:
            _room.release()

    # A daemon: a process must not wait for a resolver when it is told to stop.
    threading.Thread(target=look_up, name=f"look up {host[:40]}", daemon=True).start()
    return found.result(timeout)
