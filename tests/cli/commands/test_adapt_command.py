"""``sentilora adapt`` as a user meets it."""

import json
from pathlib import Path

import pytest

from tests.helpers.texts import make_texts, write_csv

QUICK = ("--max-steps", "3", "--device", "cpu", "--precision", "fp32")


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> Path:
    return write_csv(tmp_path_factory.mktemp("texts") / "reviews.csv", make_texts(80, seed=9))


def test_the_help_page_ends_with_an_example_that_parses(run_command):
    code, out, err = run_command("adapt", "--help")
    assert code == 0
    assert not err
    last = out.strip().splitlines()[-1].strip()
    assert last.startswith("Example:  sentilora adapt minilm unlabelled.csv ")
    code, _, err = run_command(*last.split()[2:])
    assert code == 1  # there is no such file; 2 would be a usage error
    assert "unlabelled.csv does not exist" in err


def test_it_prints_before_and_after_and_the_next_command(run_command, tiny_base, texts):
    code, out, err = run_command("adapt", tiny_base, texts, "--test", texts.parent / "no.csv")
    assert code == 1
    assert "no.csv does not exist" in err
    code, out, err = run_command("adapt", tiny_base, texts, *QUICK)
    assert code == 0, err
    assert "8 texts held out" in out
    assert "loss, nats a hidden token" in out
    assert "loss, nats a word of the bag" in out
    assert "the base brought no head for hidden words" in out
    assert out.splitlines()[-1] == "next     sentilora train DATA --base bases/bert-reviews"
    assert "texts       80 of 80 rows, 8 of them held out" in err
    assert "held out    update 3" in err
    assert Path("bases/bert-reviews/manifest.json").is_file()


def test_json_is_the_report_alone(run_command, tiny_base, texts):
    arguments = ("--output", "mine", "--json", "--bag-weight", "0", "--untied", "--whole-words")
    code, out, _ = run_command("adapt", tiny_base, texts, *QUICK, *arguments)
    assert code == 0
    report = json.loads(out)
    assert report["path"] == "mine"
    stored = json.loads(Path("mine/adapt.json").read_text(encoding="utf-8"))
    assert report == {"path": "mine", **stored}
    objective = report["objective"]
    assert (objective["tied"], objective["whole_words"], objective["bag_weight"]) == (
        False,
        True,
        0,
    )


def test_a_dry_run_writes_nothing(run_command, tiny_base, texts, tmp_path):
    code, out, _ = run_command("adapt", tiny_base, texts, *QUICK, "--dry-run")
    assert code == 0
    assert "80 of 80 rows, 8 of them held out" in out
    assert out.splitlines()[-1] == "nothing was written; leave out --dry-run to adapt"
    code, out, _ = run_command("adapt", tiny_base, texts, *QUICK, "--dry-run", "--json")
    assert json.loads(out)["steps"] == 3
    assert not list(tmp_path.iterdir())


def test_wrong_usage_is_told(run_command, tiny_base, texts):
    for arguments in ((), (tiny_base,)):
        code, out, err = run_command("adapt", *arguments)
        assert (code, out) == (2, "")
        assert "Type, e.g.: sentilora adapt minilm reviews.csv" in err
    code, _, err = run_command("adapt", tiny_base, texts, "--mask-share", "2", "--epochs", "0")
    assert code == 2
    assert "mask_share = 2.0: must be below 0.9" in err
    assert "epochs = 0: must be at least 1" in err
    options = ("--resume", "mine", "--max-steps", "3", "--untied")
    code, _, err = run_command("adapt", tiny_base, *options)
    assert code == 2
    assert f"leave out: {tiny_base}, --max-steps, --untied." in err
    code, _, err = run_command("adapt", "--resume", "mine")
    assert code == 1
    assert "There is no unfinished adaptation to mine" in err


def test_a_stopped_adaptation_exits_with_130_and_is_resumed(
    run_command, tiny_base, texts, monkeypatch
):
    from sentilora.adaptation import adapt as adapt_module

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(adapt_module, "measure_hidden", stop)
        code, out, err = run_command("adapt", tiny_base, texts, *QUICK)
    assert (code, out) == (130, "")
    assert err.strip().endswith("Go on with: sentilora adapt --resume bases/bert-reviews")
    code, out, _ = run_command("adapt", "--resume", "bases/bert-reviews")
    assert code == 0
    assert "base     bases/bert-reviews" in out
