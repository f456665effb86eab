"""Storing weights, and refusing those that are not the ones meant."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from resonanz.understanding import ModelError
from resonanz.understanding.labels import LANGUAGES, OUTPUTS, UNSURE, Labels
from resonanz.understanding.model import ABOUT, WEIGHTS, save
from resonanz.understanding.model import load as load_model
from resonanz.understanding.tests.cast import model


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    made = model()
    save(made, tmp_path, {})
    found = load_model(tmp_path)
    assert found.version == made.version
    for name in ("weights", "scales", "top", "biases", "given"):
        assert (getattr(found, name) == getattr(made, name)).all()


def test_the_same_model_is_the_same_file(tmp_path: Path) -> None:
    digests = {save(model(), tmp_path / name, {}) for name in ("a", "b")}
    assert len(digests) == 1
    assert (tmp_path / "a" / WEIGHTS).read_bytes() == (tmp_path / "b" / WEIGHTS).read_bytes()


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    save(model(), tmp_path, {})
    data = bytearray((tmp_path / WEIGHTS).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / WEIGHTS).write_bytes(data)
    with pytest.raises(ModelError, match="not the file"):
        load_model(tmp_path)


@pytest.mark.parametrize("change", [{"scheme": 99}, {"outputs": ["de"]}])
def test_weights_for_other_code_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    save(model(), tmp_path, {})
    about = json.loads((tmp_path / ABOUT).read_text())
    (tmp_path / ABOUT).write_text(json.dumps(about | change))
    with pytest.raises(ModelError, match="another version"):
        load_model(tmp_path)


def test_missing_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        load_model(tmp_path / "nothing")


def test_unsure_is_an_answer() -> None:
    p = np.zeros((2, len(OUTPUTS)), np.float32)
    p[0, :6] = [0.5, 0.3, 0.2, 0.4, 0.3, 0.3]
    p[1, :6] = [0.1, 0.8, 0.1, 0.9, 0.05, 0.05]
    labels = Labels(p, "m", np.full(len(OUTPUTS), 0.5, np.float32))
    assert labels.languages() == [UNSURE, "en"]
    assert labels.sentiments() == [UNSURE, "negative"]
    unsure, sure = labels.readings()
    assert unsure.given == ()
    assert sure.given == ("negative",)
    assert LANGUAGES[1] == sure.language
