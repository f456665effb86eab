"""The README's picture: Today of the demo company, as anybody sees it who runs `make demo`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "today.png"
BUILD = """
from django.core.management import call_command
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")
import django
django.setup()
call_command("migrate", verbosity=0)
from resonanz.demo import company
company.create()
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="resonanz-picture-") as folder:
        environment = os.environ | {"RESONANZ_DATA": folder}
        subprocess.run([sys.executable, "-c", BUILD], check=True, env=environment)
        shoot = [sys.executable, "-m", "tools.screenshots", "today", "--data", folder, "--sizes", "desktop"]
        subprocess.run(shoot, check=True, cwd=ROOT)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "screenshots" / "today-desktop-light-de.png", PICTURE)
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
