"""Adapters come and go while the server runs: with the key, and from folders that were allowed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from sentilora.errors import SentiloraError
from sentilora.message import setting
from sentilora.runs.named_runs import NAME
from sentilora.serving.http.messages.bodies import read
from sentilora.serving.http.messages.openapi import answers, body
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.routes.info import MODEL, Model, describe_models
from sentilora.serving.http.service import Service
from sentilora.serving.pool import Closing, NameTaken, Pool


class AdapterRequest(BaseModel):
    """An adapter to load."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[
        str, Field(pattern=NAME, description="What requests call it: letters, digits, . _ -")
    ]
    path: Annotated[
        str,
        Field(
            min_length=1,
            max_length=1024,
            pattern=r"^[^\x00]+$",
            description="A run, its model/, or an export, inside a folder that the server was "
            "started with (adapters_dir); absolute, or relative to such a folder.",
        ),
    ]


class Removed(BaseModel):
    """What was taken away."""

    id: str
    object: Literal["model", "alias"]
    deleted: bool


ASKED = {"name": "reviews", "path": "2026-11-20-reviews"}
GONE = {"id": "reviews", "object": "model", "deleted": True}


def add_to(app: FastAPI, service: Service) -> None:
    """Add the routes."""
    created = int(time.time())

    async def add(request: Request) -> Response:
        """Load an adapter, check it, and answer with it from now on."""
        check_allowed(service)
        asked = await read(request, AdapterRequest, service.limits)
        path = find_folder(asked.path, service.folders)
        pool = service.ready()
        if asked.name in service.names.aliases:
            raise Refusal(409, f"{asked.name!r} is an alias. Choose another name for the model.")
        service.names.coming.add(asked.name)
        try:
            served = await asyncio.to_thread(pool.add, asked.name, str(path))
        except (NameTaken, Closing):
            raise
        except SentiloraError as error:  # it is damaged, or cannot be computed here
            raise Refusal(422, error.template) from error
        finally:
            service.names.coming.discard(asked.name)
        [described] = describe_models([served], created, service)
        return reply_json(described, status=201)

    async def remove(request: Request, name: str) -> Response:
        """Take a model away; what was accepted for it is still answered."""
        check_allowed(service)
        pool = service.ready()
        _check_unused(service, name, pool)
        pool.remove(name)  # in the event loop, so that no name can be given to it meanwhile
        if service.names.default == name:
            service.names.default = None
        return reply_json({"id": name, "object": "model", "deleted": True})

    app.add_api_route(
        "/v1/adapters",
        add,
        methods=["POST"],
        tags=["adapters"],
        status_code=201,
        response_model=None,
        openapi_extra=body(AdapterRequest, ASKED),
        responses=answers(
            Model, MODEL, 400, 401, 403, 408, 409, 413, 415, 422, 500, 503, status=201
        ),
    )
    app.add_api_route(
        "/v1/adapters/{name}",
        remove,
        methods=["DELETE"],
        tags=["adapters"],
        response_model=None,
        responses=answers(Removed, GONE, 401, 403, 404, 409, 422, 500, 503),
    )


def find_folder(path: str, folders: tuple[Path, ...]) -> Path:
    """Return a folder that lies inside one of ``folders``, symbolic links followed.

    Raises:
        Refusal: it lies elsewhere, or is not there. Elsewhere nothing is looked at.
    """
    if not folders:
        raise Refusal(
            403,
            f"This server adds no adapters. Start it with {setting('adapters_dir', 'FOLDER')} to "
            "allow those inside a folder.",
        )
    inside = [
        place
        for folder in folders
        if (place := _resolve(folder, path)) is not None
        and place not in folders
        and any(place.is_relative_to(allowed) for allowed in folders)
    ]
    if not inside:
        raise Refusal(
            403,
            f"path = {path!r}: lies outside of the folders that {setting('adapters_dir')} allows",
        )
    for place in inside:
        if place.is_dir():
            return place
    raise Refusal(422, f"path = {path!r}: there is no such folder where adapters may lie")


def _resolve(folder: Path, path: str) -> Path | None:
    """Follow a path as far as it leads; an absolute one takes the place of the folder."""
    try:
        return (folder / path).resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, a zero byte
        return None


def _check_unused(service: Service, name: str, pool: Pool) -> None:
    """Refuse to take away what other names lead to; who uses them would get no answer."""
    if name in service.names.aliases:
        raise Refusal(409, f"{name!r} is an alias. Remove it with DELETE /v1/aliases/{name}")
    pool.find(name)
    if aliases := service.names.aliases_of(name):
        raise Refusal(
            409,
            f"The model {name!r} is meant by the alias {', '.join(map(repr, aliases))}. Let it "
            f"mean another one first: PUT /v1/aliases/{aliases[0]}",
        )
    if service.find(None).name == name and len(pool.served()) > 1:
        raise Refusal(
            409,
            f"The model {name!r} answers requests that name none. Let another one do that first: "
            "PUT /v1/default",
        )


def check_allowed(service: Service) -> None:
    """Let only those change what is served who have shown a key.

    Raises:
        Refusal: this server has none.
    """
    if service.key is None:
        raise Refusal(
            403,
            "What is served can be changed only on a server that has a key. Start it with "
            f"{setting('key_file', 'FILE')}, or with SENTILORA_KEY in its environment.",
        )
