"""Bodies that hold records: one as JSON, several in a list, or one a line."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import Any

from starlette.requests import Request

from sentilora.errors import several
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.bodies import JSON_TYPE, no_utf8, read_plain
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.visit import VISIT, Visit
from sentilora.serving.inbox import Entry, Kept

LINE_TYPES = (
    b"application/x-ndjson",
    b"application/ndjson",
    b"application/jsonl",
    b"application/x-jsonlines",
)
SHOWN_CHARACTERS = 200
SHOWN_PROBLEMS = 50
KEY_CHARACTERS = 255


async def read_entries(request: Request, limits: Limits) -> tuple[list[Entry], str]:
    """Read the records of a body, and what ids of those without one begin with.

    That is a word of chance; with the header ``Idempotency-Key`` it is made of its value and the
    body, so that the same request gives the same ids.

    Raises:
        Refusal: the body is no JSON at all, or holds no records or too many.
        ClientGone: the client hung up.
    """
    visit: Visit = request.scope[VISIT]
    is_lines = visit.media_type in LINE_TYPES
    if not is_lines and visit.media_type != JSON_TYPE:
        raise Refusal(
            415,
            "The body has to be declared as JSON or as JSON Lines. Send the header 'Content-Type: "
            "application/json' or 'Content-Type: application/x-ndjson'",
        )
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > KEY_CHARACTERS:
        raise Refusal(
            422, f"Idempotency-Key has {len(key)} characters; at most {KEY_CHARACTERS} are taken."
        )
    body = await read_plain(request, limits)
    entries = _lines(body) if is_lines else _parts(body)
    if not entries:
        raise Refusal(422, "There is no record. Send one at least.")
    if len(entries) > limits.max_client_batch_size:
        raise Refusal(
            413,
            f"{len(entries)} records in one request; at most {limits.max_client_batch_size} are "
            "taken. Send them in several requests.",
        )
    return entries, _token(key, body)


def refuse_all(kept: list[Kept]) -> Refusal:
    """Refuse a request of whose records none is one, and say of each why."""
    problems = [f"record {one.index}: {one.reason}" for one in kept]
    return Refusal(422, several("the records", problems, most=SHOWN_PROBLEMS))


def _token(key: str, body: bytes) -> str:
    if not key:
        return secrets.token_hex(8)
    return sha256(key.encode() + b"\n" + body).hexdigest()[:32]


def _parts(body: bytes) -> list[Entry]:
    try:
        value = _parsed(body)
    except ValueError as error:
        raise no_utf8(body) or Refusal(400, f"The body is not JSON: {error}") from None
    if isinstance(value, dict):
        return [Entry(value)]
    if isinstance(value, list):
        return [Entry(one) for one in value]
    raise Refusal(422, 'The body is no record. Send one, {"text": "…"}, or a list of them.')


def _lines(body: bytes) -> list[Entry]:
    entries = []
    for line in body.split(b"\n"):
        if not line.strip():
            continue
        try:
            entries.append(Entry(_parsed(line)))
        except ValueError as error:
            shown = line[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")[:SHOWN_CHARACTERS]
            entries.append(Entry(shown, f"it is no JSON: {error}"))
    return entries


def _parsed(content: bytes) -> Any:
    """Read JSON; halves of surrogate pairs are let through, as programs that cut texts write them.

    Raises:
        ValueError: it is none, or nested too deeply.
    """
    try:
        return json.loads(content.decode(), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is no UTF-8") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
