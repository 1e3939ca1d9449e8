"""Each public name has an example in its docstring, and it runs."""

import doctest

import pytest

import sentilora
from sentilora.serving.http.asgi_app import build_app
from tests.helpers.embedded_base import needs_minilm
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import listening

LONG = {"adapt", "export", "train"}
CLIENTS = {"AsyncClient", "Client"}
NAMES = [
    pytest.param(name, marks=[pytest.mark.slow] if name in LONG else [])
    for name in sentilora.__all__
    if name != "__version__"
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.fixture
def server_url():
    with listening(build_app(FakePool("general"))) as url:
        yield url


@needs_minilm
@pytest.mark.parametrize("name", NAMES)
def test_the_example_runs(name, tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    finder = doctest.DocTestFinder(recurse=False, exclude_empty=False)
    more = {"server_url": request.getfixturevalue("server_url")} if name in CLIENTS else {}
    [example] = finder.find(getattr(sentilora, name), name, extraglobs=more)
    assert example.examples, f"the docstring of {name} has no example"
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    assert runner.run(example, out=told.append).failed == 0, "".join(told)
