"""Adapters that learn nothing, as no gradient reaches them: told after the first updates.

The factor ``B`` of a fresh LoRA adapter gets a gradient in every update, unless nothing that the
head reads goes through its layer. In Longformer's last block, for one, only the first token is
read, which has projections of its own (``query_global``). Not covered: adapters whose gradient is
small, and layers of the head.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from sentilora.model.adapter_file import PREFIX

if TYPE_CHECKING:
    from transformers.trainer_callback import TrainerControl, TrainerState

    from sentilora.events import EventLog

UPDATES = 10  # without any gradient until an adapter counts as idle
_NAMED = 3
_MARK = ".lora_B."


class IdleAdapters(TrainerCallback):  # type: ignore[misc]
    """Look for adapters whose gradient is exactly zero, and tell of them once.

    Attributes:
        idle: names of the factors ``B`` that have not had a gradient yet; None before the first
            update.
    """

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.idle: dict[str, Any] | None = None
        self._updates = 0

    def on_pre_optimizer_step(
        self, args: Any, state: TrainerState, control: TrainerControl, model: Any, **_: Any
    ) -> None:
        """Cross out adapters that have a gradient; costs nothing once all had one."""
        if self.idle is None:
            self.idle = {
                name: parameter
                for name, parameter in model.named_parameters()
                if _MARK in name and parameter.requires_grad
            }
        if not self.idle or self._updates == UPDATES:
            return
        self.idle = {
            name: parameter
            for name, parameter in self.idle.items()
            if parameter.grad is None or not parameter.grad.any()
        }
        self._updates += 1
        if self._updates == UPDATES:
            self._tell()

    def on_train_end(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Tell after a training of fewer updates, too."""
        if self._updates < UPDATES:
            self._tell()

    def _tell(self) -> None:
        if self.idle:
            self.log.emit("note", text=describe_idle(self.idle))


def describe_idle(names: Iterable[str]) -> str:
    """Say which layers' adapters learn nothing, and what that means."""
    layers = sorted({_layer(name) for name in names})
    shown = ", ".join(layers[:_NAMED])
    more = f" and {len(layers) - _NAMED} more" if len(layers) > _NAMED else ""
    return (
        f"the adapters of {len(layers)} layers learn nothing, for their gradient is exactly zero: "
        f"{shown}{more}. Nothing that the classifier reads goes through these layers; "
        "lora.target_modules names the layers to adapt."
    )


def _layer(name: str) -> str:
    return name.split(_MARK)[0].removeprefix("module.").removeprefix(PREFIX)
