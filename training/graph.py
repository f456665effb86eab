"""The careful tier's network as ONNX Runtime is to run it, put together node by node.

What torch exports and `quantize_dynamic` rounds takes a fifth to a third longer and is less exact: attention in a
dozen steps, shapes worked out anew in every layer, `SkipLayerNormalization`, which takes seven times as long as the two
nodes it stands for (in ONNX Runtime 1.31 and 1.32), and one value far out of line that makes all others coarse.
Needs `pip install onnx onnxruntime`, not torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from resonanz.understanding.pieces import BEGIN, END, SPECIAL

Array = NDArray[Any]
State = Mapping[str, Array]  # `training.network.Network.state_dict()` in NumPy
MICROSOFT = "com.microsoft"
OPERATORS, FORMAT = 17, 8  # the oldest with all that is used, so that older ONNX Runtimes read them
IN_MATRIX = 64  # the largest number in bytes: without newer instructions the sums of more do not fit
IN_TABLE = 127  # of what is looked up and not multiplied in bytes
APART = 8  # widened columns of a layer that are not rounded
TRIED = (16, 1, 30)  # so many texts of so many random pieces show which


def built(state: State, heads: int, epsilon: float) -> bytes:
    """The network with its matrices in bytes.

    `pieces`, int64[1, length], goes in; `added`, float32[1, length, outputs], comes out.
    """
    apart = furthest(state, heads, epsilon)
    return _Rounded(moved_out(state, apart), heads, epsilon).whole()


def built_exactly(state: State, heads: int, epsilon: float) -> bytes:
    """The same in single precision, to see what rounding costs."""
    return _Graph(state, heads, epsilon).whole()


def furthest(state: State, heads: int, epsilon: float) -> list[Array]:
    """Of each layer the numbers of the `APART` widened columns that have the largest values.

    Begin and end raise one column of most layers to up to ten times what any other reaches, whatever the text says. As
    a matrix's input is rounded by its largest value, logits correlated by 0.991 with the exact ones, and do by 0.997
    without these columns.
    """
    graph = _Graph(state, heads, epsilon)
    session = InferenceSession(graph.whole(shown=True), providers=["CPUExecutionProvider"])
    tried = np.random.default_rng(1).integers(len(SPECIAL), len(state["word.weight"]), TRIED)
    tried[:, :, 0], tried[:, :, -1] = BEGIN, END
    ran = [session.run(graph.widened, {"pieces": pieces}) for pieces in tried]
    reached = [np.abs(values).max((0, 1, 2)) for values in zip(*ran, strict=True)]
    return [np.sort(np.argsort(-values, kind="stable")[:APART]) for values in reached]


def moved_out(state: State, apart: Sequence[Array]) -> State:
    """`state` with each layer's columns `apart` in matrices of their own: `few_widen` and `few_narrow`."""
    made = dict(state)
    for number, columns in enumerate(apart):
        widen, bias, narrow = (
            f"layers.{number}.{name}" for name in ("widen.weight", "widen.bias", "narrow.weight")
        )
        made[f"layers.{number}.few_widen.weight"] = state[widen][columns]
        made[f"layers.{number}.few_widen.bias"] = state[bias][columns]
        made[f"layers.{number}.few_narrow.weight"] = state[narrow][:, columns]
        for name in (widen, bias, narrow):
            made[name] = state[name].copy()
        made[widen][columns], made[bias][columns], made[narrow][:, columns] = 0, 0, 0
    return made


def in_bytes(weights: Array, most: int) -> tuple[Array, Array]:
    """int8[rows, columns], and float32[rows, 1] by which to multiply them: in each row the largest is `most`."""
    largest = np.abs(weights).max(1, keepdims=True)
    scales = np.where(largest > 0, largest / most, 1).astype(np.float32)
    return np.rint(weights / scales).astype(np.int8), scales


class _Graph:
    """Nodes and stored values so far, in single precision. Methods take and give names of values."""

    def __init__(self, state: State, heads: int, epsilon: float) -> None:
        self.state, self.heads, self.epsilon = state, heads, epsilon
        self.nodes: list[NodeProto] = []
        self.stored: list[TensorProto] = []
        self.widened: list[str] = []

    def whole(self, *, shown: bool = False) -> bytes:
        """The file. `shown`: the widened values of each layer come out, too."""
        x = self.normed(self.looked_up("pieces"), "ready")
        for number in range(sum(name.endswith(".qkv.weight") for name in self.state)):
            x = self.layer(x, f"layers.{number}")
        self.exactly(x, "head")  # small: in bytes it would be no faster
        self.nodes[-1].output[0] = "added"
        outputs = {"added": [1, "length", len(self.state["head.bias"])]}
        outputs |= {name: [1, "length", None] for name in self.widened if shown}
        graph = helper.make_graph(
            self.nodes,
            "careful",
            [helper.make_tensor_value_info("pieces", TensorProto.INT64, [1, "length"])],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                for name, shape in outputs.items()
            ],
            self.stored,
        )
        sets = [helper.make_opsetid("", OPERATORS), helper.make_opsetid(MICROSOFT, 1)]
        return bytes(helper.make_model(graph, opset_imports=sets, ir_version=FORMAT).SerializeToString())

    def looked_up(self, pieces: str) -> str:
        """What each piece says, and where it stands."""
        first, length = self.value("first", np.zeros(1, np.int64)), self.node("Shape", pieces, start=1)
        place = self.node("Slice", self.weights("place"), first, length)
        return self.node("Add", self.words(pieces), place)

    def words(self, pieces: str) -> str:
        return self.node("Gather", self.weights("word.weight"), pieces)

    def layer(self, x: str, name: str) -> str:
        met = self.matrix(self.attended(x, f"{name}.qkv"), f"{name}.mix")
        x = self.normed(self.node("Add", x, met), f"{name}.mixed")
        return self.normed(self.node("Add", x, self.fed(x, name)), f"{name}.done")

    def attended(self, x: str, name: str) -> str:
        weights = self.value(name, self.state[f"{name}.weight"].T)
        return self.node(
            "Attention", x, weights, self.weights(f"{name}.bias"), domain=MICROSOFT, num_heads=self.heads
        )

    def fed(self, x: str, layer: str) -> str:
        self.widened.append(self.node("Gelu", self.matrix(x, f"{layer}.widen"), domain=MICROSOFT))
        return self.matrix(self.widened[-1], f"{layer}.narrow")

    def matrix(self, x: str, name: str) -> str:
        return self.exactly(x, name)

    def exactly(self, x: str, name: str) -> str:
        return self.node("Add", self.product(x, name), self.weights(f"{name}.bias"))

    def product(self, x: str, name: str) -> str:
        return self.node("MatMul", x, self.value(name, self.state[f"{name}.weight"].T))

    def normed(self, x: str, name: str) -> str:
        weights = self.weights(f"{name}.weight"), self.weights(f"{name}.bias")
        return self.node("LayerNormalization", x, *weights, epsilon=self.epsilon)

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """The name of its first output; those of the others end in .1, .2 and so on."""
        name = f"{kind}{len(self.nodes)}"
        names = [name, *(f"{name}.{number}" for number in range(1, outputs))]
        self.nodes.append(helper.make_node(kind, inputs, names, name, **attributes))
        return name

    def weights(self, name: str) -> str:
        return self.value(name, self.state[name])

    def value(self, name: str, values: Array) -> str:
        self.stored.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


class _Rounded(_Graph):
    """Matrices in bytes: a column of weights by its largest, what it is multiplied with by the largest of the text."""

    def words(self, pieces: str) -> str:
        rows, scales = in_bytes(self.state["word.weight"], IN_TABLE)
        row = self.node("Gather", self.value("word", rows), pieces)
        scale = self.node("Gather", self.value("word.scales", scales), pieces)
        return self.node("Mul", self.node("Cast", row, to=TensorProto.FLOAT), scale)

    def attended(self, x: str, name: str) -> str:
        """Queries, keys, values and how they meet in one node, a tenth faster than one by one."""
        x = self.node("DynamicQuantizeLinear", x, outputs=3)  # .1 is its scale, .2 its zero
        zero = self.value(f"{name}.zero", np.zeros((), np.int8))
        weights, scales, bias = self.rounded(name)
        inputs = [x, weights, bias, f"{x}.1", scales, "", f"{x}.2", zero]
        return self.node("QAttention", *inputs, domain=MICROSOFT, num_heads=self.heads)

    def fed(self, x: str, layer: str) -> str:
        few = self.product(x, f"{layer}.few_widen")
        few = self.node("BiasGelu", few, self.weights(f"{layer}.few_widen.bias"), domain=MICROSOFT)
        return self.node("Add", super().fed(x, layer), self.product(few, f"{layer}.few_narrow"))

    def matrix(self, x: str, name: str) -> str:
        weights, scales, bias = self.rounded(name)
        return self.node("DynamicQuantizeMatMul", x, weights, scales, "", bias, domain=MICROSOFT)

    def rounded(self, name: str) -> tuple[str, str, str]:
        rows, scales = in_bytes(self.state[f"{name}.weight"], IN_MATRIX)
        stored = self.value(name, rows.T), self.value(f"{name}.scales", scales[:, 0])
        return *stored, self.weights(f"{name}.bias")
