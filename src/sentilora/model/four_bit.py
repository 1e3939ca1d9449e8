"""A frozen base in 4 bits while its adapter is trained on a GPU (QLoRA).

Dettmers et al. 2023, arXiv:2305.14314: NF4 weights, with quantised constants, multiplied in bf16,
through bitsandbytes. The head and everything that learns stay in float32. It pays where the base
does not fit otherwise; MiniLM and DistilBERT do.

What is kept is the adapter on the base in float32, because that is what is deployed: calibration,
proof and report are of that model. The base's rounding, which the adapter has learned to live with,
is gone then.

Not tried on hardware: neither a CUDA device nor bitsandbytes was at hand. Tested are the refusals,
the settings that are handed to transformers, and the way back to float32.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sentilora.errors import ConfigError, DeviceError, MissingExtraError
from sentilora.message import setting
from sentilora.model.bases.known_bases import architecture_of

if TYPE_CHECKING:
    import torch

_FOUR_BIT = setting("load_in_4bit", True)


def check_four_bit(device: torch.device) -> None:
    """Refuse 4-bit loading where it cannot work.

    Raises:
        DeviceError: the device is not CUDA.
        MissingExtraError: bitsandbytes is not installed.
    """
    if device.type != "cuda":
        raise DeviceError(
            f"{_FOUR_BIT} needs a CUDA device, and this is {device.type}. Leave it out: the base "
            "is then held in float32, 4 bytes a weight."
        )
    if find_spec("bitsandbytes") is None:
        raise MissingExtraError(_FOUR_BIT, "qlora")


def four_bit_options(model_type: str) -> dict[str, Any]:
    """Return what ``from_pretrained`` is told to hold a base in 4 bits on the current device.

    Args:
        model_type: name of the architecture; its head has to be known, as that must not be
            quantised.

    Raises:
        ConfigError: it is not.
    """
    import torch
    from transformers import BitsAndBytesConfig

    known = architecture_of(model_type)
    if known is None:
        raise ConfigError(
            f"{_FOUR_BIT}: the head of the architecture '{model_type}' is not known, and it "
            "must not be quantised. Leave the option out."
        )
    compute = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    quantised = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute,
        llm_int8_skip_modules=list(known.head_modules),
    )
    return {
        "quantization_config": quantised,
        "device_map": {"": torch.cuda.current_device()},
        "dtype": torch.float32,
    }


def move_adapter(trained: Any, plain: Any) -> Any:
    """Put adapter and head of a trained PEFT model into one with the base in float32.

    Args:
        trained: trained PEFT model, whose base may be quantised.
        plain: PEFT model with the same adapter and head shapes, on any device, that takes the
            weights.

    Returns:
        ``plain``.
    """
    from peft import get_peft_model_state_dict, set_peft_model_state_dict

    from sentilora.model.quiet import quiet_transformers

    device = next(plain.parameters()).device
    weights = {
        name: tensor.detach().to(device).float()
        for name, tensor in get_peft_model_state_dict(trained, save_embedding_layers=False).items()
    }
    with quiet_transformers():
        set_peft_model_state_dict(plain, weights)
    return plain
