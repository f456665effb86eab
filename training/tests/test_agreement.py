"""Kappa and its interval against values worked out by hand."""

import json
import math
from pathlib import Path

import pytest

from training.agreement import beside_sentiment, interval, kappa, pairs, table, tossed
from training.labels import Label

HALVES = [True] * 25 + [False] * 25


def label(number: int, **changes: object) -> Label:
    kinds = dict.fromkeys(("question", "complaint", "praise", "suggestion"), False)
    row = {"set": "s", "id": str(number), "part": "random", "language": "de", **kinds, "aspects": frozenset()}
    return Label(**row | changes)  # type: ignore[arg-type]


def test_kappa_of_a_table_worked_out_by_hand() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: 0.70 agree, by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.50.
    first = [True] * 20 + [True] * 5 + [False] * 10 + [False] * 15
    second = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert kappa(first, second) == pytest.approx(0.4)
    assert kappa(second, first) == pytest.approx(0.4)


def test_kappa_knows_perfect_opposite_and_chance_readings() -> None:
    assert kappa(HALVES, HALVES) == 1
    assert kappa(HALVES, [not value for value in HALVES]) == -1
    assert kappa("ab" * 10, "aabb" * 5) == pytest.approx(0)


def test_kappa_is_undefined_where_both_readings_know_one_value() -> None:
    assert math.isnan(kappa([False] * 5, [False] * 5))


@pytest.mark.parametrize(("first", "second"), [([], []), ([True], [True, False])])
def test_kappa_refuses_readings_of_unequal_or_no_length(first: list[bool], second: list[bool]) -> None:
    with pytest.raises(ValueError, match="rows"):
        kappa(first, second)


def test_the_interval_holds_kappa_repeats_itself_and_narrows_with_more_texts() -> None:
    second = [*HALVES[5:], *HALVES[:5]]
    low, high = interval(HALVES, second, draws=300)
    assert low < kappa(HALVES, second) < high
    assert (low, high) == interval(HALVES, second, draws=300)
    wide_low, wide_high = interval(HALVES * 10, second * 10, draws=300)
    assert wide_high - wide_low < (high - low) / 2


def test_the_interval_of_a_label_never_given_is_undefined() -> None:
    assert all(math.isnan(bound) for bound in interval([False] * 5, [False] * 5, draws=10))


def test_readings_are_joined_by_text_whatever_their_order() -> None:
    first = [label(number, question=number % 2 == 0) for number in range(4)]
    joined = pairs(first, [first[2], first[1]])
    assert [(a.id, b.id) for a, b in joined] == [("2", "2"), ("1", "1")]
    with pytest.raises(KeyError):
        pairs(first, [label(9)])


def test_the_table_counts_both_readings() -> None:
    price = [frozenset({"price"} if number else ()) for number in range(4)]
    first = [label(number, question=number < 2, aspects=price[number]) for number in range(4)]
    second = [label(number, question=number < 1, aspects=price[number]) for number in range(4)]
    rows = {line.split(" | ")[0].strip("| "): line for line in table(pairs(first, second)).splitlines()}
    assert rows["question"].startswith("| question | 2 | 1 | 75.0 % | 0.50 |")
    assert rows["price"].startswith("| price | 3 | 3 | 100.0 % | 1.00 |")


def test_tossing_a_coin_for_unclear_cells_worked_out_by_hand() -> None:
    # 4 of 10 given, 2 of them unclear, and 2 more unclear: 0.8 agree, by chance 0.4 * 0.4 + 0.6 * 0.6 = 0.52.
    unclear = frozenset({"praise"})
    labels = [
        label(number, praise=number < 4, unclear=unclear if 2 <= number < 6 else frozenset())
        for number in range(10)
    ]
    assert tossed(labels, "praise") == pytest.approx(0.28 / 0.48)


def test_without_unclear_cells_nothing_is_tossed() -> None:
    assert tossed([label(number, praise=number < 4) for number in range(10)], "praise") == pytest.approx(1)


def test_complaint_and_praise_stand_beside_the_sets_own_sentiment(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": "x", "sentiment": "negative"},
        {"id": "2", "text": "y", "sentiment": "positive"},
    ]
    (tmp_path / "s.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    labels = [
        label(1, complaint=True),
        label(2, complaint=True, praise=True, unclear=frozenset({"complaint"})),
    ]
    assert list(beside_sentiment(labels, tmp_path))[2:] == [
        "| complaint, clear | 1 | 0 | 0 |",
        "| complaint, unclear | 0 | 0 | 1 |",
        "| praise, clear | 0 | 0 | 1 |",
        "| praise, unclear | 0 | 0 | 0 |",
    ]
