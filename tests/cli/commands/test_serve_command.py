"""``sentilora serve``: what is wrong is told before anything is loaded, and what is said."""

import pytest

from sentilora.serving.http import server
from sentilora.serving.http.limits import Limits
from tests.helpers.fake_pool import make_served


@pytest.fixture
def served(monkeypatch):
    """Take the place of the server: keep what it was started with, and say that it is ready."""
    kept = {}

    def serve(open_pool, door, limits, *, open_inbox, listening, ready):
        kept.update(door=door, limits=limits, models=open_pool, inbox=open_inbox)
        listening("http://127.0.0.1:8000")
        ready([make_served("general")])

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.delenv("SENTILORA_KEY", raising=False)
    return kept


def test_the_help_page_ends_with_an_example(run_command):
    code, out, _ = run_command("serve", "--help")
    assert code == 0
    assert "Example:  sentilora serve general shop=runs/NAME --port 8000" in out
    assert "[default: 127.0.0.1]" in out


def test_the_address_goes_to_stdout_and_all_else_to_stderr(run_command, served):
    code, out, err = run_command("serve", "general")
    assert code == 0
    assert out == "http://127.0.0.1:8000\n"
    assert err.splitlines() == [
        "loading     general",
        "serving     general: negative, neutral, positive (fake, fp32, cpu)",
        "routes      http://127.0.0.1:8000/docs",
        "stop        Ctrl-C",
    ]
    assert (served["door"].host, served["door"].key) == ("127.0.0.1", None)
    assert served["limits"] == Limits()


def test_options_reach_the_server(run_command, served, tmp_path):
    key = tmp_path / "key.txt"
    key.write_text("secret\n")
    options = ["--key-file", key, "--adapters-dir", tmp_path, "--payload-limit", 5]
    code, out, err = run_command("serve", "general", "--port", 0, "--timeout-s", 1.5, *options)
    assert code == 0
    assert served["door"].key == "secret"
    assert served["door"].folders == (tmp_path,)
    assert served["limits"] == Limits(payload_limit=5, timeout_s=1.5)
    assert "secret" not in out + err


def test_the_key_may_stand_in_the_environment(run_command, served, monkeypatch):
    monkeypatch.setenv("SENTILORA_KEY", "secret")
    run_command("serve", "general")
    assert served["door"].key == "secret"


def test_an_open_door_without_a_key_is_warned_of(run_command, served, monkeypatch):
    warning = "warning: 0.0.0.0 can be reached from other machines, and no key is asked for"
    command = ["serve", "general", "--host", "0.0.0.0"]
    assert warning in run_command(*command, "--allow-without-key")[2]
    monkeypatch.setenv("SENTILORA_KEY", "secret")
    assert "warning" not in run_command(*command)[2]


def test_names_and_pages_that_may_call_reach_the_server(run_command, served):
    options = ["--allowed-host", "a.example", "--allowed-host", "b.example"]
    run_command("serve", "general", *options, "--allowed-origin", "https://shop.example")
    door = served["door"]
    assert (door.hosts, door.origins) == (("a.example", "b.example"), ("https://shop.example",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "No run was named. Expected folders of runs, exports, or 'general'"),
        (["runs/a", "more/a"], "'more/a': 'a' is 'runs/a' already. Give it another name"),
        (["a b=runs/a"], "a model cannot be called 'a b'"),
        (["general", "--key-file", "no.txt"], "The key cannot be read from no.txt"),
        (["general", "--adapters-dir", "."], "--adapters-dir lets clients load models"),
        (["general", "--timeout-s", "0"], "--timeout-s 0: must be above 0"),
        (["general", "--stop-timeout-s", "inf"], "--stop-timeout-s inf: must be above 0"),
        (["general", "--body-timeout-s", "nan"], "--body-timeout-s nan: must be above 0"),
        (["general", "--timeout-s", "1e300"], "and at most 86,400"),
        (["general", "--max-queue-texts", "9" * 30], "and at most 1,000,000,000"),
        (["general", "--max-concurrent-requests=-5"], "--max-concurrent-requests -5: must be"),
        (["general", "--default", "shop"], "there is no such model. Served here: general"),
        (["general", "--alias", "s=shop"], "there is no model 'shop'. Served here: general"),
    ],
)
def test_what_is_wrong_is_told_at_once(run_command, served, arguments, message):
    code, out, err = run_command("serve", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert not served


def test_a_folder_of_adapters_has_to_be_there(run_command, served, monkeypatch):
    monkeypatch.setenv("SENTILORA_KEY", "secret")
    code, _, err = run_command("serve", "general", "--adapters-dir", "nowhere")
    assert code == 2
    assert "--adapters-dir nowhere: there is no such folder" in err


def test_the_extra_is_named_when_it_is_missing(run_command, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "sentilora.serving.http.server", None)
    code, _, err = run_command("serve", "general")
    assert code == 1
    assert "pip install 'sentilora[server]'" in err


def test_a_store_reaches_the_server_and_rules_want_one(run_command, served, tmp_path):
    assert run_command("serve", "general")[0] == 0
    assert served["inbox"] is None
    assert run_command("serve", "general", "--feedback", tmp_path / "feedback.db")[0] == 0
    assert callable(served["inbox"])
    code, _, err = run_command("serve", "general", "--rules", "rules.toml")
    assert code == 2
    assert "--rules rules.toml needs texts that are stored" in err
    code, _, err = run_command("serve", "general", "--feedback", "f.db", "--keep-text", "never")
    assert code == 2
    assert "--keep-text never: expected all, none, or a number of days" in err
