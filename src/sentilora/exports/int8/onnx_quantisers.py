"""The int8 ways for an ONNX file: ONNX Runtime's dynamic quantisation, and rows of embeddings.

Linear layers get int8 weights; their inputs are rounded to uint8 while the file runs, with a range
of their own in each batch (``onnxruntime.quantization``). An embedding is kept as int8 with one
scale a row, as in Guan et al. 2019 (arXiv:1911.02079), so that a token is rounded by its own size.

CPUs without VNNI add two products of 8 bits in 16 and may overflow; 7 bits for the weights
(``reduce_range``) cannot. The ways are measured on the CPU that exports, and what overflows there
loses accuracy and is not shipped: export on the kind of CPU that the file is for.

In float32 stay the layer that makes the logits and all that follows, layers that see one vector a
text (the pooler), products inside of attention, normalisation, and tables under 16,384 numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import MissingExtraError, ModelError
from sentilora.exports.int8.int8_way import Way
from sentilora.exports.int8.sensitivity import PROBE_TEXTS, most_sensitive
from sentilora.inference.engines.cpus import usable_cpus
from sentilora.message import setting

SMALLEST_TABLE = 2**14
_FLOAT32 = 1  # onnx.TensorProto.FLOAT
_PREPARED = ("onnx.quant.pre_process", "onnxruntime.quant")  # or the quantiser warns
_LEFT_BEHIND = (_PREPARED[0], "onnx.infer")


def onnx_ways(path: Path, texts: Sequence[Mapping[str, NDArray[Any]]]) -> list[Way]:
    """Return the ways to an int8 file that are worth a try, the simplest first.

    Args:
        path: the float32 file, from :func:`~sentilora.exports.onnx_model.write_onnx`.
        texts: training texts as inputs of one row each, to find sensitive layers with.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ModelError: the file has no linear layer.
    """
    try:
        import onnx
        import onnxruntime.quantization  # noqa: F401 - it needs more than a session does
    except ImportError as error:
        raise MissingExtraError("Quantising an ONNX file", "onnx") from error
    layers = list(linear_layers(onnx.load(path)))
    if not layers:
        raise ModelError(
            f"{path.name} has no linear layer to quantise. Export without {setting('quantize')}."
        )
    write = partial(_write, path, layers)
    return [
        Way("per tensor", partial(write, per_channel=False)),
        Way("per channel", write),
        Way("per channel, 7 bits", partial(write, reduce_range=True)),
        Way("per channel, without the most sensitive", partial(write, probe=texts[:PROBE_TEXTS])),
    ]


def linear_layers(model: Any) -> dict[str, NDArray[np.float32]]:
    """Return the weights ``(K, M)`` of the layers to quantise, by the name of the node.

    They are the MatMul nodes with constant weights, without the one that makes the logits.
    """
    from onnx import numpy_helper

    constants = {one.name: one for one in model.graph.initializer}
    nodes = [
        node
        for node in model.graph.node
        if node.op_type in ("MatMul", "Gemm") and node.input[1] in constants
    ]
    return {
        node.name: numpy_helper.to_array(constants[node.input[1]])
        for node in nodes[:-1]  # in the order of computation: the last one makes the logits
        if node.op_type == "MatMul" and len(constants[node.input[1]].dims) == 2
    }


def _write(
    source: Path,
    layers: Sequence[str],
    target: Path,
    *,
    per_channel: bool = True,
    reduce_range: bool = False,
    probe: Sequence[Mapping[str, NDArray[Any]]] = (),
) -> None:
    """Write the int8 file; with ``probe`` without the layers that lose most on these texts."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load(source)
    left_out = _find_sensitive(model, probe) if probe else []
    del model.graph.value_info[:]  # shapes that the quantiser's own changes would contradict
    _mark(model)
    try:
        quantize_dynamic(
            model,
            target,
            op_types_to_quantize=["MatMul"],
            nodes_to_quantize=[name for name in layers if name not in left_out],
            per_channel=per_channel,
            reduce_range=reduce_range,
            weight_type=QuantType.QInt8,
        )
    # Errors of ONNX's shape inference and checker are RuntimeErrors and ValueErrors.
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"ONNX Runtime cannot quantise it: {str(error).splitlines()[0]}"
        ) from error
    model = onnx.load(target)
    quantise_tables(model)
    kept = [one for one in model.metadata_props if one.key not in _LEFT_BEHIND]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    onnx.save(model, target)


def _mark(model: Any) -> None:
    key, value = _PREPARED
    model.metadata_props.add(key=key, value=value)


def quantise_tables(model: Any) -> None:
    """Replace each large table of an ONNX model that rows are gathered from by int8 rows.

    ``Gather(table, ids)`` becomes ``Cast(Gather(rows, ids)) * Gather(scales, ids)``; a row is
    rounded to steps of its largest absolute value / 127.
    """
    from onnx import numpy_helper

    graph = model.graph
    constants = {one.name: one for one in graph.initializer}
    readers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    for name, users in readers.items():
        if name not in constants or not _is_table(constants[name], name, users):
            continue
        table = numpy_helper.to_array(constants[name])
        scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127
        rows = np.rint(table / scales).astype(np.int8)
        graph.initializer.remove(constants[name])
        graph.initializer.extend(
            [
                numpy_helper.from_array(rows, f"{name}_rows"),
                numpy_helper.from_array(scales.astype(np.float32), f"{name}_scales"),
            ]
        )
        for node in users:
            place = list(graph.node).index(node)
            graph.node.remove(node)
            for offset, one in enumerate(_gather_rows(node)):
                graph.node.insert(place + offset, one)


def _gather_rows(gather: Any) -> list[Any]:
    """Return the nodes that stand for ``Gather(table, ids)``, with its output."""
    from onnx import helper

    (table, ids), out, stem = gather.input, gather.output[0], gather.name or gather.output[0]
    steps, sizes, scales = f"{out}_int8", f"{out}_steps", f"{out}_scales"
    return [
        helper.make_node("Gather", [f"{table}_rows", ids], [steps], f"{stem}_rows"),
        helper.make_node("Cast", [steps], [sizes], f"{stem}_cast", to=_FLOAT32),
        helper.make_node("Gather", [f"{table}_scales", ids], [scales], f"{stem}_scales"),
        helper.make_node("Mul", [sizes, scales], [out], f"{stem}_scaled"),
    ]


def _is_table(constant: Any, name: str, users: Sequence[Any]) -> bool:
    return (
        constant.data_type == _FLOAT32
        and len(constant.dims) == 2
        and int(np.prod(constant.dims)) >= SMALLEST_TABLE
        and all(
            node.op_type == "Gather"
            and node.input[0] == name
            and all(one.i == 0 for one in node.attribute if one.name == "axis")
            for node in users
        )
    )


def _find_sensitive(model: Any, texts: Sequence[Mapping[str, NDArray[Any]]]) -> list[str]:
    weights = linear_layers(model)
    inputs = {node.name: node.input[0] for node in model.graph.node if node.name in weights}
    return most_sensitive(weights, _passes(model, inputs, texts))


def _passes(
    model: Any, inputs: Mapping[str, str], texts: Sequence[Mapping[str, NDArray[Any]]]
) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Yield for each text the inputs of each layer."""
    import onnx
    import onnxruntime

    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    wanted = list(dict.fromkeys(inputs.values()))
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cpus()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        watched.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    for text in texts:
        found = dict(zip(wanted, session.run(wanted, dict(text)), strict=True))
        yield {layer: found[name] for layer, name in inputs.items()}
