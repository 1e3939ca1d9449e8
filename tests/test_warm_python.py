"""Forked Python programs behave as those that subprocess starts."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.helpers import warm_python
from tests.helpers.http_client import until

FACTS = """
import json, os, sys
facts = [__name__, sys.argv, os.getcwd(), os.environ["SAID"], sys.stdin.read()]
print(json.dumps([*facts, "torch" in sys.modules]))
print("and this", file=sys.stderr)
sys.exit(3)
"""
WAITING = "import sys, time\nprint('ready', flush=True)\ntime.sleep(60)"

pytestmark = pytest.mark.process


@pytest.mark.parametrize("is_warm", [True, False])
def test_a_program_gets_what_it_is_given_and_says_how_it_ended(tmp_path, is_warm):
    done = (warm_python if is_warm else subprocess).run(
        [sys.executable, "-c", FACTS, "one", "two"],
        input="typed",
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "SAID": "so"},
    )
    told = ["__main__", ["-c", "one", "two"], str(tmp_path), "so", "typed", is_warm]
    assert json.loads(done.stdout) == told
    assert (done.stderr, done.returncode) == ("and this\n", 3)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_as_any_process(number):
    with warm_python.Popen(
        [sys.executable, "-c", WAITING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        assert process.poll() is None
        with pytest.raises(subprocess.TimeoutExpired, match="timed out after 0"):
            process.wait(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
        assert process.returncode == -number
        assert ("KeyboardInterrupt" in said) == (number == signal.SIGINT)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_another_environment_at_import_takes_a_new_process():
    code = "import os, sys; print(os.environ['OMP_NUM_THREADS'], 'torch' in sys.modules)"
    environment = {**os.environ, "OMP_NUM_THREADS": "3"}
    done = warm_python.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "3 False\n"


def test_programs_end_with_the_one_that_asked_for_them():
    code = f"""
import subprocess, sys, time
from tests.helpers import warm_python
from tests.helpers.http_client import until
process = warm_python.Popen([sys.executable, "-c", {WAITING!r}], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        number = int(process.stdout.readline())
        os.kill(number, 0)
        process.kill()
    until(lambda: not is_running(number))


def is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
