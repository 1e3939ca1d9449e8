"""Encodings that are found out, and those that are asked about."""

import pytest

from sentilora.data.files.plaintext import PlainTextFile
from sentilora.data.files.read_options import Reading
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.problems import Problems
from sentilora.errors import DataError


@pytest.fixture
def encoded(tmp_path):
    def write(text, encoding):
        path = tmp_path / "a.txt"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        "Die Soße war kalt",
        "Très déçu, à éviter",
        "¡Qué mala compañía!",
        "It’s “fine”",
        "Størrelse på",
    ],
)
def test_western_european_text_is_found_and_told(encoded, text):
    encoding, notes = find_encoding(encoded(f"text\n{text}\n", "cp1252"), "a.txt", None)
    assert encoding == "cp1252"
    assert 'is read as Windows-1252 (encoding="cp1252")' in notes[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Очень плохой товар, не рекомендую, верните деньги за этот заказ", "cp1251"),
        ("Bardzo zły, gęsty żurek, nie polecam", "cp1250"),
        ("Velmi špatná polévka, příště ne", "cp1250"),
        ("とても良い商品です", "cp932"),
    ],
)
def test_other_encodings_are_named_with_a_word(encoded, text, encoding):
    with pytest.raises(DataError, match=f'encoding="{encoding}" if words of it are right') as error:
        find_encoding(encoded(f"text\n{text}\n" * 3, encoding), "a.txt", None)
    assert any(word in str(error.value) for word in text.replace(",", " ").split())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_unicode_is_read_with_and_without_a_mark(encoded, encoding):
    table = PlainTextFile(encoded("Die Soße war kalt\nNie wieder\n", encoding), "a.txt")
    (chunk,) = table.chunks(("text",), Problems("a.txt"))
    assert chunk.columns["text"] == ["Die Soße war kalt", "Nie wieder"]


def test_a_file_of_utf8_with_broken_rows_stays_utf8(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Die Soße\n".encode() * 3 + "kühl\n".encode("cp1252"))
    assert find_encoding(path, "a.txt", None) == ("utf-8-sig", ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_may_hold_emoji(encoded, encoding):
    assert find_encoding(encoded("Nie wieder 😀\n" * 9, encoding), "a.txt", None)[0] == encoding


def test_hungarian_is_not_read_as_western(encoded):
    with pytest.raises(DataError, match='encoding="cp1250"'):
        find_encoding(encoded("Nagyon jó, őszintén tűrhető\n" * 3, "cp1250"), "a.txt", None)


def test_utf16_is_read_without_a_mark_and_refused_where_it_is_none(encoded):
    table = PlainTextFile(encoded("Nie wieder\n", "utf-16-le"), "a.txt", Reading(encoding="utf-16"))
    assert next(table.chunks(("text",), Problems("a.txt"))).columns["text"] == ["Nie wieder"]
    table = PlainTextFile(encoded("Nie wieder!\n", "utf-8"), "a.txt", Reading(encoding="utf-16"))
    with pytest.raises(DataError, match='not text of encoding="utf-16"'):
        list(table.chunks(("text",), Problems("a.txt")))
