"""Models to predict with: the tiny run, and untrained ones with any labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def model(tiny_run):
    """Return the two-class model of the tiny run."""
    import sentilora

    return sentilora.load(tiny_run.path, device="cpu")


@pytest.fixture(scope="session")
def make_model(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Make an untrained, saved and loaded model with any labels, base and text rule."""
    import sentilora
    from sentilora.labels import Labels
    from sentilora.model.artifact import save_artifact, seal_artifact
    from sentilora.model.classifier import create_model, load_tokenizer
    from sentilora.model.model_settings import ModelSettings
    from sentilora.model.tokens import TextRule

    def make(names: Sequence[str], base: Path = tiny_base, **rule: Any):
        labels = Labels(tuple(names))
        network = create_model(str(base), labels, rank=2, seed=3)
        settings = ModelSettings(labels, str(base), None, TextRule(**{"max_tokens": 16, **rule}))
        path = tmp_path_factory.mktemp("made") / "model"
        seal_artifact(save_artifact(network, load_tokenizer(str(base)), settings, path))
        return sentilora.load(path, device="cpu")

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Rows], Path]:
    """Write rows to a file of any format."""
    import pyarrow as pa

    from sentilora.data.files.tables import write_batches

    def write_file(name: str, rows: Rows) -> Path:
        table = pa.Table.from_pylist(rows)
        with write_batches(tmp_path / name, table.schema) as writer:
            for batch in table.to_batches():
                writer.write(batch)
        return tmp_path / name

    return write_file
