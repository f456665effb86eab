"""How good the advice on queries is: precision and recall before and after following all of it.

`python -m benchmarks.advice`. On the texts that the advice was made with, and on others, written afterwards; with noise
marked by a person (our labels) or guessed; measured on the sample that the advice is drawn from, or, with every other
text as the sample, on those in between.
"""

from __future__ import annotations

from resonanz.matching.tests.labelled import TOPICS, Counts, before_and_after


def shown(counts: Counts) -> str:
    return f"{counts.precision:>9.0%} {counts.recall:>6.0%}"


def main() -> None:
    print(f"{'texts':9} {'measured on':18} {'noise':8} {'precision':>9} recall → precision recall")
    for file in TOPICS:
        for unseen in (False, True):
            for marked in (True, False):
                before, after = before_and_after(file, unseen=unseen, marked=marked)
                where, noise = (
                    ("unseen texts", "the sample itself")[not unseen],
                    ("guessed", "marked")[marked],
                )
                print(f"{file:9} {where:18} {noise:8} {shown(before)} → {shown(after)}")


if __name__ == "__main__":
    main()
