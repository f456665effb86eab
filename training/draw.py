"""Draw the texts to be labelled by hand from the dev splits: a random part and one enriched for rare kinds.

`python -m training.draw --data FOLDER` prints `set<TAB>id<TAB>part`, in the order of labelling, and no text.
The random part tells how frequent a label is within its set; the enriched part only brings more examples of
rare labels. Its patterns choose what is *read*; they label nothing.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

SEED = 20261122

#: Texts a set: drawn at random, then by each of the patterns below.
QUOTAS: dict[str, dict[str, int]] = {
    "mobasa.dev": {
        "random": 210,
        "negative": 50,
        "positive": 60,
        "asking": 40,
        "proposing": 60,
        "topical": 60,
    },
    "germeval2017.dev": {
        "random": 110,
        "negative": 15,
        "positive": 30,
        "asking": 10,
        "proposing": 20,
        "topical": 15,
    },
    "tweeteval_sentiment.val": {"random": 60, "negative": 20, "positive": 10, "asking": 10, "proposing": 20},
    "sb10k.dev": {"random": 45, "positive": 10, "asking": 10, "proposing": 10},
    "potts.dev": {"random": 45, "positive": 10, "asking": 10, "proposing": 10},
    "gahd.dev": {"random": 30, "asking": 5, "proposing": 15},
}

ADDRESS = re.compile(r"https?://\S+")
PROPOSING = re.compile(
    r"\b(sollten?|könnten?|müssten?|wünsch\w*|vorschl\w*|bitte|lieber|warum nicht|wie wäre"
    r"|wäre (schön|gut|toll|super|cool)|should|please|why not|could you)\b",
    re.IGNORECASE,
)
TOPICAL = re.compile(
    r"\b(app|webs(ite|eite)|homepage|navigator|geöffnet|geschlossen|fahrplan|feiertage?n?|kampagne|plakate?|spot"
    r"|streik|arbeitgeber|ausbildung|gehalt|jobs?|karriere|fahrer(in)?|personal|günstig)\b"
    r"|öffnungszeit|werbung|preis|teuer|€|schaffner|mitarbeiter|freundlich",
    re.IGNORECASE,
)

Row = dict[str, object]


def belongs(row: Row, stratum: str) -> bool:
    """Whether a row of a set may be drawn for a stratum; the sets' own sentiment serves two of them."""
    text = ADDRESS.sub("", str(row["text"]))
    match stratum:
        case "negative" | "positive":
            return row.get("sentiment") == stratum and row.get("relevant", True) is True
        case "asking":
            return "?" in text
        case "proposing":
            return PROPOSING.search(text) is not None
        case "topical":
            return TOPICAL.search(text) is not None
        case _:
            return True


def essence(text: str) -> str:
    """What two copies of a text share: its letters, without addresses and names, so that none is drawn twice."""
    return re.sub(r"[\W\d_]", "", re.sub(r"https?://\S+|@\w+|\bRT\b", "", text).lower())


def draw(data: Path, seed: int = SEED) -> Iterator[tuple[str, str, str]]:
    """Yield (set, id, part), shuffled; the same seed and files give the same order.

    Raises FileNotFoundError where a set is missing in the folder.
    """
    chance = random.Random(seed)
    seen: set[str] = set()
    drawn: list[tuple[str, str, str]] = []
    for name, quotas in QUOTAS.items():
        with (data / f"{name}.jsonl").open(encoding="utf-8") as lines:
            rows: list[Row] = [json.loads(line) for line in lines]
        chance.shuffle(rows)
        for stratum, wanted in quotas.items():
            part = "random" if stratum == "random" else "enriched"
            for row in rows:
                if wanted == 0:
                    break
                mark = essence(str(row["text"]))
                if mark in seen or not belongs(row, stratum):
                    continue
                seen.add(mark)
                drawn.append((name, str(row["id"]), part))
                wanted -= 1
    chance.shuffle(drawn)
    yield from drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of NAME.SPLIT.jsonl")
    for row in draw(parser.parse_args().data):
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
