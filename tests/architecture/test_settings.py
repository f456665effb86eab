"""What can be set is written down, and what is written down can be set."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_variable_is_documented_and_every_documented_one_is_read():
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts)
    read = set(re.findall(r'"(RESONANZ_[A-Z_]+)"', source))
    page = (ROOT / "docs" / "settings.md").read_text()
    documented = set(re.findall(r"`(RESONANZ_[A-Z_]+)`", page))
    for family in re.findall(r"`(RESONANZ_[A-Z]+)_HOST`((?:, `_[A-Z]+`)+)", page):
        documented |= {family[0] + rest for rest in re.findall(r"`(_[A-Z]+)`", family[1])}
    assert read == documented
