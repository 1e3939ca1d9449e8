"""Servers that store what they are sent, answered by a pool without weights."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sentilora.monitoring.model_panel import ModelPanel
from sentilora.monitoring.pooled_model import PooledModel
from sentilora.monitoring.served_feedback import ServedFeedback
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import FEEDBACK
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.model_names import Names
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import connected, listening

PATH = "/v1/feedback"
LINES = "application/x-ndjson"


@contextlib.contextmanager
def keeping(
    store: Path | str, pool: FakePool | None = None, limits: Limits | None = None, **more: Any
) -> Iterator[str]:
    """Run a server with a store, and give its address."""
    pool = pool or FakePool("general")
    limits = limits or Limits()
    key = more.pop("key", None)
    app = build_app(pool, limits, keeps=True, key=key)
    inbox = ServedFeedback(pool, Names(), limits, store=store, **more)
    app.state.service.take(None, inbox)
    with listening(app) as url:
        yield url


def fake_models() -> ModelPanel:
    """Return a model that answers as the pool without weights does."""
    model = PooledModel(FakePool("general"), Names(), threading.Event())
    return ModelPanel({model.name: model})


def send(
    url: str, body: Any, media_type: str = "application/json", **headers: str
) -> tuple[int, dict[str, str], Any]:
    """Send records, as values or as bytes; return status, headers and answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-type": media_type} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    with connected(url) as connection:
        return send_by(connection, content, sent)


def send_by(
    connection: HTTPConnection, content: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, str], Any]:
    """Send records over a connection that is open."""
    connection.request("POST", PATH, content, headers)
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    return response.status, found, json.loads(response.read())


def outcomes(answer: Any) -> list[str]:
    """Return what became of each record."""
    return [one["outcome"] for one in answer["data"]]


def stored_ids(store: Path | str, table: sa.Table = FEEDBACK, column: str = "id") -> list[Any]:
    """Return the ids in a store, in the order in which they came."""
    with open_store(store) as opened, opened.engine.connect() as connection:
        asked = sa.select(table.c[column]).order_by(table.c.number)
        return list(connection.execute(asked).scalars())
