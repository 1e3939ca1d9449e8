"""A base is refused when its tokenizer is missing, or is not its own."""

import json
import shutil

import pytest

import sentilora
from sentilora.errors import ModelError
from sentilora.model.classifier import load_tokenizer
from tests.helpers.tiny_bases import ARCHITECTURES


@pytest.fixture
def copied(tiny_base, tmp_path):
    return shutil.copytree(tiny_base, tmp_path / "base")


def set_config(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def without_tokenizer(folder):
    for file in folder.glob("tokenizer*"):
        file.unlink()


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_a_folder_without_a_tokenizer_is_refused(tiny_bases, tmp_path, kind):
    folder = shutil.copytree(tiny_bases[kind], tmp_path / "base")
    without_tokenizer(folder)
    with pytest.raises(
        ModelError,
        match=r"holds no tokenizer\. Found: config\.json, model\.safetensors; expected tokenizer\.",
    ):
        load_tokenizer(str(folder))


def test_training_on_it_is_refused_before_anything_is_written(copied, tiny_data, tmp_path):
    without_tokenizer(copied)
    with pytest.raises(ModelError, match="holds no tokenizer"):
        sentilora.train(tiny_data, base=str(copied), output=str(tmp_path / "runs"))
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("rows", [20, 30_522])
def test_a_tokenizer_of_another_size_than_the_embedding_table_is_refused(copied, rows):
    set_config(copied, vocab_size=rows)
    with pytest.raises(
        ModelError, match=rf"does not belong to its model: it knows \d+ tokens, .* {rows:,} rows"
    ):
        load_tokenizer(str(copied))


def test_a_table_that_was_rounded_up_is_fine(copied):
    size = len(load_tokenizer(str(copied)))
    set_config(copied, vocab_size=-(-size // 64) * 64)
    assert len(load_tokenizer(str(copied))) == size


def test_only_special_tokens_left_in_a_file_are_no_vocabulary(copied):
    without_tokenizer(copied)
    (copied / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    set_config(copied, vocab_size=30_522)
    with pytest.raises(ModelError, match="knows 5 tokens, and the embedding table has 30,522 rows"):
        load_tokenizer(str(copied))


def test_a_damaged_tokenizer_is_named(copied):
    (copied / "tokenizer.json").write_text("{")
    with pytest.raises(ModelError, match=r"No tokenizer could be loaded from .*base: "):
        load_tokenizer(str(copied))
