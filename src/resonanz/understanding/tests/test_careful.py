"""The careful tier as it ships. Without ONNX Runtime there is none, and that is said."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from resonanz.understanding import OUTPUTS, SENTIMENTS, ModelError, TierMissing, load
from resonanz.understanding.careful import LONGEST, NETWORK, OURS, TOP, VOCABULARY, WINDOWS, Careful
from resonanz.understanding.fast import Fast
from resonanz.understanding.model import shipped
from resonanz.understanding.tests.cast import HOSTILE

TEXTS = (
    "Der Zug fällt schon wieder aus, unverschämt! Seit zwei Stunden stehe ich hier.",
    "Super nettes Personal, danke für die schnelle Hilfe!",
    "Wann habt ihr am Samstag offen?",
    "Du dummes Schwein, verschwinde endlich.",
    "Der Fahrplan gilt ab Montag.",
)


@pytest.fixture(scope="module")
def tier() -> Careful:
    pytest.importorskip("onnxruntime")
    return Careful()


def test_labels_are_probabilities(tier: Careful) -> None:
    labels = tier.label([*TEXTS, *HOSTILE])
    assert labels.p.shape == (len(TEXTS) + len(HOSTILE), len(OUTPUTS))
    assert labels.p.dtype == np.float32
    assert ((labels.p >= 0) & (labels.p <= 1)).all()
    assert np.allclose(sum(labels.of(name) for name in SENTIMENTS), 1, atol=1e-5)
    assert labels.model == tier.version


def test_it_reads_what_anybody_would_read(tier: Careful) -> None:
    labels = tier.label(TEXTS)
    assert labels.sentiments()[:2] == ["negative", "positive"]
    assert labels.of("offensive").argmax() == 3
    assert labels.of("question").argmax() == 2
    assert labels.of("complaint").argmax() == 0


def test_the_same_whatever_stands_beside_it(tier: Careful) -> None:
    texts = [*TEXTS, *HOSTILE]
    together = tier.label(texts).p[:, OURS]
    alone = np.concatenate([tier.label([text]).p[:, OURS] for text in reversed(texts)])[::-1]
    assert np.allclose(together, alone, atol=1e-6)


def test_many_threads_may_use_one(tier: Careful) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: tier.label(TEXTS).p.tobytes(), range(8)))
    assert len(set(found)) == 1


def test_where_there_is_nothing_to_read_the_fast_tier_answers(tier: Careful) -> None:
    assert (tier.label(["", " \n"]).p == Fast().label(["", " \n"]).p).all()
    assert tier.evidence("", ["negative"]) == []


def test_evidence_is_words_of_the_text(tier: Careful) -> None:
    text = TEXTS[0]
    found = tier.evidence(text, ["negative", "complaint"])
    assert {evidence.label for evidence in found} == {"negative", "complaint"}
    for evidence in found:
        assert text[evidence.start : evidence.end] in text.split()
        assert evidence.weight > 0
    assert "unverschämt!" in {text[e.start : e.end] for e in found}


def test_long_texts_are_read_in_windows_and_no_further(tier: Careful) -> None:
    words = "Zug " * 10_000
    assert len(tier.read(words).added) == LONGEST * WINDOWS
    assert np.isfinite(tier.label([words]).p).all()


@pytest.mark.parametrize("name", [NETWORK, VOCABULARY, TOP])
def test_a_changed_byte_is_noticed(tmp_path: Path, name: str) -> None:
    pytest.importorskip("onnxruntime")
    shutil.copytree(shipped("careful"), tmp_path / "careful")
    path = tmp_path / "careful" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="not the file"):
        Careful(tmp_path / "careful")


def test_without_onnx_runtime_the_tier_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    load.cache_clear()
    with pytest.raises(TierMissing):
        load("careful")
    load.cache_clear()
