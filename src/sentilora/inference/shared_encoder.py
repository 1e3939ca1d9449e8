"""One pre-trained encoder in memory, many LoRA adapters on it, mixed in one batch.

PEFT's own mixed batches fail on heads that are more than one linear layer, and on adapters with
different numbers of labels. Here the encoder computes all rows at once, each with the LoRA updates
of its adapter (``model/quick/adapter_bank.py``), and then each adapter's own head reads its own
rows (``inference/heads.py``).

Not covered: adapters that are more than LoRA on linear layers, fully trained models, and
architectures that are not in ``MIXABLE``, as some layers of theirs compute what belongs to no row
(DeBERTa's relative positions). They are computed alone.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from sentilora.errors import ModelError, several
from sentilora.inference.engines.device import autocast, dtype_of
from sentilora.inference.heads import Head
from sentilora.labels import Labels
from sentilora.model.adapter_file import AdapterWeights, SpecialAdapterError
from sentilora.model.bases.resolved_base import ResolvedBase
from sentilora.model.classifier import load_base_classifier
from sentilora.model.quick.adapter_bank import AdapterBank, Routing
from sentilora.model.quick.quick_blocks import QuickBlocks, install_quick_blocks

MIXABLE = ("bert", "distilbert", "electra", "modernbert", "roberta", "xlm-roberta")


class SharedEncoder:
    """A base with any number of adapters.

    Threads may call :meth:`logits` at the same time, but not beside :meth:`put`.

    Attributes:
        device: device that inputs have to be on.
        precision: number format: ``fp32``, ``bf16`` or ``fp16``; heads are always computed in
            float32.
    """

    def __init__(
        self, base: ResolvedBase, *, device: torch.device, precision: str = "fp32"
    ) -> None:
        """Load the base.

        Raises:
            ModelError: the base cannot be loaded.
            SpecialAdapterError: adapters of its architecture cannot be mixed.
        """
        self.device = device
        self.precision = precision
        core, _ = load_base_classifier(base, Labels(("no", "yes")))  # each adapter has its own head
        if core.config.model_type not in MIXABLE:
            raise SpecialAdapterError(
                f"Adapters on {core.config.model_type} are not mixed in one batch: their layers "
                f"also compute what belongs to no row. Mixed are {', '.join(MIXABLE)}."
            )
        self._core: Any = core.to(device).eval()
        self._prefix = core.base_model_prefix
        self._encoder: Any = getattr(core, self._prefix)
        self._pooler = getattr(self._encoder, "pooler", None)
        if self._pooler is not None:
            self._encoder.pooler = None  # heads do that, each with its own weights
        self._routing = Routing()
        self._heads: dict[int, Head] = {}
        self._banks: list[AdapterBank] = []
        self._names = {id(module): name for name, module in core.named_modules()}
        self._join(install_quick_blocks(core, dtype_of(precision)))

    def _join(self, blocks: QuickBlocks | None) -> None:
        """Let the products of the quick blocks add the updates of each row."""
        for block in blocks.blocks if blocks else ():
            for joined in block.linears:
                layers = {self._names[id(layer)]: layer for layer in joined.layers}
                joined.adds = self._new_bank(layers).add

    def _new_bank(self, layers: Mapping[str, nn.Linear]) -> AdapterBank:
        bank = AdapterBank(layers, self._routing, self.device, dtype_of(self.precision))
        self._banks.append(bank)
        return bank

    def put(self, adapter: AdapterWeights, labels: Labels) -> int:
        """Take an adapter in.

        Returns:
            Its slot, by which rows name it.

        Raises:
            ModelError: it does not fit the base; nothing has changed then.
        """
        self._check(adapter)
        head = self._new_head(adapter, labels)
        covered = {name for bank in self._banks for name in bank.layers}
        for name in adapter.updates.keys() - covered:
            layer = self._core.get_submodule(name)
            bank = self._new_bank({name: layer})
            layer.register_forward_hook(
                lambda _, inputs, outputs, bank=bank: bank.add(inputs[0], outputs)
            )
        slot = next(number for number in range(len(self._heads) + 1) if number not in self._heads)
        for bank in self._banks:
            bank.put(slot, adapter.updates)
        self._heads[slot] = head
        return slot

    def drop(self, slot: int) -> None:
        """Forget an adapter; its slot may be used again."""
        del self._heads[slot]

    def _check(self, adapter: AdapterWeights) -> None:
        """Compare names and sizes before anything is changed."""
        modules = dict(self._core.named_modules())
        problems = []
        for name, (down, up) in adapter.updates.items():
            layer = modules.get(name)
            if not isinstance(layer, nn.Linear) or not name.startswith(f"{self._prefix}."):
                problems.append(f"{name} is no linear layer of the encoder")
            elif (layer.out_features, layer.in_features) != (up.shape[0], down.shape[1]):
                problems.append(
                    f"{name} is {layer.in_features} wide and gives {layer.out_features}; the "
                    f"adapter was made for {down.shape[1]} and {up.shape[0]}"
                )
        if problems:
            raise ModelError(several("an adapter that does not fit its base", problems[:5]))

    def _new_head(self, adapter: AdapterWeights, labels: Labels) -> Head:
        config = copy.deepcopy(self._core.config)
        config.num_labels = len(labels)
        config.id2label, config.label2id = labels.id2label, labels.label2id
        weights = dict(adapter.saved)
        if self._pooler is not None:
            for name, tensor in self._pooler.state_dict().items():
                weights.setdefault(f"{self._prefix}.pooler.{name}", tensor)
        return Head(type(self._core), config, weights, self.device)

    def logits(self, inputs: Mapping[str, Tensor], slots: Sequence[int]) -> list[Tensor]:
        """Compute a padded batch.

        Args:
            inputs: ``input_ids`` and ``attention_mask`` of the batch, ``(B, T)``.
            slots: slot of the adapter of each row.

        Returns:
            For each row ``(C,)`` float32 logits, C being the number of its adapter's labels.
        """
        self._routing.set(slots, self.device)
        with torch.inference_mode():
            with autocast(self.device, self.precision):
                states = self._encoder(**inputs).last_hidden_state.float()
            rows: dict[int, list[int]] = {}
            for row, slot in enumerate(slots):
                rows.setdefault(slot, []).append(row)
            found: list[Any] = [None] * len(slots)
            for slot, own in rows.items():
                answers = self._heads[slot].logits(states, inputs["attention_mask"], own)
                for row, answer in zip(own, answers, strict=True):
                    found[row] = answer
        return found
