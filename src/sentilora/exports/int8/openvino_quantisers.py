"""The int8 ways for an OpenVINO model, all of NNCF (https://github.com/openvinotoolkit/nncf).

Static: weights int8, inputs of linear layers int8 with ranges found on training texts
(``nncf.quantize`` with the rules for transformers). With smoothing, a part of the spread of inputs
is first moved into the weights (SmoothQuant, Xiao et al. 2022, arXiv:2211.10438).

Weights only: weights and embeddings int8, one scale a row, computed in float32 or bfloat16
(``nncf.compress_weights``). Nothing is lost in the inputs, and less is gained.

In float32 stay the layer that makes the logits and all that follows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import MissingExtraError, ModelError
from sentilora.exports.int8.int8_way import Way
from sentilora.exports.int8.sensitivity import PROBE_TEXTS, most_sensitive
from sentilora.exports.onnx_model import METADATA
from sentilora.message import setting
from sentilora.model.quiet import quiet_library

_TAIL_STOPS = ("Result",)
_NO_SMOOTHING = -1  # an alpha below 0 turns SmoothQuant off


def openvino_ways(path: Path, texts: Sequence[Mapping[str, NDArray[Any]]]) -> list[Way]:
    """Return the ways to an int8 model that are worth a try.

    Args:
        path: the float32 model, from :func:`~sentilora.exports.openvino_model.write_openvino`.
        texts: training texts as inputs of one row each, to find ranges with.

    Raises:
        MissingExtraError: NNCF is not installed.
        ModelError: the model has no linear layer.
    """
    _import_nncf()
    if not linear_layers(_read(path)):
        raise ModelError(
            f"{path.name} has no linear layer to quantise. Export without {setting('quantize')}."
        )
    static = partial(_write_static, path, texts)
    weights_only = partial(_write_weights_only, path)
    return [
        Way("static, smoothed", static),
        Way("static", partial(static, smooth=False)),
        Way("static, smoothed, without the most sensitive", partial(static, leave_out=True)),
        Way("weights only, asymmetric", partial(weights_only, mode="int8_asym")),
        Way("weights only, symmetric", partial(weights_only, mode="int8_sym")),
    ]


def linear_layers(model: Any) -> dict[str, NDArray[np.float32]]:
    """Return the weights ``(K, M)`` of an OpenVINO model's linear layers, by the node's name.

    They are the MatMul nodes with constant weights, without the one that makes the logits.
    """
    found = [
        (node.get_friendly_name(), node.input_value(1).get_node(), node.get_attributes())
        for node in model.get_ordered_ops()
        if _is_linear(node)
    ]
    return {
        name: weight.data.T if about["transpose_b"] else weight.data
        for name, weight, about in found
        if name != _classifier(model)
    }


def float_nodes(model: Any) -> list[str]:
    """Return the names of the nodes that stay in float32: from the logits' layer on."""
    names = [_classifier(model)]
    front = [model.output("logits").get_node().input_value(0).get_node()]
    while front:
        node = front.pop()
        name = node.get_friendly_name()
        if node.get_type_name() in _TAIL_STOPS or name in names:
            continue
        names.append(name)
        front += [one.get_node() for out in node.outputs() for one in out.get_target_inputs()]
    return names


def _is_linear(node: Any) -> bool:
    if node.get_type_name() != "MatMul":
        return False
    weight = node.input_value(1).get_node()
    return weight.get_type_name() == "Constant" and len(weight.get_output_shape(0)) == 2


def _classifier(model: Any) -> str:
    """Return the name of the layer that makes the logits: the nearest one before them."""
    front = [model.output("logits").get_node()]
    seen = set()
    while front:
        node = front.pop(0)
        name: str = node.get_friendly_name()
        if _is_linear(node):
            return name
        if name not in seen:
            seen.add(name)
            front += [one.get_node() for one in node.input_values()]
    return ""


def _write_static(
    source: Path,
    texts: Sequence[Mapping[str, NDArray[Any]]],
    target: Path,
    *,
    smooth: bool = True,
    leave_out: bool = False,
) -> None:
    nncf = _import_nncf()
    model = _read(source)
    kept = float_nodes(model)
    if leave_out:
        kept += _find_sensitive(model, texts[:PROBE_TEXTS])
    advanced = nncf.AdvancedQuantizationParameters()
    if not smooth:
        advanced.smooth_quant_alphas = nncf.AdvancedSmoothQuantParameters(
            convolution=_NO_SMOOTHING, matmul=_NO_SMOOTHING
        )
    _save(
        partial(
            nncf.quantize,
            model,
            nncf.Dataset([dict(text) for text in texts]),
            model_type=nncf.ModelType.TRANSFORMER,
            subset_size=len(texts),
            # Not every name is a node of NNCF's own graph, which leaves constants out.
            ignored_scope=nncf.IgnoredScope(names=kept, validate=False),
            advanced_parameters=advanced,
        ),
        source,
        target,
    )


def _write_weights_only(source: Path, target: Path, *, mode: str) -> None:
    nncf = _import_nncf()
    model = _read(source)
    scope = nncf.IgnoredScope(names=[_classifier(model)], validate=False)
    made = partial(
        nncf.compress_weights, model, mode=nncf.CompressWeightsMode(mode), ignored_scope=scope
    )
    _save(made, source, target)


def _save(make: Any, source: Path, target: Path) -> None:
    import openvino

    nncf = _import_nncf()
    try:
        with quiet_library("nncf"):
            quantised = make()
    except (RuntimeError, ValueError, nncf.ValidationError, nncf.InternalError) as error:
        raise ModelError(
            f"NNCF cannot quantise it: {str(error).strip().splitlines()[0]}"
        ) from error
    quantised.set_rt_info(_read(source).get_rt_info(METADATA).astype(str), METADATA)
    openvino.save_model(quantised, target, compress_to_fp16=False)


def _find_sensitive(model: Any, texts: Sequence[Mapping[str, NDArray[Any]]]) -> list[str]:
    return most_sensitive(linear_layers(model), _passes(model, texts))


def _passes(
    model: Any, texts: Sequence[Mapping[str, NDArray[Any]]]
) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Yield for each text the inputs of each layer."""
    import openvino

    watched = model.clone()
    names = list(linear_layers(watched))
    nodes = {node.get_friendly_name(): node for node in watched.get_ordered_ops()}
    first = len(watched.outputs)
    sources = [nodes[name].input_value(0) for name in names]
    different = list(
        {(one.get_node().get_friendly_name(), one.get_index()): one for one in sources}.values()
    )
    watched.add_outputs(different)
    order = [next(i for i, one in enumerate(different) if one == source) for source in sources]
    compiled = openvino.Core().compile_model(watched, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for text in texts:
        found = compiled(dict(text))
        yield {name: found[first + place] for name, place in zip(names, order, strict=True)}


def _read(path: Path) -> Any:
    import openvino

    return openvino.Core().read_model(path)


def _import_nncf() -> Any:
    """Import NNCF without its usage statistics."""
    os.environ.setdefault("NNCF_CI", "1")  # else it reports to its makers what it is used for
    try:
        with quiet_library("nncf"):
            import nncf
    except ImportError as error:
        raise MissingExtraError("Quantising an OpenVINO model", "openvino") from error
    return nncf
