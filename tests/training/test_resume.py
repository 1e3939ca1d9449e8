"""A killed run goes on and ends with the weights of one never stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from safetensors.torch import load_file

from sentilora.config import make_config, write_config
from sentilora.runs.run_folder import Run
from tests.helpers import warm_python
from tests.helpers.tiny_settings import TINY_SETTINGS
from tests.helpers.warm_command import warm_command

SETTINGS = {
    **TINY_SETTINGS,
    "training.epochs": 6,
    "training.evaluations_per_epoch": 1,
    "training.dropout": 0.1,  # so that random numbers matter
    "lora.dropout": 0.1,
    "training.checkpoint_minutes": 0.0005,
    "report.baselines": ["majority"],
}


@pytest.fixture(scope="module")
def settings(tiny_base, tiny_data, tmp_path_factory):
    return {
        **SETTINGS,
        "base": str(tiny_base),
        "data.train": str(tiny_data),
        "output": str(tmp_path_factory.mktemp("resumed")),
    }


def start(settings, name, folder: Path, **environment) -> warm_python.Popen:
    config = folder / f"{name}.toml"
    write_config(make_config({**settings, "name": name}), config)
    command = [sys.executable, "-m", "sentilora", "train", "--config", str(config)]
    return warm_python.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def kill(process: warm_python.Popen) -> None:
    """Kill a process outright, and close its pipes."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def resume(run: Run) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "sentilora", "train", "--resume", "--config"]
    return warm_python.run(
        [*command, str(run.path / "config.toml")], capture_output=True, text=True, check=False
    )


def wait_for(run: Run, process: warm_python.Popen, kind: str, count: int) -> None:
    """Wait until an event has happened often enough, or the process has ended."""
    for _ in range(6000):
        if sum(event["kind"] == kind for event in run.events) >= count:
            return
        if process.poll() is not None:
            return
        time.sleep(0.01)
    raise AssertionError(f"no {count} events of kind {kind}")


def weights_of(run: Run):
    return load_file(run.model_path / "adapter_model.safetensors")


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert (one[name] == other[name]).all(), name


@pytest.fixture(scope="module")
def unbroken(settings, tmp_path_factory) -> Run:
    process = start(settings, "unbroken", tmp_path_factory.mktemp("config"))
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    return Run(Path(settings["output"]) / "unbroken")


@pytest.mark.process
def test_killed_again_and_again(settings, unbroken, tmp_path):
    run = Run(Path(settings["output"]) / "killed")
    process = start(settings, "killed", tmp_path)
    # After some updates, in the middle of writing a checkpoint as likely as not; then twice more.
    for steps in (9, 25, 40):
        wait_for(run, process, "step", steps)
        kill(process)
        assert not (run.model_path / "manifest.json").exists()
        config = str(run.path / "config.toml")
        command = [sys.executable, "-m", "sentilora", "train", "--resume", "--config", config]
        process = warm_python.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "going on from checkpoint-" in errors
    assert_same_weights(weights_of(run), weights_of(unbroken))
    metrics = run.report["metrics"]
    assert metrics == unbroken.report["metrics"]
    steps = [[p["step"] for p in r.report["loss_curve"]] for r in (run, unbroken)]
    assert steps[0] == steps[1] == list(range(1, len(steps[0]) + 1))


@pytest.mark.process
def test_killed_after_training_before_the_report(settings, unbroken, tmp_path):
    run = Run(Path(settings["output"]) / "late")
    process = start(settings, "late", tmp_path)
    while process.poll() is None and not (run.model_path / "manifest.json").exists():
        time.sleep(0.005)
    kill(process)
    done = resume(run) if not run.is_finished else None
    assert done is None or done.returncode == 0, done
    assert_same_weights(weights_of(run), weights_of(unbroken))
    assert run.report["metrics"] == unbroken.report["metrics"]


@pytest.mark.process
def test_ctrl_c_saves_and_says_how_to_go_on(settings, unbroken, tmp_path):
    run = Run(Path(settings["output"]) / "stopped")
    process = start(settings, "stopped", tmp_path)
    wait_for(run, process, "step", 5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "everything is saved. Go on with: sentilora train --config" in errors
    assert run.events[-1]["kind"] == "interrupted"
    done = resume(run)
    assert done.returncode == 0, done.stderr
    assert_same_weights(weights_of(run), weights_of(unbroken))


@pytest.mark.process
def test_a_moved_run_goes_on(settings, unbroken, tmp_path):
    run = Run(Path(settings["output"]) / "moved")
    process = start(settings, "moved", tmp_path)
    wait_for(run, process, "evaluation", 2)
    kill(process)
    moved = Run(tmp_path / "elsewhere")
    run.path.rename(moved.path)
    done = resume(moved)
    assert done.returncode == 0, done.stderr
    assert_same_weights(weights_of(moved), weights_of(unbroken))


def test_half_a_checkpoint_is_not_trusted(tmp_path):
    from sentilora.runs.checkpoints import last_checkpoint

    for step, state in ((5, '{"global_step": 5}'), (10, '{"global_st'), (15, None)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if state is not None:
            (folder / "trainer_state.json").write_text(state)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-5"
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-5"]
    assert last_checkpoint(tmp_path / "nothing") is None


@pytest.mark.process
def test_two_processes_train_the_model_that_one_does(settings, tmp_path, tmp_path_factory):
    """DDP with gloo under torchrun; without dropout, as processes draw different numbers."""
    plain = {**settings, "training.dropout": 0.0, "lora.dropout": 0.0}
    alone = start(plain, "alone", tmp_path, OMP_NUM_THREADS="1")
    _, errors = alone.communicate()
    assert alone.returncode == 0, errors
    config = tmp_path / "pair.toml"
    write_config(make_config({**plain, "name": "pair"}), config)
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone"]
    with warm_command(tmp_path_factory.mktemp("command")) as sentilora:
        done = warm_python.run(
            [*launch, "--no-python", sentilora, "train", "--config", str(config)],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    assert done.returncode == 0, done.stderr
    one, two = (weights_of(Run(Path(settings["output"]) / name)) for name in ("alone", "pair"))
    for name in one:
        assert (one[name] - two[name]).abs().max() < 1e-4, name
