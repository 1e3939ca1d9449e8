"""Tiny encoders with random weights, of kinds that the table of bases does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.helpers.tiny_bases import save_tiny_tokenizer

_BERT = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 72,
}
_LLAMA = {**_BERT, "num_key_value_heads": 1, "head_dim": 16}
_BART = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "max_position_embeddings": 72,
    "decoder_start_token_id": 3,
    "forced_eos_token_id": 3,
}
_T5 = {
    "d_model": 32,
    "d_kv": 16,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 2,
    "decoder_start_token_id": 0,
}

CONFIGS: dict[str, dict[str, Any]] = {
    "albert": {**_BERT, "embedding_size": 16},
    "bart": _BART,
    "big_bird": {**_BERT, "attention_type": "original_full"},
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 2},
    "camembert": _BERT,
    "convbert": {**_BERT, "embedding_size": 32, "num_attention_heads": 4, "conv_kernel_size": 3},
    "data2vec-text": _BERT,
    "deberta": {
        **_BERT,
        "relative_attention": True,
        "pos_att_type": ["c2p", "p2c"],
        "max_relative_positions": 16,
    },
    "ernie": _BERT,
    "esm": {**_BERT, "position_embedding_type": "rotary", "mask_token_id": 4},
    "flaubert": {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 72},
    "fnet": {**_BERT, "tpu_short_seq_length": 72},
    "funnel": {
        "d_model": 32,
        "n_head": 2,
        "d_head": 16,
        "d_inner": 48,
        "block_sizes": [1, 1],
        "block_repeats": [1, 1],
    },
    "gemma": _LLAMA,
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 72},
    "gpt_neox": _BERT,
    "ibert": _BERT,
    "llama": _LLAMA,
    "longformer": {**_BERT, "attention_window": [8, 8], "sep_token_id": 3},
    "luke": {**_BERT, "entity_vocab_size": 5, "entity_emb_size": 16},
    "megatron-bert": _BERT,
    "mobilebert": {
        **_BERT,
        "embedding_size": 16,
        "intra_bottleneck_size": 16,
        "true_hidden_size": 16,
        "num_feedforward_networks": 1,
    },
    "mpnet": _BERT,
    "mra": {**_BERT, "max_position_embeddings": 128},
    "nystromformer": {**_BERT, "num_landmarks": 64, "segment_means_seq_len": 64},
    "qwen3": _LLAMA,
    "rembert": {**_BERT, "input_embedding_size": 16, "output_embedding_size": 16},
    "roberta-prelayernorm": _BERT,
    "roformer": {**_BERT, "embedding_size": 32},
    "squeezebert": {
        **_BERT,
        "embedding_size": 32,
        **{f"{name}_groups": 2 for name in ("q", "k", "v", "intermediate", "output")},
        "post_attention_groups": 1,
    },
    "t5": _T5,
    "umt5": _T5,
    "xlm": {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 72},
    "xlnet": {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48},
    "xmod": {**_BERT, "languages": ["en_XX"], "default_language": "en_XX"},
    "yoso": _BERT,
}


def save_foreign_base(folder: Path, architecture: str, words: int) -> Path:
    """Write a random pre-trained model without a head, with the tokenizer of the tiny bases."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    from sentilora.model.quiet import quiet_transformers

    ids = {"vocab_size": words, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    with quiet_transformers(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        config = AutoConfig.for_model(architecture, **{**ids, **CONFIGS[architecture]})
        model = AutoModelForSequenceClassification.from_config(config)
        getattr(model, model.base_model_prefix).save_pretrained(folder)
    save_tiny_tokenizer(folder)
    return folder
