"""Bodies of requests: from bytes to a checked shape, with errors that say what to write instead."""

from __future__ import annotations

import asyncio
from codecs import BOM_UTF8
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from starlette.requests import Request

from sentilora.errors import explain, several
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.compressed_body import unpack
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.visit import VISIT, Visit
from sentilora.serving.http.waiting_requests import ClientGone

Shape = TypeVar("Shape", bound=BaseModel)
JSON_TYPE = b"application/json"
SHOWN_CHARACTERS = 60


def _whole(value: Any) -> Any:
    """Take 5.0 for 5, as JSON does not tell them apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Count = Annotated[int, Field(ge=1), BeforeValidator(_whole)]


async def read(request: Request, shape: type[Shape], limits: Limits) -> Shape:
    """Read a body; it may be compressed, and may begin with a byte order mark.

    Raises:
        Refusal: it is not JSON, has another shape, is too large, or does not arrive.
        ClientGone: the client hung up.
    """
    visit: Visit = request.scope[VISIT]
    if visit.media_type != JSON_TYPE:
        raise Refusal(
            415,
            "The body has to be declared as JSON. Send the header 'Content-Type: application/json'",
        )
    body = await read_plain(request, limits)
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error, body, shape) from None


async def read_plain(request: Request, limits: Limits) -> bytes:
    """Read all of a body, unpacked and without a byte order mark.

    Raises:
        Refusal: it is too large, cannot be unpacked, or does not arrive.
        ClientGone: the client hung up.
    """
    visit: Visit = request.scope[VISIT]
    packed = await read_bytes(request, limits.body_timeout_s)
    return unpack(packed, visit.encoding, limits.payload_limit).removeprefix(BOM_UTF8)


async def read_bytes(request: Request, timeout_s: float) -> bytes:
    """Read all of a body; the door has seen to it that it is not too large."""
    pieces = []
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                pieces.append(message.get("body", b""))
                if not message.get("more_body"):
                    break
    except TimeoutError:
        raise Refusal(
            408,
            f"The body did not arrive within {timeout_s:g} seconds. Send it again.",
            {"connection": "close"},
        ) from None
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def texts_of(value: Any, field: str, *, may_nest: bool = False) -> list[str]:
    """Return the texts of a field that holds one text or a list of them.

    Args:
        value: value of the field.
        field: name of the field.
        may_nest: whether a text of a list may stand in a list of its own, as clients of TEI write
            it.

    Raises:
        Refusal: it holds something else, or a pair of texts.
    """
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise Refusal(422, f"{field} = {_Shown(value)!r}: must be a text, or a list of texts")
    texts = []
    problems = []
    for position, item in enumerate(value):
        if may_nest and isinstance(item, list) and len(item) == 1:
            item = item[0]
        if isinstance(item, str):
            texts.append(item)
        elif isinstance(item, list):
            problems.append(
                f"{field}.{position} has {len(item)} parts; SentiLoRA reads one text at a time, "
                "not pairs. Send each text as an entry of its own"
            )
        else:
            problems.append(f"{field}.{position} = {_Shown(item)!r}: must be a text")
    if problems:
        raise Refusal(422, several("the request", problems, most=10))
    return texts


class _Shown:
    """A value as an error shows it: not more of it than one can read."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        text = repr(self.value) if not isinstance(self.value, str) else repr(self.value[:200])
        return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def no_utf8(body: bytes) -> Refusal | None:
    """Refuse a body that is not UTF-8; None for one that is."""
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        byte = body[wrong.start]
        return Refusal(
            400,
            f"The body is not UTF-8: byte {wrong.start} is 0x{byte:02x}. JSON is written in UTF-8.",
        )
    return None


def _refusal(error: ValidationError, body: bytes, shape: type[BaseModel]) -> Refusal:
    items = error.errors(include_url=False)
    if items[0]["type"] == "json_invalid":
        return no_utf8(body) or Refusal(400, f"The body is not JSON: {items[0]['ctx']['error']}")
    if items[0]["type"] in ("model_type", "model_attributes_type"):
        return Refusal(422, 'The body is not an object. Send one: {"name": value, …}')
    problems = [
        f"{'.'.join(map(str, item['loc']))}: is missing"
        if item["type"] == "missing"
        else explain({**item, "input": _Shown(item["input"])}, shape)
        for item in items[:10]
    ]
    return Refusal(422, several("the request", problems))
