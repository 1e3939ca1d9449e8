"""Where BERT-like architectures keep the parts of their blocks and heads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Where an architecture keeps its blocks, and what a block calls its parts."""

    blocks: str
    query: str
    key: str
    value: str
    mixed: str
    mixed_norm: str
    wide: str
    activation: str
    narrow: str
    norm: str
    heads: str


_BERT = Layout(
    blocks="encoder.layer",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    mixed="attention.output.dense",
    mixed_norm="attention.output.LayerNorm",
    wide="intermediate.dense",
    activation="intermediate.intermediate_act_fn",
    narrow="output.dense",
    norm="output.LayerNorm",
    heads="num_attention_heads",
)
_DISTILBERT = Layout(
    blocks="transformer.layer",
    query="attention.q_lin",
    key="attention.k_lin",
    value="attention.v_lin",
    mixed="attention.out_lin",
    mixed_norm="sa_layer_norm",
    wide="ffn.lin1",
    activation="ffn.activation",
    narrow="ffn.lin2",
    norm="output_layer_norm",
    heads="n_heads",
)
LAYOUTS = {"bert": _BERT, "electra": _BERT, "roberta": _BERT, "distilbert": _DISTILBERT}


@dataclass(frozen=True)
class HeadLayout:
    """A head that reads the first token by two linear layers.

    Attributes:
        dense: full name of the first layer.
        activation: name of the function of ``torch.nn.functional`` between the two layers.
        out: full name of the second layer.
    """

    dense: str
    activation: str
    out: str


_ROBERTA = HeadLayout("classifier.dense", "tanh", "classifier.out_proj")
HEADS = {
    "bert": HeadLayout("bert.pooler.dense", "tanh", "classifier"),
    "distilbert": HeadLayout("pre_classifier", "relu", "classifier"),
    "electra": HeadLayout("classifier.dense", "gelu", "classifier.out_proj"),
    "roberta": _ROBERTA,
    "xlm-roberta": _ROBERTA,
}
