"""Rules that imports alone cannot hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "resonanz"
MAY_NAME_NETWORKS = {"connectors", "config", "demo"}


def modules() -> Iterator[Path]:
    for path in SOURCE.rglob("*.py"):
        if not {"tests", "migrations"} & set(path.relative_to(SOURCE).parts) and path.name != "conftest.py":
            yield path


def network_slugs() -> set[str]:
    return {path.name for path in (SOURCE / "connectors").iterdir() if (path / "manifest.py").exists()}


def test_there_are_networks():
    assert {"bluesky", "mastodon"} <= network_slugs()


def test_no_condition_outside_the_connectors_asks_for_a_network_by_name():
    """What differs between networks is declared in a manifest."""
    slugs, found = network_slugs(), []
    for path in modules():
        if path.relative_to(SOURCE).parts[0] in MAY_NAME_NETWORKS:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Compare | ast.MatchValue)
            and any(isinstance(part, ast.Constant) and part.value in slugs for part in ast.walk(node))
        ]
    assert not found


def test_no_template_asks_for_a_network_by_name():
    pattern = re.compile(r"{%\s*(?:if|elif)[^%]*['\"](" + "|".join(network_slugs()) + r")['\"]")
    found = [
        str(path.relative_to(ROOT)) for path in SOURCE.rglob("*.html") if pattern.search(path.read_text())
    ]
    assert not found


@pytest.mark.parametrize("path", sorted(modules()), ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_module_says_what_it_is_for(path: Path):
    tree = ast.parse(path.read_text())
    if path.name in {"apps.py", "urls.py"} or not tree.body:
        return
    assert ast.get_docstring(tree), f"{path.relative_to(ROOT)} begins without a sentence on its purpose"


def test_no_secret_stands_in_the_tree():
    """Nothing that looks like a private key, a token or an app password of a real network is committed."""
    pattern = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|ghp_[A-Za-z0-9]{36}|xox[abp]-[0-9]{8}|AKIA[0-9A-Z]{16}"
        r"|eyJhbGciOi[A-Za-z0-9_-]{80}"
    )
    found = [
        str(path.relative_to(ROOT))
        for folder in ("src", "tests", "tools", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".py", ".json", ".md", ".toml", ".html", ".js", ".txt"}
        and "vendor" not in path.parts and path != Path(__file__)
        and pattern.search(path.read_text(errors="ignore"))
    ]  # fmt: skip
    assert not found
