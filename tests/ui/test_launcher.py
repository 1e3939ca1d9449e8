"""``sentilora app`` as a user starts it: one address on stderr, nothing for others, a clean end."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest

from sentilora.errors import ConfigError, MissingExtraError
from sentilora.ui import launcher
from sentilora.ui.launcher import check_installed, free_port, launch, server_command
from sentilora.ui.settings import AppSettings

START_S = 120


def option(name, host="127.0.0.1"):
    """Return the value of an option of the server."""
    (found,) = [one for one in server_command(host, 8501) if one.startswith(f"--{name}=")]
    return found.partition("=")[2]


def test_the_server_keeps_to_itself():
    assert option("server.address") == "127.0.0.1"
    assert option("browser.gatherUsageStats") == "false"
    assert option("server.headless") == "true"
    assert option("client.showErrorDetails") == "none"
    assert option("browser.serverAddress", "0.0.0.0") == "localhost"
    # With an address of its own Streamlit does not ask the internet for one.
    assert option("browser.serverAddress", "::1") == "[::1]"


def test_streamlit_knows_every_option():
    from streamlit import config

    for one in server_command("127.0.0.1", 8501):
        if one.startswith("--"):
            assert config.get_config_options()[one[2:].partition("=")[0]]


def test_a_port_that_is_taken_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigError, match=f"Nothing can listen on 127.0.0.1:{port}: .*app --port 0"
        ):
            launch(AppSettings(), port=port, tell=print)
    assert free_port("127.0.0.1", 0) > 0


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("203.0.113.7", 0)])
def test_an_address_that_is_not_ours_is_told(host, port):
    with pytest.raises(ConfigError, match=f"Nothing can listen on {host}:{port}"):
        free_port(host, port)


def test_without_streamlit_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[app\]'"):
        check_installed()


@pytest.mark.process
def test_help_and_import_leave_streamlit_alone():
    code = (
        "import sys, sentilora, sentilora.cli.app as app, sentilora.ui.launcher\n"
        "sys.argv = ['sentilora', 'app', '--help']\n"
        "try: app.main()\n"
        "except SystemExit: pass\n"
        "assert not {'streamlit', 'altair', 'torch'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Example:  sentilora app runs/NAME" in done.stdout


@pytest.mark.process
def test_a_model_that_is_not_there_is_told_before_anything_starts(tmp_path):
    command = [sys.executable, "-m", "sentilora", "app", str(tmp_path / "none"), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_S)
    assert done.returncode == 1
    assert "There is no run or model at" in done.stderr
    assert not done.stdout


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_cleanly(number, tiny_run, tmp_path):
    command = [sys.executable, "-m", "sentilora", "app", str(tiny_run.path), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        try:
            said = process.stderr.readline()
            address = re.fullmatch(r"page +http://127\.0\.0\.1:(\d+)\n", said)
            assert address, said
            assert process.stderr.readline() == "stop        Ctrl-C\n"
            port = int(address[1])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                assert answer.status == 200
            (server,) = psutil.Process(process.pid).children()
            listening = {
                one.laddr.ip
                for one in server.net_connections()
                if one.status == psutil.CONN_LISTEN and one.laddr.port == port
            }
            assert listening == {"127.0.0.1"}
            os.kill(process.pid, number)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert not out
    assert "Traceback" not in err
    assert process.returncode == (130 if number == signal.SIGINT else 0)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_no_folder_beside_the_page_is_taken_for_the_menu():
    # Streamlit takes files of pages/ for it until st.navigation was called once in the process, so
    # that the first visitor who opens /file reads "Page not found".
    assert launcher.PAGE.is_file()
    assert not launcher.PAGE.with_name("pages").exists()
