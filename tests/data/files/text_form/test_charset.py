"""Encodings that are found out, and those that are asked about."""

import re

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
        "It’s great",
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


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Kötü çıktı, iade ettim. Güzel değil, boşuna para verdim", "cp1254"),
        ("Kötü çıktı, iade ettim. Güzel değil, boşuna para verdim", "cp857"),
        ("Η μπαταρία κρατάει πολύ λίγο, μεγάλη απογοήτευση", "cp1253"),
        ("Η μπαταρία κρατάει πολύ λίγο, μεγάλη απογοήτευση", "cp737"),
        ("画面が暗くて見にくいです。返品しました。", "euc_jp"),
        ("画面が暗くて見にくいです。返品しました。", "cp932"),
        ("屏幕太暗了，我很不满意，已经退货", "gb18030"),
        ("螢幕太暗了，我很不滿意，已經退貨", "big5"),
        ("화면이 너무 어두워서 반품했습니다. 실망입니다", "cp949"),
        ("Schöne Lampe, aber die Füße sind krumm und viel zu groß", "cp850"),
        ("La qualité est médiocre, je suis très déçue, même fâchée", "cp850"),
        ("La qualité est médiocre, je suis très déçue, même fâchée", "mac_roman"),
        ("Lampička svítí příliš málo, vrátil jsem ji a čekám na peníze", "cp852"),
        ("Lampička svítí příliš málo, vrátil jsem ji a čekám na peníze", "iso8859_2"),
        ("Экран слишком тёмный, вернул через неделю", "koi8_r"),
        ("Екран занадто темний, повернув через тиждень, її не раджу", "koi8_u"),
        ("Экран слишком тёмный, вернул через неделю", "cp866"),
        ("המסך כהה מדי, החזרתי אחרי שבוע", "cp1255"),
        ("الشاشة مظلمة جدا وأرجعتها بعد أسبوع", "cp1256"),
        ("หน้าจอมืดเกินไป ส่งคืนแล้ว ไม่พอใจเลย", "cp874"),
        ("Ekranas per tamsus, grąžinau po savaitės, labai nusivylęs, ačiū", "cp1257"),
        ("Skjárinn er of dökkur og þjónustan léleg, ég skilaði honum það", "cp1252"),
    ],
)
def test_the_likeliest_encoding_makes_letters_of_a_language(encoded, text, encoding):
    path = encoded(f"text\n{text}\n", encoding)
    with pytest.raises(DataError, match="its encoding is not sure") as error:
        find_encoding(path, "a.txt", None)
    named = re.findall(r'encoding="([^"]+)" if words of it are right as', str(error.value))
    assert path.read_bytes().decode(named[0]) == path.read_bytes().decode(encoding)


def test_encodings_that_are_nearly_as_likely_show_the_same_words(encoded):
    path = encoded("text\npå så få\n", "cp850")
    with pytest.raises(DataError) as error:
        find_encoding(path, "a.txt", None)
    shown = re.findall(
        r'encoding="([^"]+)" if words of it are right as \'([^\']+)', str(error.value)
    )
    assert 2 <= len(shown) <= 3
    assert len({words for _, words in shown}) == len(shown)
    line = path.read_bytes().splitlines()
    for encoding, words in shown:
        assert words in [text.decode(encoding) for text in line]


def test_western_letters_that_another_encoding_reads_as_well_are_asked_about(encoded):
    with pytest.raises(DataError, match=r'with encoding="cp1250" if .* right as'):
        find_encoding(
            encoded("text\nfoarte proastă, n-aş mai lua\ncalităţi\n", "cp1250"), "a", None
        )


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_kr"])
def test_ascii_with_escapes_is_asked_about(encoded, encoding):
    path = encoded("良い\n" if encoding == "iso2022_jp" else "좋은\n", encoding)
    with pytest.raises(DataError, match=f'encoding="{encoding}"'):
        find_encoding(path, "a.txt", None)
    assert find_encoding(path, "a.txt", encoding)[0] == encoding
