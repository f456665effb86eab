"""Metrics, folds, sharing of texts: what the figures rest on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.data import Folder, Task, folds, key, read
from training.helpers import overlaps
from training.metrics import averaged_f1, calibration, interval, macro_f1, micro_f1
from training.scores import scored, table
from training.shipped import average_precision

# Worked by hand: class 0 has precision 3/4, recall 3/5; class 1 precision 1/3, recall 1/2.
RIGHT = np.array([0, 0, 0, 0, 0, 1, 1])
FOUND = np.array([0, 0, 0, 1, 1, 1, 0])


def test_macro_averages_the_classes_f1() -> None:
    first, second = 2 * 0.75 * 0.6 / 1.35, 2 * (1 / 3) * 0.5 / (5 / 6)
    assert macro_f1(RIGHT, FOUND, 2) == pytest.approx(100 * (first + second) / 2)


def test_germeval_averages_precision_and_recall_first() -> None:
    p, r = (0.75 + 1 / 3) / 2, (0.6 + 0.5) / 2
    assert averaged_f1(RIGHT, FOUND, 2) == pytest.approx(100 * 2 * p * r / (p + r))


def test_micro_counts_the_right_ones() -> None:
    assert micro_f1(RIGHT, FOUND, 2) == pytest.approx(100 * 4 / 7)


def test_a_class_never_found_counts_nothing() -> None:
    assert macro_f1(np.array([0, 1]), np.array([0, 0]), 3) == pytest.approx(100 * (2 / 3) / 3)


def test_an_interval_holds_the_score_and_shrinks_with_more_texts() -> None:
    few = interval(micro_f1, RIGHT, FOUND, 2)
    many = interval(micro_f1, np.tile(RIGHT, 100), np.tile(FOUND, 100), 2)
    assert few[0] < micro_f1(RIGHT, FOUND, 2) < few[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 5


def test_calibration_is_zero_when_shares_are_as_said() -> None:
    p = np.array([0.25] * 4 + [0.75] * 4)
    right = np.array([1, 0, 0, 0, 1, 1, 1, 0])
    assert calibration(right, p)[0] == pytest.approx(0)
    assert calibration(1 - right, p)[0] == pytest.approx(0.5)


def test_average_precision_by_hand() -> None:
    assert average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7])) == pytest.approx(5 / 6)


def test_the_same_text_is_never_in_two_folds() -> None:
    keys = [f"text {n % 50}" for n in range(500)]
    fold = folds(keys)
    assert all(len({f for f, k in zip(fold, keys, strict=True) if k == wanted}) == 1 for wanted in set(keys))
    assert (folds(keys) == fold).all()
    assert len(set(fold)) == 5


def test_a_tweet_is_known_again_without_names_links_and_spelling() -> None:
    assert key("RT @eine: Größe zählt! http://t.co/abc") == key("@andere GRÖSSE zählt … https://x.example")
    assert key("Größe zählt nicht") != key("Größe zählt")


def folder(path: Path) -> Folder:
    shared = {"id": "x", "text": "@a das steht in beiden"}
    rows = {
        "germeval2018.train": [
            shared | {"offensive": True},
            {"id": "y", "text": "nur hier", "offensive": False},
        ],
        "gahd.train": [shared | {"hate": "True"}, {"id": "z", "text": "nur dort", "hate": False}],
        "gahd.dev": [{"id": "d", "text": "nur hier", "hate": False}],
        "gahd.test": [{"id": "t", "text": "noch einer", "hate": True}],
    }
    for name, lines in rows.items():
        (path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return Folder(path)


def test_splits_are_found_and_shared_texts_counted(tmp_path: Path) -> None:
    there = folder(tmp_path)
    assert there.names() == ["germeval2018", "gahd"]
    assert set(there.others("gahd")) == {"dev", "test"}
    assert there.main("gahd").labels["hate"] == [True, False]
    assert overlaps(there) == [("gahd", "germeval2018", 2)]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.train.jsonl").write_text('{"id": 1, "text": "x"}\n{"id": 2}\n', "utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read(tmp_path / "a.train.jsonl")


def test_the_two_tables_are_never_mixed() -> None:
    task = Task("s", "l", (False, True), macro_f1)
    scores = [scored(task, name, "cv", "fast", RIGHT, FOUND) for name in ("shipped", "recipe")]
    assert len(list(table(scores, "recipe"))) == 3
