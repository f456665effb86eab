"""The slower checks, one after the other, each with its time; all are run, and any that fails fails the whole.

A check that needs something this machine cannot give (a database server, a browser) says so and what to install.
In CI nothing may be left out, so there a missing thing is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DEBIAN = {  # package → what tells that it is there
    "postgresql": "/usr/lib/postgresql",
    "redis-server": "/usr/bin/redis-server",
    "chromium": "/usr/bin/chromium",
}


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()  # Debian packages
    environment: dict[str, str] | None = None


def pytest(*arguments: str) -> tuple[str, ...]:
    return (str(BIN / "pytest"), "-q", *arguments)


CHECKS = (
    Check("lint", (str(BIN / "ruff"), "check", "src", "tests", "tools", "benchmarks", "training")),
    Check(
        "format", (str(BIN / "ruff"), "format", "--check", "src", "tests", "tools", "benchmarks", "training")
    ),
    Check("types", (str(BIN / "mypy"),)),
    Check("import rules", (str(BIN / "lint-imports"),)),
    Check("translations", (sys.executable, "-m", "tools.translations", "check")),
    Check("migrations", (str(BIN / "resonanz"), "manage", "makemigrations", "--check", "--dry-run")),
    Check("deployment", (str(BIN / "resonanz"), "manage", "check", "--fail-level", "WARNING")),
    Check(
        "PostgreSQL", (sys.executable, "-m", "tests.servers.postgres", *pytest("-n", "2")), ("postgresql",)
    ),
    Check("slow", pytest("-m", "slow"), ("postgresql",)),
    # The networks' own libraries leave sockets to the garbage collector; ours are held to it everywhere else.
    Check(
        "real servers",
        pytest("-m", "server", "-W", "ignore::pytest.PytestUnraisableExceptionWarning"),
        ("postgresql", "redis-server"),
    ),
    Check("browser", pytest("-m", "browser"), ("chromium",)),
)


def install(packages: set[str]) -> None:
    """Install what is missing, where that may be done without asking anybody."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *sorted(packages)],
            check=False,
            **quiet,  # type: ignore[call-overload]
        )


def missing(packages: tuple[str, ...] | set[str]) -> set[str]:
    return {package for package in packages if not Path(DEBIAN[package]).exists()}


def run(check: Check, say: Callable[[str], None]) -> bool:
    if lacking := missing(check.needs):
        say(f"{check.name}: left out, this machine lacks {', '.join(sorted(lacking))} (apt install …)")
        return "CI" not in os.environ
    started = time.monotonic()
    say(f"── {check.name}: {' '.join(Path(part).name for part in check.command[:6])}")
    result = subprocess.run(check.command, cwd=ROOT, env=os.environ | (check.environment or {}), check=False)
    say(
        f"── {check.name}: {'ok' if result.returncode == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s"
    )
    return result.returncode == 0


def main(names: list[str]) -> int:
    def say(line: str) -> None:
        print(line, flush=True)

    chosen = [check for check in CHECKS if not names or check.name in names]
    if lacking := missing({package for check in chosen for package in check.needs}):
        say(f"installing {', '.join(sorted(lacking))} …")
        install(lacking)
    failed = [check.name for check in chosen if not run(check, say)]
    say(f"failed: {', '.join(failed)}" if failed else f"{len(chosen)} checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
