"""The careful tier's graph says what the network does, and rounding changes little."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from training import graph  # noqa: E402

Array = NDArray[Any]
HIDDEN, HEADS, LAYERS, PIECES, LONGEST, OUTPUTS = 32, 4, 2, 60, 32, 5
EPSILON = 1e-12
OUTLIER = 7  # the widened column that begin and end raise


def state() -> dict[str, Array]:
    """A small network at random, with one column far out of line, as trained ones have."""
    rng = np.random.default_rng(1)
    shapes: dict[str, tuple[int, ...]] = {"word": (PIECES, HIDDEN), "head": (OUTPUTS, HIDDEN)}
    sizes = {"qkv": (3, 1), "mix": (1, 1), "widen": (4, 1), "narrow": (1, 4)}
    for number in range(LAYERS):
        shapes |= {
            f"layers.{number}.{name}": (out * HIDDEN, to * HIDDEN) for name, (out, to) in sizes.items()
        }
    made = {f"{name}.weight": rng.normal(size=shape) / shape[1] ** 0.5 for name, shape in shapes.items()}
    made |= {
        f"{name}.bias": rng.normal(size=shape[0]) / 10 for name, shape in shapes.items() if name != "word"
    }
    for name in ["ready", *(f"layers.{k}.{name}" for k in range(LAYERS) for name in ("mixed", "done"))]:
        made |= {
            f"{name}.weight": rng.uniform(0.5, 1.5, HIDDEN),
            f"{name}.bias": rng.normal(size=HIDDEN) / 10,
        }
    made["place"] = rng.normal(size=(LONGEST, HIDDEN)) / 10
    for number in range(LAYERS):
        made[f"layers.{number}.widen.weight"][OUTLIER] *= 40
        made[f"layers.{number}.narrow.weight"][:, OUTLIER] /= 40
    return {name: values.astype(np.float32) for name, values in made.items()}


def by_hand(made: dict[str, Array], pieces: Array) -> Array:
    """float[length, outputs]: what `training.network.Network` computes."""

    def linear(x: Array, name: str) -> Array:
        return x @ made[f"{name}.weight"].T + made[f"{name}.bias"]

    def normed(x: Array, name: str) -> Array:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + EPSILON)
        return x * made[f"{name}.weight"] + made[f"{name}.bias"]

    x = normed(made["word.weight"][pieces] + made["place"][: len(pieces)], "ready")
    for layer in (f"layers.{number}" for number in range(LAYERS)):
        q, k, v = linear(x, f"{layer}.qkv").reshape(len(pieces), 3, HEADS, -1).transpose(1, 2, 0, 3)
        near = np.exp(q @ k.transpose(0, 2, 1) / q.shape[-1] ** 0.5)
        met = near / near.sum(-1, keepdims=True) @ v
        x = normed(x + linear(met.transpose(1, 0, 2).reshape(x.shape), f"{layer}.mix"), f"{layer}.mixed")
        wide = linear(x, f"{layer}.widen")
        wide = wide * (1 + np.vectorize(math.erf)(wide / 2**0.5)) / 2
        x = normed(x + linear(wide, f"{layer}.narrow"), f"{layer}.done")
    return linear(x, "head")


def added(model: bytes, pieces: Array) -> Array:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    ((found,),) = session.run(None, {"pieces": pieces[None]})
    return np.asarray(found)


def texts() -> list[Array]:
    rng = np.random.default_rng(2)
    return [np.array([1, *rng.integers(4, PIECES, length), 2]) for length in (0, 1, 6, LONGEST - 2)]


def test_the_graph_says_what_the_network_does() -> None:
    made = state()
    model = graph.built_exactly(made, HEADS, EPSILON)
    for pieces in texts():
        assert np.abs(added(model, pieces) - by_hand(made, pieces)).max() < 1e-4


def test_rounding_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    made = state()
    monkeypatch.setattr(graph, "APART", 2)
    model = graph.built(made, HEADS, EPSILON)
    monkeypatch.setattr(graph, "APART", 0)
    without = graph.built(made, HEADS, EPSILON)
    exact = np.concatenate([by_hand(made, pieces) for pieces in texts()])
    off, off_without = (
        np.abs(np.concatenate([added(m, pieces) for pieces in texts()]) - exact).mean() / exact.std()
        for m in (model, without)
    )
    assert off < 0.03
    assert off < off_without / 2


def test_the_column_out_of_line_is_found_and_moved_out() -> None:
    made = state()
    apart = graph.furthest(made, HEADS, EPSILON)
    assert all(OUTLIER in columns for columns in apart)
    moved = graph.moved_out(made, apart)
    assert not moved["layers.0.widen.weight"][OUTLIER].any()
    assert made["layers.0.widen.weight"][OUTLIER].any()


def test_sums_fit_without_newer_instructions() -> None:
    """Two products at a time are summed in sixteen bits, and one side goes up to 255."""
    rows, scales = graph.in_bytes(np.random.default_rng(3).normal(size=(5, 9)), graph.IN_MATRIX)
    assert (np.abs(rows).max(1) == graph.IN_MATRIX).all()
    assert 2 * 255 * int(np.abs(rows).max()) < 2**15
    assert scales.shape == (5, 1)
    assert not graph.in_bytes(np.zeros((2, 3)), graph.IN_MATRIX)[0].any()


def test_the_same_state_gives_the_same_file() -> None:
    assert graph.built(state(), HEADS, EPSILON) == graph.built(state(), HEADS, EPSILON)
