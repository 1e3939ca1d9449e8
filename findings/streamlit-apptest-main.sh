#!/usr/bin/env bash
# streamlit 1.67.0: after AppTest has run a page, sys.modules["__main__"] is that page, for as long as the process lives.
# One expects, as of a test client, that a test leaves the process as it was. multiprocessing's "spawn" starts each
# later process by running the file of __main__: the page, not the program. What the page does on its first lines is
# then done again in every worker, before the worker's own function; where that fails, the worker ends with code 1.
# Met where one run of tests draws pages and, in another file, races processes against each other.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q streamlit==1.67.0
cat >"$folder/page.py" <<'PY'
import streamlit as st

print("the page runs in", __name__)
st.title("A page")
PY
cat >"$folder/work.py" <<'PY'
def work(queue):
    queue.put("done")
PY
cat >"$folder/program.py" <<'PY'
import multiprocessing
import sys

import streamlit

from work import work


def answer():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=work, args=(queue,))
    process.start()
    said = queue.get(timeout=60)
    process.join()
    return said


if __name__ == "__main__":
    from streamlit.testing.v1 import AppTest

    own = sys.modules["__main__"].__file__
    print("streamlit", streamlit.__version__, "a process before:", answer(), flush=True)
    AppTest.from_file("page.py", default_timeout=60).run()
    left = sys.modules["__main__"].__file__
    print("a process after:", answer(), flush=True)
    print("__main__ was", own.rsplit("/", 1)[-1], "and is", left.rsplit("/", 1)[-1])
    if left == own:
        sys.exit("The behaviour has changed.")
PY
cd "$folder"
said=$("$folder/venv/bin/python" program.py 2>/dev/null)
echo "$said"
# Seen: "the page runs in __main__" for the test, and "the page runs in __mp_main__" from the process after it.
grep -q "the page runs in __mp_main__" <<<"$said" || { echo "The behaviour has changed." >&2; exit 1; }
