"""On one machine: a worker lives as long as its lock is held, and not a moment longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from resonanz.foundation.work.workers import FileLiveness, new_name

HOLD = """
import fcntl, os, sys, time
held = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(held, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_a_worker_is_alive_from_begin_to_end(tmp_path):
    mine, other = FileLiveness(tmp_path), FileLiveness(tmp_path)
    assert not other.is_alive("w")
    mine.begin("w")
    assert other.is_alive("w")
    assert other.is_alive("w")  # looking does not disturb
    mine.end("w")
    assert not other.is_alive("w")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_is_dead_at_once(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "w")], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        liveness = FileLiveness(tmp_path)
        assert liveness.is_alive("w")
        os.kill(process.pid, signal.SIGSTOP)
        assert liveness.is_alive("w")  # stopped is not dead: it may go on
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not liveness.is_alive("w")
        assert list(tmp_path.iterdir()) == []


def test_no_two_workers_share_a_name():
    assert len({new_name() for _ in range(1000)}) == 1000
    assert all(len(new_name()) <= 64 for _ in range(10))
