"""One model for all sessions: loaded once, asked by one thread at a time, not kept for ever."""

import gc
import shutil
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

import sentilora
from sentilora.errors import ModelError
from sentilora.model.artifact import write_manifest
from sentilora.ui.models import model_cache
from sentilora.ui.models.model_cache import MOST_MODELS, open_shared

TEXTS = ["good film", "bad food", "the room was awful and dirty", "we love it", "blue table"]


@pytest.fixture(autouse=True)
def _forget():
    yield
    model_cache._load.clear()


def copies(run, folder, count):
    """Return models that differ by a file."""
    for number in range(count):
        shutil.copytree(run.model_path, folder / str(number))
        (folder / str(number) / "note.txt").write_text(str(number), encoding="utf-8")
        write_manifest(folder / str(number))
        yield str(folder / str(number))


def test_a_path_is_loaded_once_and_answers_as_the_library(tiny_run):
    model = open_shared(str(tiny_run.path))
    assert open_shared(str(tiny_run.path)) is model
    assert model.predict(TEXTS) == sentilora.load(tiny_run.path).predict(TEXTS)


def test_a_model_that_was_written_again_is_loaded_again(tiny_run, tmp_path):
    (path,) = copies(tiny_run, tmp_path, 1)
    model = open_shared(path)
    (tmp_path / "0" / "note.txt").write_text("changed", encoding="utf-8")
    with pytest.raises(ModelError, match=r"note\.txt was changed"):
        sentilora.load(path)
    write_manifest(tmp_path / "0")
    assert open_shared(path) is not model


def test_only_a_few_models_stay_in_memory(tiny_run, tmp_path):
    paths = list(copies(tiny_run, tmp_path, MOST_MODELS + 1))
    first = weakref.ref(open_shared(paths[0]))
    for path in paths[1:]:
        open_shared(path)
    gc.collect()
    assert first() is None


def test_threads_take_turns_and_get_their_own_answers(tiny_run, monkeypatch):
    model = open_shared(str(tiny_run.path))
    expected = {text: model.predict(text) for text in TEXTS}
    words = {text: model.explain(text) for text in TEXTS}
    inside, most = 0, 0
    counting = threading.Lock()
    original = type(model.engine).logits

    def logits(engine, inputs):
        nonlocal inside, most
        with counting:
            inside += 1
            most = max(most, inside)
        time.sleep(0.001)
        found = original(engine, inputs)
        with counting:
            inside -= 1
        return found

    monkeypatch.setattr(type(model.engine), "logits", logits)

    def ask(text):
        return model.predict(text), model.explain(text)

    with ThreadPoolExecutor(8) as pool:
        for text, (prediction, explanation) in zip(
            TEXTS * 8, pool.map(ask, TEXTS * 8), strict=True
        ):
            assert prediction == expected[text]
            assert explanation == words[text]
    assert most == 1
