"""The labels given by hand: reading them, and which of them training must not see."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("labels")

LANGUAGES = ("de", "en", "other", "unsure")
KINDS = ("question", "complaint", "praise", "suggestion")
ASPECTS = (
    "price",
    "service",
    "quality",
    "delivery",
    "staff",
    "app_website",
    "opening_hours",
    "advertising",
    "employer",
    "offer",
    "safety",
)


@dataclass(frozen=True)
class Label:
    """What a reader said about one text, by docs/understanding/labelling.md."""

    set: str
    id: str
    part: str
    language: str
    question: bool
    complaint: bool
    praise: bool
    suggestion: bool
    aspects: frozenset[str]
    #: Names among KINDS, "language" and "aspects" where two careful readers could well differ.
    unclear: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        return self.set, self.id

    @property
    def held_back(self) -> bool:
        return held_back(self.set, self.id)


def held_back(set_name: str, text_id: str) -> bool:
    """Whether a text is kept for evaluation: its SHA-256 as a number is divisible by 3 (about a third are)."""
    return int.from_bytes(hashlib.sha256(f"{set_name}:{text_id}".encode()).digest(), "big") % 3 == 0


def read(name: str = "first", folder: Path = FOLDER) -> list[Label]:
    """Return the rows of one pass in file order.

    Raises ValueError, with the line's number, for an unknown or missing field or name.
    """
    labels = []
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                labels.append(_label(json.loads(line)))
            except (TypeError, ValueError) as error:
                raise ValueError(f"{name}.jsonl, line {number}: {error}") from error
    return labels


def _label(row: dict[str, object]) -> Label:
    lists = {field: frozenset(_names(row.pop(field, []))) for field in ("aspects", "unclear")}
    label = Label(**row, **lists)  # type: ignore[arg-type] # checked right below
    if label.language not in LANGUAGES or label.part not in ("random", "enriched"):
        raise ValueError(f"unknown language {label.language!r} or part {label.part!r}")
    if not all(isinstance(getattr(label, kind), bool) for kind in KINDS):
        raise ValueError("a kind is neither true nor false")
    unknown = (label.aspects - set(ASPECTS)) | (label.unclear - {*KINDS, "language", "aspects"})
    if unknown:
        raise ValueError(f"unknown names {sorted(unknown)}")
    return label


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("aspects and unclear are lists of names")
    return value
