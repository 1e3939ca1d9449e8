"""``sentilora replies``: what a team types to answer unhappy customers."""

import io
import json
import sys

import pytest

from sentilora.monitoring.store.store import open_store
from tests.helpers.drafted_texts import add_texts, answered


@pytest.fixture
def store(tmp_path):
    """Return the path of a store with three drafts."""
    path = tmp_path / "feedback.db"
    with open_store(path) as opened:
        add_texts(
            opened,
            [
                answered("My parcel is late.\nReally\x1b[31m late", "T-1", signed=-0.5),
                answered("I was charged twice, this is fraud", "T-2", signed=-0.9),
                answered("Meh, this is not what I wanted", "T-3", signed=-0.2),
            ],
        )
    return path


def test_drafts_are_listed_shown_changed_and_approved(store, run_command, monkeypatch):
    code, out, _ = run_command("replies", "list", "--store", store)
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "2     high   0.74  payment, mail T-2, en warm"
    assert lines[1] == "      I was charged twice, this is fraud"
    assert lines[3] == "      My parcel is late. Really\ufffd[31m late"
    assert lines[-2:] == [
        "drafts      3 waiting",
        f"next        sentilora replies show 2 --store {store}",
    ]
    code, out, _ = run_command("replies", "show", "2", "--store", store)
    assert out.startswith("draft       2, waiting, high (0.74)\n")
    assert "\x1b" not in out
    assert "\n---\nHello," in out
    monkeypatch.setattr(sys, "stdin", io.StringIO("You get a refund."))
    code, out, _ = run_command("replies", "edit", "2", "--reply", "-", "--store", store)
    assert (code, out) == (0, "waiting     draft 2; marked: refund\n")
    code, _, err = run_command("replies", "approve", "2", "--store", store, "--by", "Ann")
    assert code == 2
    assert "says 'refund', which a reply must not promise" in err
    assert err.endswith("all the same with --force.\n")
    code, out, _ = run_command("replies", "approve", "2", "--force", "--store", store)
    assert (code, out) == (0, "approved    draft 2; marked: refund\n")
    code, _, err = run_command("replies", "approve", "2", "--store", store)
    assert code == 1
    assert "Draft 2 was approved, by " in err


def test_json_holds_all_of_a_draft(store, run_command):
    code, out, _ = run_command("replies", "list", "--store", store, "--json", "--limit", "2")
    assert code == 0
    first, _ = json.loads(out)
    assert (first["id"], first["level"], first["marked"], first["state"]) == (
        "T-2",
        "high",
        [],
        "waiting",
    )
    arguments = ("replies", "dismiss", "2", "--note", "called her", "--by", "Ann", "--json")
    code, out, _ = run_command(*arguments, "--store", store)
    told = json.loads(out)
    assert (told["state"], told["note"], told["changed_by"]) == ("dismissed", "called her", "Ann")
    assert json.loads(run_command("replies", "show", "2", "--store", store, "--json")[1]) == told
    listed = run_command("replies", "list", "--state", "dismissed", "--store", store)[1]
    assert "2 waiting, 1 dismissed" in listed


def test_approved_replies_go_into_a_file_once(store, run_command, tmp_path):
    for number in ("1", "3"):
        assert run_command("replies", "approve", number, "--store", store)[0] == 0
    sending = ("replies", "send", "--store", store, "--to", "out.jsonl")
    assert run_command(*sending)[:2] == (0, "sent        2 sent, 0 wait, 0 failed\n")
    assert run_command(*sending)[:2] == (0, "sent        0 sent, 0 wait, 0 failed\n")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["T-1", "T-3"]
    run_command("replies", "approve", "2", "--store", store)
    (tmp_path / "replies.toml").write_text('[send]\nto = "http://127.0.0.1:9/"\n')
    code, out, _ = run_command("replies", "send", "--store", store, "--replies", "replies.toml")
    assert code == 1
    assert out.startswith("sent        0 sent, 1 wait, 0 failed\nreason      ConnectError")
    code, _, err = run_command("replies", "send", "--store", store)
    assert code == 2
    assert "Expected one of --to FILE, and --replies FILE" in err


def test_templates_are_written_out_and_checked(run_command, tmp_path):
    code, out, _ = run_command("replies", "templates", "--output", "mine")
    assert code == 0
    assert out.endswith("next        sentilora replies templates --check mine/replies.toml\n")
    code, out, _ = run_command("replies", "templates", "--check", "mine/replies.toml")
    assert code == 0
    assert out.startswith("checked     24 templates in de, en; 5 reasons\n")
    path = tmp_path / "mine" / "templates" / "en" / "other.warm.en.txt"
    path.write_text("a\n{{ name }}\n{% for x in y %}", encoding="utf-8")
    code, _, err = run_command("replies", "templates", "--check", "mine/replies.toml")
    assert code == 2
    assert "other.warm.en.txt, line 3: " in err
    code, _, err = run_command("replies", "templates")
    assert code == 2
    assert "Expected one of --output FOLDER" in err


@pytest.mark.parametrize(
    "command", ["list", "show", "approve", "edit", "dismiss", "send", "templates"]
)
def test_help_pages_end_with_an_example(command, run_command):
    code, out, _ = run_command("replies", command, "--help")
    assert code == 0
    assert out.strip().splitlines()[-1].strip().startswith(f"Example:  sentilora replies {command}")
