"""The public surface: every name is there, and none is there by accident."""

import inspect
import json
import subprocess
import sys

import pytest
import typer

import sentilora

LOADED = "import sys, json\n{}\nprint(json.dumps(sorted(sys.modules)))"
HEAVY = {"torch", "transformers", "peft", "datasets", "sklearn", "pyarrow", "matplotlib", "numpy"}


@pytest.mark.parametrize("name", sentilora.__all__)
def test_every_public_name_resolves(name):
    assert getattr(sentilora, name) is not None


@pytest.mark.parametrize("name", ["evalute", "Evaluate", "exporter", "predict", "labels_of"])
def test_a_misspelt_name_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match=f"'sentilora' has no attribute '{name}'"):
        getattr(sentilora, name)


def test_the_lazy_table_and_all_agree():
    assert set(sentilora.__all__) == {*sentilora._HOME, "__version__"}
    assert sorted(sentilora.__all__) == sentilora.__all__


@pytest.mark.process
@pytest.mark.parametrize(
    "code",
    [
        "import sentilora",
        "from sentilora.cli import app",
        "sys.argv = ['sentilora', '--help']\n"
        "import contextlib, io\n"
        "from sentilora.cli.app import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()",
    ],
    ids=["import", "command line", "help"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code):
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(code)], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "first",
    [
        "import sentilora",
        "import sentilora.insights.insights",
        "from sentilora.insights.report import insight_files",
        "import sentilora.insights; from sentilora import insights; from sentilora.cli import app",
    ],
)
@pytest.mark.process
def test_insights_is_a_function_though_its_room_has_the_same_name(first):
    code = f"""
{first}
import inspect, sentilora
from sentilora.errors import ConfigError
from sentilora.insights.insights import insights
from sentilora.insights.feedback import Feedback
for _ in range(2):
    try:
        sentilora.insights("nowhere", "sample", review=-1)
    except ConfigError as error:
        print(error)
assert sentilora.insights is insights
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.count("expected a number of texts, or 0") == 2, done.stderr


@pytest.mark.parametrize(
    "first",
    [
        "import sentilora",
        "import sentilora.exports.parity",
        "from sentilora.cli.commands import export_command",
    ],
)
@pytest.mark.process
def test_export_stays_a_verb_whatever_is_loaded_first(first):
    """Python binds a package over its parent's name once loaded; no room has a verb's name."""
    code = f"""
{first}
import inspect, sentilora
from sentilora.errors import ConfigError
from sentilora.exports.export import export
for _ in range(2):
    try:
        sentilora.export("nowhere", to="nothing")
    except ConfigError as error:
        print(error)
assert inspect.signature(sentilora.export) == inspect.signature(export)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.count("There is no export to 'nothing'") == 2, done.stderr


# What a command does, from Python; or why Python needs no function for it.
COMMANDS = {
    "train": {"train", "train_on_feedback"},
    "predict": {"load", "predict_file"},
    "evaluate": {"evaluate"},
    "check": {"check"},
    "adapt": {"adapt", "resume_adaptation"},
    "pairs": {"pairs_from_ratings", "pairs_from_edits", "write_pairs"},
    "export": {"export"},
    "insights": {"insights"},
    "monitor": {"monitor", "replay"},
    "forget": {"forget"},
    "replies": {"ReplyQueue"},
    "correct": {"correct", "correct_file"},
    "promote": {"promote", "undo_promotion"},
    "runs": {"list_runs"},
}
NO_FUNCTION = {
    "serve": "a server is a process of its own",
    "app": "a web page is a process of its own",
    "label": "it asks a person; insights takes what it wrote",
    "bases": "a table for people; train and adapt take the names in it",
}


def test_every_command_has_a_public_function_or_a_reason():
    from sentilora.cli import app

    commands = typer.main.get_command(app.app).commands
    assert set(commands) == {*COMMANDS, *NO_FUNCTION}
    public = set().union(*COMMANDS.values())
    assert public <= set(sentilora.__all__)
    assert all(callable(getattr(sentilora, name)) for name in public)


@pytest.mark.parametrize(
    "name",
    ["train", "train_on_feedback", "adapt", "evaluate", "export", "insights", "predict_file"],
)
def test_what_takes_a_while_takes_a_listener(name):
    parameter = inspect.signature(getattr(sentilora, name)).parameters["listener"]
    assert parameter.default is None
    assert parameter.kind is parameter.KEYWORD_ONLY
