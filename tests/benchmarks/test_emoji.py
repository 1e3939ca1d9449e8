"""The benchmark of emoji as words, at toy size."""

from benchmarks import emoji
from tests.helpers.texts import write_csv


def test_names_stand_in_the_place_of_emoji():
    assert emoji.as_words("Good👍🏽!") == "Good thumbs up sign !"
    assert emoji.as_words("no emoji") == "no emoji"


def test_rows_with_emoji_are_answered_in_three_ways(tiny_run, tmp_path, capsys):
    rows = [("good film 😀", "positive"), ("bad film 😡", "negative"), ("good room", "positive")]
    emoji.main([str(tiny_run.path), str(write_csv(tmp_path / "a.csv", rows))])
    out = capsys.readouterr().out
    assert out.startswith("2 of 3 texts have emoji\n")
    assert "| as it is | 100.0% |" in out
    assert "Only as words right: 0, only as it is: 0; p = 1.00" in out


def test_without_any_emoji_nothing_is_answered(tiny_run, tmp_path, capsys):
    rows = [("good film", "positive"), ("bad film", "negative")]
    emoji.main([str(tiny_run.path), str(write_csv(tmp_path / "a.csv", rows))])
    assert capsys.readouterr().out == "0 of 2 texts have emoji\n"
