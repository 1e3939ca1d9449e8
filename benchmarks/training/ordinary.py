"""The ordinary recipes: ``Trainer``, with PEFT or without, as tutorials put them together.

- Adapter and learning rate: PEFT's notebook for text classification, written by its authors
  (huggingface/peft, examples/sequence_classification/LoRA.ipynb): rank 8, alpha 16, dropout 0.1,
  3e-4; the target modules are PEFT's own choice, query and value for BERT.
- Every text padded and cut to one length (``padding="max_length", truncation=True``): the basic
  tutorial of transformers until version 4 ("Fine-tune a pretrained model"), and most public
  scripts since. 256 tokens is a common choice for IMDb; the tokenizer's limit of 512 costs more.
- Batch of 16: transformers' guide to text classification, which is on IMDb.
- Three epochs, AdamW, linear schedule without warm-up, float32: ``TrainingArguments``' defaults.
- Dropout 0.1 in the encoder: what the checkpoint's config says.
- ``ordinary-full`` trains all weights in the same way, with the learning rate of 2e-5, the two
  epochs and the weight decay of 0.01 of that guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.common.flops import flops_per_token
from benchmarks.training.job import Job
from benchmarks.training.side import Contestant
from benchmarks.training.token_counter import TokenCounter
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.reader import read_examples
from sentilora.inference.engines.device import pick_device
from sentilora.labels import Labels
from sentilora.model.bases.resolved_base import ResolvedBase, resolve_base
from sentilora.model.classifier import load_tokenizer
from sentilora.model.quiet import quiet_transformers
from sentilora.model.tokens import TextEncoder, TextRule

MAX_TOKENS = 256
BATCH_ROWS = 16
RANK, ALPHA, DROPOUT = 8, 16, 0.1
# PEFT chooses for most architectures; where it does not, tutorials name query and value themselves.
QUERY_AND_VALUE = {"distilbert": ["q_lin", "v_lin"]}


@dataclass(frozen=True)
class Recipe:
    """Where the recipe with an adapter and the one without differ."""

    what: str
    has_adapter: bool
    learning_rate: float
    epochs: int
    weight_decay: float


RECIPES = {
    "ordinary": Recipe("Trainer + PEFT", True, 3e-4, 3, 0.0),
    "ordinary-full": Recipe("Trainer, all weights", False, 2e-5, 2, 0.01),
}


def prepare(job: Job) -> Contestant:
    """Load, tokenise and build everything that the recipe needs before ``trainer.train()``."""
    from transformers import Trainer
    from transformers.trainer_callback import PrinterCallback

    max_tokens = job.max_tokens or MAX_TOKENS
    recipe = RECIPES[job.side]
    rate = recipe.learning_rate
    if recipe.has_adapter and job.ordinary_rate:
        rate = job.ordinary_rate
    examples = read_examples(job.part("train"))
    base = resolve_base(job.base)
    tokenizer = load_tokenizer(base.source, base.revision)
    rows = tokenise(examples, tokenizer, max_tokens)
    lengths = np.asarray(rows["attention_mask"], dtype=np.int64).sum(axis=1)
    network = create_network(base, examples.labels, job.seed, has_adapter=recipe.has_adapter)
    flops = flops_per_token(network, lengths)
    counter = TokenCounter(network, int(tokenizer.pad_token_id))
    with quiet_transformers():
        trainer = Trainer(
            model=network, args=_arguments(job, recipe, rate), train_dataset=rows, callbacks=[]
        )
    trainer.remove_callback(PrinterCallback)
    steps_per_epoch = -(-len(rows) // BATCH_ROWS)
    steps = steps_per_epoch * recipe.epochs

    def train(pacer: Any) -> Any:
        trainer.add_callback(pacer)
        with quiet_transformers():
            trainer.train()
        return network

    return Contestant(
        precision="fp32",
        device=pick_device(job.device),
        labels=examples.labels,
        encoder=TextEncoder(tokenizer, TextRule(max_tokens, "head")),
        # Batches are drawn at random, so how much is in each is known afterwards, from the counter.
        planned_tokens=np.round(lengths.mean() * BATCH_ROWS * np.arange(1, steps + 1)).astype(int),
        epoch_ends=tuple(steps_per_epoch * epoch for epoch in range(1, recipe.epochs + 1)),
        tokens_at=lambda _: counter.real,
        counter=counter,
        flops_per_token=flops,
        is_full=not recipe.has_adapter,
        train=train,
        recipe={
            "what": recipe.what,
            **(_adapter_of(network) if recipe.has_adapter else {}),
            "learning_rate": rate,
            "weight_decay": recipe.weight_decay,
            "max_tokens": max_tokens,
            "padding": "max_length",
            "batch_rows": BATCH_ROWS,
            "epochs": recipe.epochs,
            "rows": len(rows),
        },
    )


def tokenise(examples: Examples, tokenizer: Any, max_tokens: int) -> Any:
    """Return a data set of ``input_ids``, ``attention_mask`` and ``labels``, all of one length."""

    def encode(batch: dict[str, list[Any]]) -> dict[str, Any]:
        encoded = tokenizer(
            batch["text"], padding="max_length", truncation=True, max_length=max_tokens
        )
        return {**encoded, "labels": batch["label_id"]}

    with quiet_transformers():
        return examples.table.map(
            encode,
            batched=True,
            remove_columns=examples.table.column_names,
            load_from_cache_file=False,
        )


def create_network(base: ResolvedBase, labels: Labels, seed: int, *, has_adapter: bool) -> Any:
    """Build the classifier, with PEFT's adapter or as it is."""
    from peft import LoraConfig, TaskType, get_peft_model
    from transformers import AutoModelForSequenceClassification, set_seed

    set_seed(seed)
    with quiet_transformers():
        model = AutoModelForSequenceClassification.from_pretrained(
            base.source, revision=base.revision or "main", num_labels=len(labels)
        )
        if not has_adapter:
            return model
        return get_peft_model(
            model,
            LoraConfig(
                task_type=TaskType.SEQ_CLS,
                r=RANK,
                lora_alpha=ALPHA,
                lora_dropout=DROPOUT,
                target_modules=QUERY_AND_VALUE.get(model.config.model_type),
            ),
        )


def _adapter_of(network: Any) -> dict[str, Any]:
    targets = sorted(network.peft_config["default"].target_modules)
    return {"rank": RANK, "alpha": ALPHA, "target_modules": targets}


def _arguments(job: Job, recipe: Recipe, rate: float) -> Any:
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=str(job.folder / job.side),
        num_train_epochs=recipe.epochs,
        weight_decay=recipe.weight_decay,
        per_device_train_batch_size=BATCH_ROWS,
        learning_rate=rate,
        seed=job.seed,
        # Notebooks evaluate and save once an epoch; here that is left out, in the recipe's favour.
        eval_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        log_level="error",
        use_cpu=job.device == "cpu",
    )
