"""Tiny random bases, a sixty-word tokenizer, and one tiny finished run for everyone."""

from __future__ import annotations

import os

# No test may reach a hub; set before transformers is imported anywhere.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # tests may share their cores with others

import csv
import itertools
import random
from pathlib import Path
from typing import Any

import pytest

from sentilora.runs import clean_process
from tests.chromium import chromium  # noqa: F401 - a fixture
from tests.helpers.clean_process import run_here, run_in_new_process

GOOD = [
    "good",
    "great",
    "lovely",
    "superb",
    "happy",
    "bright",
    "quick",
    "clean",
    "tasty",
    "friendly",
    "love",
    "enjoy",
]
BAD = [
    "bad",
    "awful",
    "nasty",
    "broken",
    "sad",
    "dull",
    "slow",
    "dirty",
    "bland",
    "rude",
    "hate",
    "regret",
]
FLAT = ["blue", "table", "paper", "tuesday", "number", "parcel", "city", "window"]
GLUE = [
    "the",
    "a",
    "is",
    "was",
    "it",
    "this",
    "film",
    "food",
    "room",
    "app",
    "very",
    "not",
    "and",
    "but",
    "we",
    "i",
    "they",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [*SPECIAL, *GOOD, *BAD, *FLAT, *GLUE, ".", "!"]

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
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import AutoModel, PreTrainedTokenizerFast

    from sentilora.model.classifier import quiet_transformers

    torch.manual_seed(7)
    model = AutoModel.from_config(tiny_config(architecture))
    if architecture == "bert":
        pretrain(model)
    with quiet_transformers():
        model.save_pretrained(folder)
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
    return folder


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


@pytest.fixture(scope="session", autouse=True)
def _proof_in_this_process():
    """Prove without a new process, which would take most of the time of a tiny training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clean_process, "_run", run_here)
        yield


@pytest.fixture(autouse=True)
def _proof_in_a_clean_process(request, monkeypatch):
    """Start a new process for each proof, as everywhere but in tests, if the test is of those."""
    if request.node.get_closest_marker("process"):
        monkeypatch.setattr(clean_process, "_run", run_in_new_process)


@pytest.fixture(scope="session")
def tiny_bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of two-layer encoders, by architecture."""
    folder = tmp_path_factory.mktemp("bases")
    return {name: save_tiny_base(folder / name, name) for name in ARCHITECTURES}


@pytest.fixture(scope="session")
def tiny_base(tiny_bases: dict[str, Path]) -> Path:
    """Return the folder of a two-layer BERT."""
    return tiny_bases["bert"]


def make_texts(n: int, seed: int = 0, labels: int = 2) -> list[tuple[str, str]]:
    """Return different (text, label) rows that a tiny model can learn."""
    rng = random.Random(seed)
    names = ["negative", "positive"] if labels == 2 else ["negative", "neutral", "positive"]
    words = {"negative": BAD, "neutral": FLAT, "positive": GOOD}
    rows: dict[str, str] = {}
    for name in itertools.cycle(names):
        if len(rows) == n:
            return list(rows.items())
        length = rng.randint(3, 14)
        text = [rng.choice(GLUE) for _ in range(length)]
        for _ in range(max(1, length // 3)):
            text[rng.randrange(length)] = rng.choice(words[name])
        if not set(text) & set(words[name]):
            continue
        rows.setdefault(" ".join(text), name)
    return []


def write_csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    """Write rows as ``text,label``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with ``train.csv`` (160 rows) and ``test.csv`` (60 rows), two classes."""
    folder = tmp_path_factory.mktemp("data")
    rows = make_texts(220)
    write_csv(folder / "train.csv", rows[:160])
    write_csv(folder / "test.csv", rows[160:])
    return folder


TINY_SETTINGS = {
    "text.max_tokens": 32,
    "lora.rank": 4,
    "training.epochs": 2,
    "training.batch_rows": 16,
    "training.learning_rate": 5e-3,
    "training.precision": "fp32",
    "device": "cpu",
    "report.resamples": 100,
}


@pytest.fixture(scope="session")
def tiny_run(tiny_base: Path, tiny_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """Return one finished run, for every test that needs a run folder; do not change it."""
    import sentilora

    return sentilora.train(
        tiny_data,
        config={
            **TINY_SETTINGS,
            "base": str(tiny_base),
            "output": str(tmp_path_factory.mktemp("runs")),
            "name": "tiny",
        },
    )
