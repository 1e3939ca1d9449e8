"""Whether an encoder reads padding, so that an answer depends on the texts beside it; and the cure.

A text shorter than its batch is padded, and an attention mask hides that from attention. Some
architectures mix tokens by other means: a Fourier transform (FNet), a convolution (Nystromformer,
ConvBERT), hashes (YOSO), neighbours' embeddings (MobileBERT), pooling (Funnel), or a head that
reads the last place (XLNet). There a text has one answer alone and another beside a longer one.

:func:`keep_lengths_apart` is called where a network is made, in ``classifier.py``. Architectures of
the table of bases and some more are known to be safe; any other one is probed. One that reads
padding computes texts of each length apart, without any padding, whoever calls it: training,
evaluation, prediction and the server. Exported files, which cannot do that themselves, carry
``reads_padding`` in their settings, and engines then do the same.

Not covered: word prediction (``adapt``), whose answers nobody keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MethodType
from typing import Any

import torch
from torch import Tensor

from sentilora.errors import ModelError
from sentilora.message import setting
from sentilora.model.bases.known_bases import architecture_of

# Difference of two states or logits as a share of their length. Rounding makes up to 1e-5 of it in
# 24 layers of float32; what reads padding made 1e-3 and more, tiny and at random.
SHARE = 1e-4
SHORT, LONG = 5, 19  # tokens of the two texts of the probe; neither a multiple of what layers pool
# Besides those of the table: the tests probe them, so that loading them need not.
PROVED = ("albert", "camembert", "mpnet", "rembert")
_MARK = "_computes_lengths_apart"


def keep_lengths_apart(network: Any) -> None:
    """Probe a classifier of transformers; one that reads padding computes without any from now on.

    Architectures of the table of bases, and those in ``PROVED``, are not probed.

    Raises:
        ModelError: its answer to a text also depends on chance, or on what the other texts say.
    """
    kind = network.config.model_type
    if architecture_of(kind) is None and kind not in PROVED and find_padding_read(network):
        network.forward = MethodType(_forward_by_length, network)
        setattr(network, _MARK, True)


def computes_lengths_apart(network: Any) -> bool:
    """Whether a network, plain or with an adapter of PEFT, was found to read padding."""
    core = network.get_base_model() if hasattr(network, "get_base_model") else network
    return bool(getattr(core, _MARK, False))


@contextmanager
def lengths_together(network: Any) -> Iterator[None]:
    """Compute a plain network as its class does within this block, as exporters trace it."""
    own = vars(network).pop("forward", None)
    try:
        yield
    finally:
        if own is not None:
            network.forward = own


def by_length(inputs: Mapping[str, Tensor]) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
    """Yield the rows of a padded batch in groups of one length, without padding.

    Args:
        inputs: tensors whose first axis is the batch, ``attention_mask`` ``(B, T)`` among them;
            those of shape ``(B, T, ...)`` lose their padding.

    Yields:
        Numbers of the rows, ``(N,)`` int64, and the inputs of these rows.
    """
    mask = inputs["attention_mask"].bool()
    lengths = mask.sum(dim=1)
    for length in sorted(set(lengths.tolist())):
        rows = (lengths == length).nonzero()[:, 0]
        kept = mask[rows]
        yield (
            rows,
            {
                name: value[rows][kept].view(len(rows), length, *value.shape[2:])
                if value.shape[:2] == mask.shape
                else value[rows]
                for name, value in inputs.items()
            },
        )


def logits_by_length(compute: Any, inputs: Mapping[str, Tensor]) -> Tensor:
    """Compute ``(B, C)`` logits of a padded batch, texts of each length apart.

    Args:
        compute: function from ``input_ids`` and ``attention_mask`` to logits.
        inputs: both, ``(B, T)``.
    """
    found = [(rows, compute(part)) for rows, part in by_length(inputs)]
    return _in_order([rows for rows, _ in found], [logits for _, logits in found])


def _in_order(rows: list[Tensor], values: list[Tensor]) -> Tensor:
    return torch.cat(values)[torch.cat(rows).argsort()]


def _forward_by_length(
    self: Any,
    input_ids: Tensor | None = None,
    attention_mask: Tensor | None = None,
    **others: Any,
) -> Any:
    """Compute a batch as the network's class does, texts of each length apart."""
    plain = type(self).forward
    if input_ids is None or attention_mask is None:
        return plain(self, input_ids=input_ids, attention_mask=attention_mask, **others)
    tensors = {name: value for name, value in others.items() if isinstance(value, Tensor)}
    rest = {name: value for name, value in others.items() if name not in tensors}
    rest["return_dict"] = True
    tensors |= {"input_ids": input_ids, "attention_mask": attention_mask}
    rows, lengths, parts = [], [], []
    for own, inputs in by_length(tensors):
        rows.append(own)
        lengths.append(inputs["input_ids"].shape[1])
        parts.append(plain(self, **inputs, **rest))
    return _join(rows, parts, lengths, input_ids.shape[1])


def _join(rows: list[Tensor], parts: list[Any], lengths: list[int], length: int) -> Any:
    """Make one output of those of the groups of rows, whose texts have these lengths."""
    from transformers.modeling_outputs import SequenceClassifierOutput

    total = sum(len(own) for own in rows)
    losses = [
        part.loss * (len(own) / total)
        for own, part in zip(rows, parts, strict=True)
        if getattr(part, "loss", None) is not None
    ]
    states = None
    if _states_of(parts[0]) is not None:
        layers = zip(*(_states_of(part) for part in parts), strict=True)
        states = tuple(_in_order(rows, _padded(layer, lengths, length)) for layer in layers)
    return SequenceClassifierOutput(
        loss=torch.stack(losses).sum() if losses else None,
        logits=_in_order(rows, [part.logits for part in parts]),
        hidden_states=states,
    )


def _states_of(out: Any) -> Any:
    """Return the states of all layers; of T5 and BART those of their encoder."""
    return out.get("hidden_states") or out.get("encoder_hidden_states")


def _padded(groups: Sequence[Tensor], lengths: Sequence[int], length: int) -> list[Tensor]:
    """Pad ``(N, T, H)`` states to ``length``, or to the longest where layers join tokens."""
    found = [states.shape[1] for states in groups]
    target = length if all(map(int.__ge__, found, lengths)) else max(found)
    pad = torch.nn.functional.pad
    return [pad(states, (0, 0, 0, target - states.shape[1])) for states in groups]


@torch.no_grad()
def find_padding_read(network: Any) -> bool:
    """Compare a text's states and logits alone, and padded beside a longer text.

    Where that cannot be computed, the answer is yes: it costs speed and no answers.

    Raises:
        ModelError: the longer text, which is not padded, has another answer each time or beside the
            shorter one.
    """
    try:
        short, long = _made_up_texts(network)
        with torch.random.fork_rng(devices=[]):
            alone, beside = _both_ways(network, short, long)
            again = _states(network, [long])
    except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
        return True
    if _differ(alone[1], again[0]) or _differ(alone[1], beside[1]):
        raise ModelError(
            f"The architecture '{network.config.model_type}' gives one text different answers: "
            "they depend on chance, or on what the other texts of a batch say. Choose another "
            f"base, such as {setting('base', 'minilm')}."
        )
    return _differ(alone[0], beside[0])


def _made_up_texts(network: Any) -> tuple[list[int], list[int]]:
    config = network.config
    first, last, pad = (getattr(config, f"{name}_token_id", None) for name in ("bos", "eos", "pad"))
    special = {first, last, pad}
    size = network.get_input_embeddings().weight.shape[0]
    words = [one for one in range(size) if one not in special][-4096:]
    step = max(1, len(words) // (SHORT + LONG))
    chosen = [words[place * step % len(words)] for place in range(SHORT + LONG)]
    texts = []
    for text in (chosen[:SHORT], chosen[SHORT:]):
        if isinstance(first, int) and first < size:
            text[0] = first
        if isinstance(last, int) and last < size:
            text[-1] = last
        texts.append(text)
    return texts[0], texts[1]


def _both_ways(network: Any, short: list[int], long: list[int]) -> tuple[list[Any], list[Any]]:
    alone = [_states(network, [text])[0] for text in (short, long)]
    return alone, _states(network, [short, long])


def _states(network: Any, texts: list[list[int]]) -> list[tuple[Tensor, Tensor]]:
    """Return what a plain network makes of each text: states of its tokens, and logits."""
    device = next(network.parameters()).device
    pad = getattr(network.config, "pad_token_id", None)
    longest = max(len(text) for text in texts)
    ids = torch.full((len(texts), longest), pad if isinstance(pad, int) else 0, device=device)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text, device=device)
        mask[row, : len(text)] = 1
    was_training = network.training
    network.eval()
    try:
        out = type(network).forward(
            network,
            input_ids=ids,
            attention_mask=mask,
            output_hidden_states=True,
            return_dict=True,
        )
    finally:
        network.train(was_training)
    states = _states_of(out)[-1].float()
    return [
        (states[row, : _reached(len(text), longest, states.shape[1])], out.logits[row].float())
        for row, text in enumerate(texts)
    ]


def _reached(tokens: int, longest: int, states: int) -> int:
    """Return how many states stand for a text; fewer than its tokens where layers pool them."""
    return -(-tokens * states // longest) if states < longest else tokens


def _differ(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> bool:
    for ours, theirs in zip(one, other, strict=True):
        if ours.shape != theirs.shape:
            return True
        if not theirs.isfinite().all():
            return False  # weights that are no numbers show nothing; they are told elsewhere
        if not (ours - theirs).norm() <= SHARE * theirs.norm():
            return True
    return False
