"""Commands run in this process."""

import sys

import pytest

from sentilora.cli import app
from sentilora.inference import sentiment_model
from sentilora.inference.engines.engine import open_engine
from sentilora.model.artifact import open_artifact


@pytest.fixture
def load_once(monkeypatch):
    """Load the network of a run here, instead of once for each command; give its folder."""

    def load(run):
        opened = open_engine(open_artifact(run))
        monkeypatch.setattr(sentiment_model, "open_engine", lambda *_, **__: opened)
        return run

    return load


@pytest.fixture
def run_command(monkeypatch, capsys, tmp_path):
    """Run ``sentilora …`` in this process, in an empty folder; give exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["sentilora", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            app.main()
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return run
