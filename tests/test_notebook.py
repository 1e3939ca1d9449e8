"""The notebook runs from top to bottom, and what is committed of it is clean and not stale.

``python -m tests.test_notebook`` runs it and writes its outputs anew.
"""

import json
import os
import re
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from sentilora.runs.run_folder import Run
from tests.helpers.docs_pages import anchors
from tests.helpers.embedded_base import needs_minilm

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "quickstart.ipynb"
LAST_BEFORE_TRAINING = "sentilora.train("


@pytest.fixture(scope="module")
def committed():
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(committed, tmp_path_factory):
    """Return the notebook with new outputs, and the folder that it wrote."""
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    folder = tmp_path_factory.mktemp("notebook")
    return execute(committed, folder), folder / "runs" / "quickstart"


def execute(committed, folder):
    """Return the notebook with the outputs of a run in a folder."""
    notebook = nbformat.from_dict(committed)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=500,
        kernel_name="python3",
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    # Threads that spin while they wait stand in the way of whoever shares the cores.
    client.execute(env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"})
    notebook.metadata = committed.metadata
    return notebook


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def streams(notebook, name):
    return [
        output.text
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "stream" and output.name == name
    ]


def texts(cell):
    """Return what a cell shows, as plain text."""
    return [output.get("text") or output.data["text/plain"] for output in cell.outputs]


@pytest.mark.process
@needs_minilm
def test_training_beats_its_start_and_every_baseline(executed):
    _, folder = executed
    run = Run(folder / "models" / "labels")
    assert run.is_finished
    report = run.report
    assert report["intervals"]["accuracy"][0] > report["before"]["intervals"]["accuracy"][1]
    best = max(part["metrics"]["accuracy"] for part in report["baselines"].values())
    assert len(report["baselines"]) == 4
    assert report["metrics"]["accuracy"] > best


@pytest.mark.process
@needs_minilm
def test_pairs_are_trained_on_and_measured(executed):
    notebook, folder = executed
    run = Run(folder / "models" / "labels-and-pairs")
    assert run.is_finished
    assert run.report["pairs"]["trained"] > 100
    (cell,) = [cell for cell in code_cells(notebook) if "ranking_accuracy" in cell.source]
    assert "then labels and pairs" in texts(cell)[-1]


@pytest.mark.process
@needs_minilm
def test_the_export_is_sealed_and_answers_as_the_run(executed):
    notebook, folder = executed
    assert (folder / "onnx" / "manifest.json").is_file()
    parity = json.loads((folder / "onnx" / "parity.json").read_text(encoding="utf-8"))
    assert parity["max_logit_difference"] <= parity["tolerance"]
    (cell,) = [cell for cell in code_cells(notebook) if "deployed" in cell.source]
    assert "computed by onnxruntime; largest difference of a score: 0.0000" in texts(cell)[0]


@pytest.mark.process
@needs_minilm
def test_no_cell_warns(executed):
    notebook, _ = executed
    assert streams(notebook, "stderr") == []
    assert not [text for text in streams(notebook, "stdout") if "Warning" in text]


@pytest.mark.process
@needs_minilm
def test_committed_outputs_are_those_of_the_code(executed, committed):
    fresh = code_cells(executed[0])
    for new, old in zip(fresh, code_cells(committed), strict=True):
        if LAST_BEFORE_TRAINING in old.source:
            break  # from here on the last digits are those of the machine
        assert texts(new) == texts(old), old.source


def test_the_committed_notebook_was_run_once_from_top_to_bottom(committed):
    assert committed.metadata.kernelspec.name == "python3"
    cells = code_cells(committed)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert streams(committed, "stdout")
    assert streams(committed, "stderr") == []
    nbformat.validate(committed)


def test_the_committed_notebook_names_no_place_of_the_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 300_000
    places = r"(?<![\w.:/<])/(?:home|mnt|opt|private|root|tmp|usr|var|work|Users)\b|[A-Z]:\\\\"
    assert re.findall(places, text) == []
    assert "site-packages" not in text


def test_the_committed_notebook_links_to_pages_that_are_there(committed):
    told = "\n".join(cell.source for cell in committed.cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\((\.\./[^)\s]+)\)", told)
    assert len(links) > 5
    for link in links:
        name, _, anchor = link.partition("#")
        page = NOTEBOOK.parent / name
        assert page.is_file(), link
        assert not anchor or anchor in anchors(page), link


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        nbformat.write(execute(nbformat.read(NOTEBOOK, as_version=4), Path(place)), NOTEBOOK)
