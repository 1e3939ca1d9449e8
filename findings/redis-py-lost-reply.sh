#!/usr/bin/env bash
# redis-py 8.1.0: an XREADGROUP whose reply is lost is sent again, and the entries of the lost reply are skipped.
# One expects a reader of a group to see entries in their order, or an error when the connection breaks. Redis has
# delivered what it answered, and what it answered is pending; the client, which retries every command up to ten times by
# itself, asks for ">" again and gets the entries after those. No error, no warning: the first ones stay pending until
# somebody claims them, and come after what was written later, or never. Retry(NoBackoff(), 0) raises ConnectionError, upon
# which one can read what is pending (ID 0) first. Here a proxy cuts the connection once, in the place of a reply.
# SentiLoRA's source for Redis reads so.
set -euo pipefail
command -v redis-server >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server >/dev/null; }
folder=$(mktemp -d)
redis-server --bind 127.0.0.1 --port 26399 --dir "$folder" --save '' >/dev/null &
server=$!
trap 'kill "$server"; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q redis==8.1.0
"$folder/venv/bin/python" -W error - <<'PYTHON'
import asyncio
import sys

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError

cuts = 0


async def proxy(reader, writer):
    """Pass bytes on; cut the connection instead of passing on the reply to XREADGROUP, while there are cuts left."""
    global cuts
    upstream, server = await asyncio.open_connection("127.0.0.1", 26399)
    while asked := await reader.read(65536):
        server.write(asked)
        answered = await upstream.read(65536)
        if b"XREADGROUP" in asked and cuts:
            cuts -= 1
            break
        writer.write(answered)
    writer.close()
    server.close()


async def read(stream, **how):
    """Write three entries, read one at a time until nothing comes; return them and how many are pending unseen."""
    global cuts
    async with Redis(port=26399) as direct:
        await direct.xgroup_create(stream, "group", id="0", mkstream=True)
        for number in (1, 2, 3):
            await direct.xadd(stream, {"number": number})
        cuts, seen = 1, []
        async with Redis(port=26398, **how) as client:
            while found := await client.xreadgroup("group", "me", {stream: ">"}, count=1):
                ((_, ((entry, fields),)),) = found.items() if isinstance(found, dict) else found
                seen.append(int(fields[b"number"]))
                await client.xack(stream, "group", entry)
        return seen, (await direct.xpending(stream, "group"))["pending"]


async def main():
    async with await asyncio.start_server(proxy, "127.0.0.1", 26398):
        seen, left = await read("by default")
        print(f"as it comes: read {seen}, pending and never seen: {left}")
        try:
            await read("without retries", retry=Retry(NoBackoff(), 0))
            raised = False
        except ConnectionError as error:
            raised = True
            print(f"without retries: ConnectionError: {error}")
    if seen != [2, 3] or left != 1 or not raised:
        sys.exit("The behaviour has changed.")


asyncio.run(main())
PYTHON
