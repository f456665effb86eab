"""What the careful tier may learn from, and what it must never see."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from training.data import Folder
from training.lessons import A_ROUND, Head, Lessons, altered, recipe_lessons, whole


def folder(path: Path) -> Folder:
    """Two sets; tweet 3 of the one is tweet 4 of the other, and tweet 5 stands in a dev split, too."""
    offensive = [f"Das ist Tweet Nummer {number}" for number in range(40)]
    sentiment = [f"Hier steht Satz {number}" for number in range(40)]
    sentiment[4] = "@jemand " + offensive[3]

    def write(name: str, rows: list[dict[str, object]]) -> None:
        lines = (json.dumps({"id": str(i), **row}) for i, row in enumerate(rows))
        (path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")

    write("germeval2018.train", [{"text": t, "offensive": i % 2 == 0} for i, t in enumerate(offensive)])
    values = ("negative", "neutral", "positive", "mixed")
    write("potts.train", [{"text": t, "sentiment": values[i % 4]} for i, t in enumerate(sentiment)])
    write("potts.dev", [{"text": offensive[5], "sentiment": "neutral"}])
    return Folder(path)


def test_nothing_that_is_measured_is_drawn(tmp_path: Path) -> None:
    lessons = recipe_lessons(folder(tmp_path))
    drawn = lessons.drawn(np.random.default_rng(1))
    assert 10 <= lessons.held.sum() <= 20
    assert not lessons.held[drawn].any()
    measured = {lessons.texts[row].removeprefix("@jemand ") for row in lessons.held_rows}
    assert measured.isdisjoint(lessons.texts[row].removeprefix("@jemand ") for row in drawn)
    assert "Das ist Tweet Nummer 5" not in {lessons.texts[row] for row in drawn}


def test_each_task_has_a_head_and_knows_its_own_set_only(tmp_path: Path) -> None:
    lessons = recipe_lessons(folder(tmp_path))
    assert [(head.name, head.classes) for head in lessons.heads] == [
        ("germeval2018 offensive", 2),
        ("potts sentiment", 3),
    ]
    assert lessons.width == 4
    ours = lessons.sources == "germeval2018"
    assert (lessons.targets[ours, 1] == -1).all()
    assert (lessons.targets[~ours, 0] == -1).all()
    assert len(lessons.texts) == 40 + 30  # "mixed" is left out


def test_a_set_learns_alone_in_its_own_columns_and_whole_but_for_what_judges_it(tmp_path: Path) -> None:
    data = folder(tmp_path)
    lessons = recipe_lessons(data)
    potts = lessons.of("potts")
    assert [(head.name, head.columns) for head in potts.heads] == [("potts sentiment", slice(1, 4))]
    assert (potts.targets >= 0).all()
    assert len(potts.texts) == 30
    everything = whole(lessons.of("germeval2018"), data)
    drawn = {everything.texts[row] for row in everything.drawn(np.random.default_rng(1))}
    assert drawn == {f"Das ist Tweet Nummer {number}" for number in range(40) if number != 5}


def test_a_large_set_does_not_drown_the_others() -> None:
    count = A_ROUND + 500
    nothing = np.zeros(count, bool)
    targets = np.zeros((count, 1), np.int64)
    lessons = Lessons(["a"] * count, np.array(["x"] * count), (Head("y", 0, 2),), targets, nothing, nothing)
    drawn = lessons.drawn(np.random.default_rng(1))
    assert len(drawn) == len(set(drawn)) == A_ROUND


def test_some_texts_are_typed_differently() -> None:
    rng = np.random.default_rng(1)
    found = {altered("Schöne Grüße", rng) for _ in range(500)}
    assert found == {"Schöne Grüße", "SCHÖNE GRÜSSE", "schöne grüße", "Schoene Gruesse"}
