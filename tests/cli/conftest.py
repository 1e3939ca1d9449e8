"""Commands run in this process."""

import sys

import pytest

from sentilora.cli import app


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
