#!/usr/bin/env bash
# streamlit 1.67.0: a folder "pages" beside the script decides for the first visitor what pages there are, although the
# script says so by st.navigation. Whoever opens the address of one of its pages first, say /second, is shown that page
# with a dialog "Page not found" over it, which holds the focus; the same address a second time, in another session, is
# shown without. One expects st.navigation to replace the folder, as the documentation has it, and every visit alike.
# Any Python package whose pages lie in a folder of that name is met by it.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q streamlit==1.67.0 websockets==17.0
mkdir "$folder/pages"
touch "$folder/pages/__init__.py"
cat >"$folder/app.py" <<'PY'
import streamlit as st


def first():
    st.title("The first")


def second():
    st.title("The second")


st.navigation([st.Page(first, url_path="first", default=True), st.Page(second, url_path="second")]).run()
PY
cat >"$folder/visit.py" <<'PY'
import asyncio
import sys
from importlib.metadata import version

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


async def visit(address, page):
    """Ask for a page as a browser does; say which messages come back."""
    async with websockets.connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"]) as server:
        wanted = BackMsg()
        wanted.rerun_script.page_name = page
        await server.send(wanted.SerializeToString())
        missing, title = False, ""
        while True:
            said = ForwardMsg()
            said.ParseFromString(await asyncio.wait_for(server.recv(), 30))
            missing |= said.HasField("page_not_found")
            title = said.delta.new_element.heading.body or title
            if said.HasField("script_finished"):
                return title, "page not found" if missing else "found"


address = sys.argv[1]
seen = [asyncio.run(visit(address, "second")) for _ in range(2)]
print("streamlit", version("streamlit"), "first visit:", seen[0], "second visit:", seen[1])
if seen != [("The second", "page not found"), ("The second", "found")]:
    sys.exit("The behaviour has changed.")
PY
port=$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$folder"
"$folder/venv/bin/python" -m streamlit run app.py --server.headless true --server.port "$port" --server.address 127.0.0.1 \
    --browser.gatherUsageStats false >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    "$folder/venv/bin/python" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/_stcore/health')" 2>/dev/null && break
    sleep 0.3
done
"$folder/venv/bin/python" visit.py "127.0.0.1:$port"
