"""Measures the shipped weights and writes the tables into their card: `python -m training.card --data FOLDER`.

With `--tier careful` that tier's, beside the fast one, on 700 texts drawn from each set. The card's own sentences
stay; what lies between ``<!-- NAME -->`` and ``<!-- end -->`` is replaced.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from resonanz.understanding import Tier, load
from resonanz.understanding.careful import NETWORK
from resonanz.understanding.fast import Fast
from resonanz.understanding.model import ABOUT, shipped
from training import robustness
from training.data import TASKS, Folder
from training.scores import table
from training.shipped import curves, held_back, shipped_scores

CARD = "README.md"
DRAWN = 700


def filled(card: str, tables: Mapping[str, Iterable[str]]) -> str:
    """The card with these lines in its marked places. Raises KeyError for a place that the card does not have."""
    for name, lines in tables.items():
        place = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        there = place.search(card)
        if there is None:
            raise KeyError(name)
        inside = "\n".join(lines)
        card = f"{card[: there.start()]}{there[1]}{inside}\n{there[2]}{card[there.end() :]}"
    return card


def sources(folder: Path) -> Iterator[str]:
    """What the weights were made from, and which they are."""
    about = json.loads((folder / ABOUT).read_text("utf-8"))
    counts = ", ".join(f"{name} {count:,}" for name, count in about["trained_on"].items())
    digest = about["sha256"]
    if isinstance(digest, dict):
        digest = digest[NETWORK]
    yield f"Texts by source: {counts}. SHA-256 of the weights: `{digest}`."


def reliability(folder: Folder, tier: Tier) -> Iterator[str]:
    """A row for each output: its error, and its curve."""
    yield "| split and output | error | mean probability → share that has it (texts) |"
    yield "|---|---:|---|"
    for curve in curves(folder, tier):
        head, points = curve.split("\n")
        name, error = head.split(": error ")
        yield f"| {name} | {error} | {' · '.join(points.strip().split('  '))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    parser.add_argument("--tier", choices=("fast", "careful"), default="fast")
    arguments = parser.parse_args()
    folder, tier = Folder(arguments.data), load(arguments.tier)
    tasks = [task for task in TASKS if task.set in folder.names()]
    tiers, most = ([tier], None) if arguments.tier == "fast" else ([Fast(), tier], DRAWN)
    tables = {
        "sources": sources(shipped(arguments.tier)),
        "scores": table(list(shipped_scores(folder, tiers, tasks, most)), "shipped"),
        "held back": held_back(folder, tier),
        "reliability": reliability(folder, tier),
        "spelling": robustness.spelling_table(folder, tier),
        "odd": robustness.odd_table(tier),
        "fairness": robustness.fairness_table(tier),
    }
    path = shipped(arguments.tier) / CARD
    path.write_text(filled(path.read_text("utf-8"), tables), "utf-8")
    print(f"{path}: {len(tables)} tables")


if __name__ == "__main__":
    main()
