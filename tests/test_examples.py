"""Each public name has an example in its docstring, and it runs."""

import doctest

import pytest

import sentilora
from tests.helpers.embedded_base import needs_minilm

# Their proof starts a process.
STARTERS = {"adapt", "export", "train"}
NAMES = [
    pytest.param(name, marks=[pytest.mark.process] if name in STARTERS else [])
    for name in sentilora.__all__
    if name != "__version__"
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@needs_minilm
@pytest.mark.parametrize("name", NAMES)
def test_the_example_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    finder = doctest.DocTestFinder(recurse=False, exclude_empty=False)
    [example] = finder.find(getattr(sentilora, name), name)
    assert example.examples, f"the docstring of {name} has no example"
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    assert runner.run(example, out=told.append).failed == 0, "".join(told)
