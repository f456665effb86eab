"""How well readings of the same texts agree: raw agreement and Cohen's kappa, label by label.

`python -m training.agreement` compares the first and second readings in training/labels, campaign by campaign; with
`--data FOLDER` it also sets complaint and praise beside the sentiment that the sets' own annotators gave.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resonanz.understanding.labels import SENTIMENTS
from training.labels import KINDS, READINGS, Label, Mood, moods, names_of, read

VALUES = ("language", "sentiment")  # of which a text has one of several

DRAWS = 2000
SEED = 20261122


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Cohen's kappa: agreement beyond chance, 1 at best; NaN where both readings know one value only.

    Cohen, A coefficient of agreement for nominal scales, 1960. Raises ValueError for unequal or no rows.
    """
    return float(_kappas(_crossed(first, second)))


def interval(
    first: Sequence[Hashable], second: Sequence[Hashable], draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of kappa, drawing texts; draws without a kappa are left out."""
    crossed = _crossed(first, second)
    # Drawing texts with replacement is drawing the table's cells from a multinomial: the same, and fast.
    drawn = np.random.default_rng(seed).multinomial(
        crossed.sum(), crossed.ravel() / crossed.sum(), size=draws
    )
    kappas = _kappas(drawn.reshape(draws, *crossed.shape))
    known = kappas[~np.isnan(kappas)]
    if not known.size:
        return math.nan, math.nan
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _crossed(first: Sequence[Hashable], second: Sequence[Hashable]) -> NDArray[np.int64]:
    """How often each value of the first reading met each of the second: values × values."""
    if len(first) != len(second) or not first:
        raise ValueError(f"{len(first)} and {len(second)} rows")
    codes = {value: code for code, value in enumerate(sorted({*first, *second}, key=str))}
    crossed = np.zeros((len(codes), len(codes)), dtype=np.int64)
    for a, b in zip(first, second, strict=True):
        crossed[codes[a], codes[b]] += 1
    return crossed


def _kappas(crossed: NDArray[np.int64]) -> NDArray[np.float64]:
    """Kappa of each table, NaN where chance alone agrees always; … × values × values in, … out."""
    shares = crossed / crossed.sum(axis=(-2, -1), keepdims=True)
    agreed = np.trace(shares, axis1=-2, axis2=-1)
    by_chance = (shares.sum(axis=-1) * shares.sum(axis=-2)).sum(axis=-1)
    certain = by_chance >= 1 - 1e-12
    kappas: NDArray[np.float64] = np.where(
        certain, np.nan, (agreed - by_chance) / np.where(certain, 1, 1 - by_chance)
    )
    return kappas


def pairs(first: list[Label], second: list[Label]) -> list[tuple[Label, Label]]:
    """Both readings of the texts that the second one holds. Raises KeyError for a text the first one lacks."""
    known = {label.key: label for label in first}
    return [(known[label.key], label) for label in second]


def table(both: list[tuple[Label, Label]]) -> str:
    """One line a label: how often each reading gave it, raw agreement in percent, kappa with its interval."""
    lines = [f"{len(both)} texts read twice", ""]
    lines += ["| label | first | second | agreement | kappa | 95 % |", "|---|---|---|---|---|---|"]
    felt = ("sentiment",) if all(label.sentiment for label, _ in both) else ()
    for name in ("language", *felt, *names_of([label for label, _ in both])):
        first, second = ([_said(labels[side], name) for labels in both] for side in (0, 1))
        given = [str(side.count(True)) if name not in VALUES else "–" for side in (first, second)]
        same = 100 * sum(a == b for a, b in zip(first, second, strict=True)) / len(both)
        low, high = interval(first, second)
        beyond = kappa(first, second)
        figures = "– | –" if math.isnan(beyond) else f"{beyond:.2f} | {low:.2f} to {high:.2f}"
        lines.append(f"| {name} | {given[0]} | {given[1]} | {same:.1f} % | {figures} |")
    return "\n".join(lines)


def _said(label: Label, name: str) -> Hashable:
    return str(getattr(label, name)) if name in VALUES else name in label.names


def mood_agreement(first: list[Mood], second: list[Mood]) -> str:
    """One line: how well two readings of the same texts' sentiment agree."""
    known = {mood.key: mood.sentiment for mood in first}
    both = [known[mood.key] for mood in second], [mood.sentiment for mood in second]
    same = 100 * sum(a == b for a, b in zip(*both, strict=True)) / len(second)
    low, high = interval(*both)
    return f"sentiment, {len(second)} texts: {same:.1f} %, kappa {kappa(*both):.2f} ({low:.2f} to {high:.2f})"


def tossed(labels: list[Label], kind: str) -> float:
    """The kappa to expect of a second reading that repeats the clear cells of a kind and tosses a coin for the others.

    A calculation, no measurement: it says how much hangs on the cells that the reader marked as unclear.
    """
    given: float = sum(getattr(label, kind) for label in labels) / len(labels)
    unclear = sum(kind in label.unclear for label in labels) / len(labels)
    surely: float = sum(getattr(label, kind) and kind not in label.unclear for label in labels) / len(labels)
    again = surely + unclear / 2
    by_chance = given * again + (1 - given) * (1 - again)
    return (1 - unclear / 2 - by_chance) / (1 - by_chance)


def beside_sentiment(labels: list[Label], data: Path) -> Iterator[str]:
    """Yield the lines of a table: how the sets' annotators felt about what we call a complaint or praise.

    Irony parts them, and news of a fault is negative there and no complaint here.
    """
    sentiment: dict[tuple[str, str], str] = {}
    for name in sorted({label.set for label in labels}):
        with (data / f"{name}.jsonl").open(encoding="utf-8") as lines:
            sentiment |= {(name, row["id"]): row.get("sentiment", "") for row in map(json.loads, lines)}
    yield f"| label | {' | '.join(SENTIMENTS)} |"
    yield "|---|---|---|---|"
    for kind in ("complaint", "praise"):
        for unclear in (False, True):
            chosen = [
                label for label in labels if getattr(label, kind) and (kind in label.unclear) is unclear
            ]
            found = Counter(sentiment[label.key] for label in chosen)
            title = f"{kind}, {'unclear' if unclear else 'clear'}"
            yield f"| {title} | {' | '.join(str(found[name]) for name in SENTIMENTS)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, help="folder of NAME.SPLIT.jsonl")
    data = parser.parse_args().data
    first = read("first")
    for name, again in READINGS.items():
        print(f"{name}: {table(pairs(read(name), read(again)))}\n")
    print(mood_agreement(moods(), moods("moods_again")))
    print("\nkappa if unclear cells were tossed:", *(f"{kind} {tossed(first, kind):.2f}" for kind in KINDS))
    if data:
        print("", *beside_sentiment(first, data), sep="\n")


if __name__ == "__main__":
    main()
