"""Two-layer encoders with random weights and a tokenizer of sixty words."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.helpers.texts import BAD, FLAT, GLUE, GOOD, WORDS

ARCHITECTURES = ("bert", "distilbert", "roberta", "electra", "deberta-v2", "modernbert")


def tiny_config(architecture: str):
    """Return the config of a two-layer encoder."""
    from transformers import AutoConfig

    common = {"vocab_size": len(WORDS), "pad_token_id": 0, "max_position_embeddings": 72}
    bert_like = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 48,
    }
    special: dict[str, dict[str, Any]] = {
        "distilbert": {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 48},
        "electra": {**bert_like, "embedding_size": 16},
        "deberta-v2": {
            **bert_like,
            "relative_attention": True,
            "pos_att_type": ["p2c", "c2p"],
            "position_buckets": 16,
            "max_relative_positions": -1,
            "position_biased_input": False,
            "share_att_key": True,
            "norm_rel_ebd": "layer_norm",
            "pooler_hidden_size": 32,
        },
        "modernbert": {
            **bert_like,
            "bos_token_id": 2,
            "eos_token_id": 3,
            "cls_token_id": 2,
            "sep_token_id": 3,
            "local_attention": 16,
            "reference_compile": False,
        },
    }
    return AutoConfig.for_model(architecture, **common, **special.get(architecture, bert_like))


def save_tiny_base(folder: Path, architecture: str) -> Path:
    """Write a random pre-trained encoder (no head) with its tokenizer."""
    import torch
    from transformers import AutoModel

    from sentilora.model.quiet import quiet_transformers

    torch.manual_seed(7)
    model = AutoModel.from_config(tiny_config(architecture))
    if architecture == "bert":
        threads = torch.get_num_threads()
        torch.set_num_threads(2)  # the same weights on any machine and in any worker
        pretrain(model)
        torch.set_num_threads(threads)
    with quiet_transformers():
        model.save_pretrained(folder)
    save_tiny_tokenizer(folder)
    return folder


def save_tiny_tokenizer(folder: Path) -> None:
    """Write a tokenizer of sixty words."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(
        models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
    ).save_pretrained(folder)


def pretrain(model) -> None:
    """Teach a tiny encoder which words go together, so that an adapter on it can learn in seconds.

    The task is to tell which group of words (good, bad, flat) a sentence draws on most.
    """
    import torch

    rng = random.Random(99)
    groups = [GOOD, BAD, FLAT]
    head = torch.nn.Linear(32, 3)
    optimizer = torch.optim.AdamW([*model.parameters(), *head.parameters()], lr=3e-3)
    index = {word: number for number, word in enumerate(WORDS)}
    model.train()
    for _ in range(150):
        answers = [rng.randrange(3) for _ in range(32)]
        rows = []
        for answer in answers:
            row = [index[rng.choice(GLUE)] for _ in range(10)]
            for _ in range(3):
                row[rng.randrange(10)] = index[rng.choice(groups[answer])]
            rows.append([2, *row, 3])
        hidden = model(input_ids=torch.tensor(rows)).last_hidden_state[:, 0]
        loss = torch.nn.functional.cross_entropy(head(hidden), torch.tensor(answers))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
