"""Draw the texts to be labelled by hand: a random part and one enriched for rare kinds.

`python -m training.draw --data FOLDER` prints `set<TAB>id<TAB>part`, in the order of labelling, and no text; with
`--more` those of the second campaign and with `--third` those of the third, from sets that may teach weights that
ship.
`--again NUMBER` in place of `--data` prints that many of the labelled texts, in another order, to be read again.
The random part tells how frequent a label is within its set; the enriched part only brings more examples of
rare labels. Its patterns choose what is *read*; they label nothing.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

from training.labels import Label, read

SEED = 20261122

#: Texts a set: drawn at random, then by each of the patterns below. The second round tops up what the first
#: left rare: praise, questions, opening hours, staff, apps, jobs.
ROUNDS: tuple[dict[str, dict[str, int]], ...] = (
    {
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
        "tweeteval_sentiment.val": {
            "random": 60,
            "negative": 20,
            "positive": 10,
            "asking": 10,
            "proposing": 20,
        },
        "sb10k.dev": {"random": 45, "positive": 10, "asking": 10, "proposing": 10},
        "potts.dev": {"random": 45, "positive": 10, "asking": 10, "proposing": 10},
        "gahd.dev": {"random": 30, "asking": 5, "proposing": 15},
    },
    {
        "mobasa.dev": {
            "positive": 60,
            "praising": 40,
            "asking": 40,
            "proposing": 30,
            "timed": 20,
            "topical": 60,
        },
        "germeval2017.dev": {
            "positive": 70,
            "praising": 30,
            "asking": 40,
            "proposing": 20,
            "timed": 20,
            "topical": 40,
        },
        "tweeteval_sentiment.val": {"positive": 50, "negative": 30, "asking": 25},
        "sb10k.dev": {"positive": 20, "asking": 15},
        "potts.dev": {"positive": 15, "asking": 15},
    },
)

#: The second campaign, a week later: only sets that may teach what ships.
MORE: dict[str, dict[str, int]] = {
    "mobasa.dev": {
        "random": 150,
        "positive": 150,
        "praising": 100,
        "asking": 60,
        "proposing": 130,
        "timed": 60,
        "topical": 150,
        "negative": 100,
    },
    "potts.train": {
        "random": 200,
        "positive": 250,
        "praising": 100,
        "asking": 80,
        "proposing": 100,
        "topical": 70,
    },
    "tweeteval_sentiment.val": {
        "random": 150,
        "positive": 150,
        "negative": 100,
        "asking": 50,
        "proposing": 50,
    },
    "germeval2018.train": {"random": 150, "praising": 50, "asking": 50, "proposing": 50},
    "gahd.train": {"random": 50, "asking": 20, "proposing": 30},
}

#: The third campaign: more of the same sets, and sentiments by our own guideline where PotTS has others.
THIRD: dict[str, dict[str, int]] = {
    "potts.train": {
        "random": 350,
        "praising": 150,
        "positive": 150,
        "proposing": 60,
        "asking": 40,
    },
    "tweeteval_sentiment.val": {"random": 150, "positive": 100, "negative": 50},
    "mobasa.dev": {"random": 50, "positive": 40, "praising": 60},
    "germeval2018.train": {"random": 50, "praising": 100},
}

#: Each campaign's rounds, in the order in which they were drawn.
SAMPLES = {"first": ROUNDS, "more": (MORE,), "third": (THIRD,)}

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
PRAISING = re.compile(
    r"\b(danke|dank|lob\w*|super|tolle?[rsn]?|klasse|top|prima|spitze|vorbildlich|begeistert|zufrieden|respekt)\b",
    re.IGNORECASE,
)
TIMED = re.compile(
    r"öffnungszeit|geöffnet|geschlossen|nachtverkehr|nachtbus|letzte (s-|u-)?bahn|rund um die uhr|betriebsschluss"
    r"|feiertag|\bsonntags\b|\bsamstags\b|\bnachts\b",
    re.IGNORECASE,
)
PATTERNS = {
    "asking": re.compile(r"\?"),
    "proposing": PROPOSING,
    "topical": TOPICAL,
    "praising": PRAISING,
    "timed": TIMED,
}

Row = dict[str, object]


def belongs(row: Row, stratum: str) -> bool:
    """Whether a row of a set may be drawn for a stratum; the sets' own sentiment serves two of them."""
    text = ADDRESS.sub("", str(row["text"]))
    match stratum:
        case "negative" | "positive":
            return row.get("sentiment") == stratum and row.get("relevant", True) is True
        case "random":
            return True
        case _:
            return PATTERNS[stratum].search(text) is not None


def essence(text: str) -> str:
    """What two copies of a text share: its letters, without addresses and names, so that none is drawn twice."""
    return re.sub(r"[\W\d_]", "", re.sub(r"https?://\S+|@\w+|\bRT\b", "", text).lower())


def draw(data: Path, campaign: str = "first") -> Iterator[tuple[str, str, str]]:
    """Yield (set, id, part) of a campaign, round by round, each shuffled, without what the campaigns before it took.

    The same files give the same order. Raises FileNotFoundError where a set is missing in the folder.
    """
    taken: set[str] = set()
    for number, (name, rounds) in enumerate(SAMPLES.items()):
        drawn = list(_rounds(data, rounds, random.Random(SEED + number), taken))
        if name == campaign:
            yield from drawn
            return


def _rounds(
    data: Path, rounds: tuple[dict[str, dict[str, int]], ...], chance: random.Random, seen: set[str]
) -> Iterator[tuple[str, str, str]]:
    for quotas in rounds:
        drawn: list[tuple[str, str, str]] = []
        for name, wanted in quotas.items():
            with (data / f"{name}.jsonl").open(encoding="utf-8") as lines:
                rows: list[Row] = [json.loads(line) for line in lines]
            chance.shuffle(rows)
            for stratum, number in wanted.items():
                part = "random" if stratum == "random" else "enriched"
                drawn += [(name, str(row["id"]), part) for row in _take(rows, stratum, number, seen)]
        chance.shuffle(drawn)
        yield from drawn


def _take(rows: list[Row], stratum: str, number: int, seen: set[str]) -> Iterator[Row]:
    """The first rows of a stratum whose essence nobody has taken; there may be fewer than asked for."""
    fresh = (row for row in rows if belongs(row, stratum) and essence(str(row["text"])) not in seen)
    for row in islice(fresh, number):
        seen.add(essence(str(row["text"])))
        yield row


def draw_again(number: int) -> list[tuple[str, str, str]]:
    """The labelled texts for a second reading: chosen and ordered by the SHA-256 of `again:set:id`."""

    def lot(label: Label) -> str:
        return sha256(f"again:{label.set}:{label.id}".encode()).hexdigest()

    return [(label.set, label.id, label.part) for label in sorted(read(), key=lot)[:number]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of NAME.SPLIT.jsonl")
    source.add_argument("--again", type=int, metavar="NUMBER", help="texts to read a second time")
    parser.set_defaults(campaign="first")
    for name, which in (("more", "second"), ("third", "third")):
        parser.add_argument(
            f"--{name}",
            dest="campaign",
            action="store_const",
            const=name,
            help=f"with --data: the {which} campaign",
        )
    arguments = parser.parse_args()
    data, again = arguments.data, arguments.again
    for row in draw(data, arguments.campaign) if data else draw_again(again):
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
