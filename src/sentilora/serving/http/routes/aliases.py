"""Other names of models, and the default: moved to another model in one step, without a gap."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import FastAPI, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from sentilora.runs.named_runs import NAME
from sentilora.serving.http.messages.bodies import read
from sentilora.serving.http.messages.openapi import answers, body
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.routes.adapters import GONE, Removed, check_allowed
from sentilora.serving.http.service import Service


class NamedRequest(BaseModel):
    """A model that is served."""

    model_config = ConfigDict(extra="forbid", strict=True)

    model: Annotated[str, Field(description="Name of a model that is served.")]


class Named(BaseModel):
    """What a name means from now on."""

    id: str
    object: Literal["alias"]
    model: str
    before: Annotated[str | None, Field(description="The model that it meant until now.")]


ASKED = {"model": "support-v2"}
MEANT = {"id": "support", "object": "alias", "model": "support-v2", "before": "support-v1"}
REMOVED = GONE | {"id": "support", "object": "alias"}
Alias = Annotated[str, Path(pattern=NAME)]
NAME_EXPECTED = "expected up to 64 letters, digits, '.', '_' or '-'."
FAULTS = (400, 401, 403, 404, 408, 409, 413, 415, 422, 500, 503)


def add_to(app: FastAPI, service: Service) -> None:
    """Add the routes."""
    names = service.names

    async def put(request: Request, name: Alias) -> Response:
        """Let a name mean a model; requests that were accepted are answered by the one before."""
        check_allowed(service)
        asked = await read(request, NamedRequest, service.limits)
        pool = service.ready()
        if not re.fullmatch(NAME, name):
            raise Refusal(422, f"{name[:80]!r} is no name: {NAME_EXPECTED}")
        if name in names.coming or any(one.name == name for one in pool.served()):
            raise Refusal(409, f"{name!r} is the name of a model. Choose another one.")
        model = pool.find(asked.model).name
        before = names.aliases.get(name)
        names.aliases[name] = model
        return reply_json({"id": name, "object": "alias", "model": model, "before": before})

    async def remove(request: Request, name: str) -> Response:
        """Forget a name; the model stays."""
        check_allowed(service)
        service.ready()
        if name not in names.aliases:
            there = ", ".join(names.aliases) or "none"
            raise Refusal(404, f"There is no alias {name[:80]!r}. There are: {there}")
        if names.default == name:
            raise Refusal(
                409,
                f"{name!r} answers requests that name no model. Let another one do that first: "
                "PUT /v1/default",
            )
        del names.aliases[name]
        return reply_json({"id": name, "object": "alias", "deleted": True})

    async def put_default(request: Request) -> Response:
        """Choose the model, or the alias, that answers requests which name none."""
        check_allowed(service)
        asked = await read(request, NamedRequest, service.limits)
        model = service.find(asked.model).name
        before = service.find(None).name
        names.default = asked.model
        return reply_json({"id": asked.model, "object": "alias", "model": model, "before": before})

    app.add_api_route(
        "/v1/aliases/{name}",
        put,
        methods=["PUT"],
        tags=["adapters"],
        response_model=None,
        openapi_extra=body(NamedRequest, ASKED),
        responses=answers(Named, MEANT, *FAULTS),
    )
    app.add_api_route(
        "/v1/aliases/{name}",
        remove,
        methods=["DELETE"],
        tags=["adapters"],
        response_model=None,
        responses=answers(Removed, REMOVED, 401, 403, 404, 409, 422, 500, 503),
    )
    app.add_api_route(
        "/v1/default",
        put_default,
        methods=["PUT"],
        tags=["adapters"],
        response_model=None,
        openapi_extra=body(NamedRequest, ASKED),
        responses=answers(Named, MEANT, *FAULTS),
    )
