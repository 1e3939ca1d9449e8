"""From folders to what answers: adapters of one base share its encoder, all else is alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from sentilora.errors import ModelError
from sentilora.files import sha256_of
from sentilora.inference.engines.device import pick_device, pick_precision
from sentilora.inference.engines.engine import open_engine
from sentilora.inference.shared_encoder import SharedEncoder
from sentilora.model.adapter_file import AdapterWeights, SpecialAdapterError, read_adapter
from sentilora.model.artifact import Artifact, base_of, open_artifact
from sentilora.model.bases.resolved_base import ResolvedBase
from sentilora.model.classifier import load_tokenizer
from sentilora.model.first_stage import load_first_stage
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.serving.pool import Served
from sentilora.serving.queue.backends import Loaded, OwnLane, SharedLane

PROBE = "A text to try it with."
Install = Callable[[], Loaded]


class Loader:
    """Loads what is to be served; one call at a time.

    Attributes:
        device: device to compute on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: number format: ``fp32``, ``bf16``, ``fp16`` or ``auto``.
    """

    def __init__(self, *, device: str = "auto", precision: str = "fp32") -> None:
        self.device = device
        self.precision = precision
        self._lanes: dict[ResolvedBase, SharedLane] = {}
        self._encoders: dict[tuple[str, TextRule], TextEncoder] = {}

    def prepare(self, name: str, path: str | Path) -> Install:
        """Read a folder, beside what is being computed.

        Returns:
            What puts it into its place, and tries it, between two batches: call it in the thread
            that computes.

        Raises:
            ModelError: the folder is missing, damaged or unfinished, or does not fit its base.
            DeviceError: it cannot be computed on this device or in this precision.
            MissingExtraError: it needs a runtime that is not installed.
        """
        artifact = open_artifact(path)
        if artifact.settings.kind == "adapter":
            try:
                weights = read_adapter(artifact.path)
                lane = self._shared_lane(base_of(artifact))
                encoder = self._encoder(artifact)
                return lambda: _try(_install(name, artifact, weights, lane, encoder))
            except SpecialAdapterError:
                pass  # it is merged into an encoder of its own
        return self._alone(name, artifact)

    def _shared_lane(self, base: ResolvedBase) -> SharedLane:
        if base not in self._lanes:
            device = pick_device(self.device)
            precision = pick_precision(self.precision, device)
            self._lanes[base] = SharedLane(SharedEncoder(base, device=device, precision=precision))
        return self._lanes[base]

    def _alone(self, name: str, artifact: Artifact) -> Install:
        engine, tokenizer = open_engine(artifact, device=self.device, precision=self.precision)
        loaded = Loaded(
            _describe(
                name, artifact, engine.name, engine.precision, engine.device.type, is_mixed=False
            ),
            OwnLane(engine),
            0,
            TextEncoder(tokenizer, artifact.settings.rule),
            artifact.settings.calibration,
            load_first_stage(artifact.path),
        )
        return lambda: _try(loaded)

    def _encoder(self, artifact: Artifact) -> TextEncoder:
        """Return a tokenizer; adapters with the same one share it, and are tokenised at once."""
        rule = artifact.settings.rule
        key = (sha256_of(artifact.path / "tokenizer.json"), rule)
        if key not in self._encoders:
            self._encoders[key] = TextEncoder(load_tokenizer(str(artifact.path)), rule)
        return self._encoders[key]


def _install(
    name: str, artifact: Artifact, weights: AdapterWeights, lane: SharedLane, encoder: TextEncoder
) -> Loaded:
    shared = lane.shared
    try:
        slot = shared.put(weights, artifact.settings.labels)
    except ModelError as error:
        raise ModelError(
            f"The adapter in {artifact.path} does not fit its base {artifact.settings.base}. Train "
            f"it again, or copy its folder once more.\n{error.template}"
        ) from error
    served = _describe(name, artifact, "torch", shared.precision, shared.device.type, is_mixed=True)
    return Loaded(served, lane, slot, encoder, artifact.settings.calibration)


def _describe(
    name: str, artifact: Artifact, engine: str, precision: str, device: str, *, is_mixed: bool
) -> Served:
    settings = artifact.settings
    return Served(
        name,
        settings.labels,
        settings.base,
        settings.revision,
        settings.rule.max_tokens,
        engine,
        precision,
        device,
        settings.kind,
        is_mixed,
    )


def _try(loaded: Loaded) -> Loaded:
    """Answer one text, so that what cannot answer is refused before anyone asks."""
    windows = loaded.encoder.encode([PROBE]).windows[0][:1]
    (logits,) = loaded.lane.logits(loaded.encoder, windows, [loaded.slot])
    if len(logits) != len(loaded.labels) or not all(map(math.isfinite, logits.tolist())):
        loaded.lane.drop(loaded.slot)
        raise ModelError(
            f"The model '{loaded.served.name}' answers {logits.tolist()} to a text: expected "
            f"{len(loaded.labels)} finite numbers. Its weights are damaged; train it again."
        )
    return loaded
