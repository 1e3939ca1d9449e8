"""An app on a pool without weights: in this process, and on a port of the loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

import sentilora
from sentilora.model.tokens import TextRule
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.queue.pool_factory import open_pool
from tests.helpers.adapters import save_adapter
from tests.helpers.fake_pool import FakePool
from tests.helpers.served_models import LABELS, TEXTS


@pytest.fixture
def pool() -> FakePool:
    return FakePool("general")


@pytest.fixture
def client(pool: FakePool) -> Iterator[TestClient]:
    with TestClient(build_app(pool), base_url="http://localhost") as found:
        yield found


@pytest.fixture(scope="session")
def folders(tiny_bases, tmp_path_factory):
    """Return model folders by name: two adapters on one base, other bases, and full weights."""
    root = tmp_path_factory.mktemp("served")
    made = {
        name: save_adapter(tiny_bases[base], root / name / "model", names, seed)
        for seed, (name, (base, names)) in enumerate(LABELS.items())
    }
    made["full-3"] = save_adapter(
        tiny_bases["bert"], root / "full", ("a", "b", "c"), 9, kind="model"
    )
    made["windows-2"] = save_adapter(
        tiny_bases["bert"], root / "w", ("no", "yes"), 10, rule=TextRule(8, "windows")
    )
    return made


@pytest.fixture(scope="session")
def alone(folders):
    """Return each model's own answers to the texts."""
    return {
        name: sentilora.load(path, device="cpu").score(TEXTS).logits
        for name, path in folders.items()
    }


@pytest.fixture
def make_pool(folders):
    """Make pools that are closed in the end."""
    made = []

    def make(*names, **options):
        pool = open_pool({name: folders[name] for name in names}, device="cpu", **options)
        made.append(pool)
        return pool

    yield make
    for pool in made:
        pool.close(timeout_s=20)
