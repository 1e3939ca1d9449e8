"""CSV and TSV of every form that spreadsheets, survey tools and data sets write."""

import re

import pytest

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.data.files.read_options import Reading
from sentilora.data.files.tables import open_batches, open_table
from sentilora.data.labelled.reader import read_examples
from sentilora.data.problems import Problems
from sentilora.errors import DataError
from sentilora.message import Message

LABELS = ("bad", "good")


def rows_of(count, separator=","):
    return [f"The soup no. {n} was fine{separator}{LABELS[n % 2]}" for n in range(count)]


@pytest.fixture
def file(tmp_path):
    def write(content, name="a.csv"):
        path = tmp_path / name
        content = "\n".join([*content, ""]) if isinstance(content, list) else content
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(path, **options):
    """Return names, rows, lines about bad rows, and notes, in the words of the command line."""
    table = open_table(path, reading=Reading(**options))
    problems = Problems(table.name)
    rows = []
    for chunk in table.chunks(table.names, problems):
        rows += zip(*(chunk.columns[name] for name in table.names), strict=True)
    lines = [Message(line).spelled(COMMAND_LINE) for line in problems.row_lines()]
    return table.names, rows, lines, [note.spelled(COMMAND_LINE) for note in table.notes]


def refusal(path):
    with pytest.raises(DataError, match=r".") as error:
        open_table(path)
    return error.value.message.spelled(COMMAND_LINE)


def advised(text):
    """Return the settings of the first advice in an error, as options that can be read with."""
    words = re.search(r"[Rr]ead it with ((?:--\S+ '?[^ ;']+'? ?)+)", text.replace(". ", " . "))[1]
    pairs = re.findall(r"--(\S+) '?([^ ;']+)'?", words)
    options = {name.replace("-", "_"): value.rstrip(".") for name, value in pairs}
    return options | {k: int(v) for k, v in options.items() if k == "skip_lines"}


def test_a_quote_that_closes_rows_later_is_named_and_its_rows_are_read(file):
    content = [
        "id,text",
        "1,Great",
        '2,"Awful soup',
        "3,Love it",
        "4,Never",
        '5,he said ok"',
        "6,A",
    ]
    _, rows, lines, _ = read(file(content))
    assert [row[0] for row in rows] == ["1", "3", "4", "5", "6"]
    assert "row 2 (lines 3 to 6)" in lines[0]
    assert "read it with --quoting none" in lines[0]
    assert len(read(file(content), quoting="none")[1]) == 6


def test_a_quote_that_is_never_closed_costs_its_own_row_only(file):
    content = ["label,text", *[f"good,Soup {n}" for n in range(40)]]
    content[20] = 'good,"Soup 19'
    _, rows, lines, _ = read(file(content))
    assert len(rows) == 39
    assert "row 20 (lines 21 to 41)" in lines[0]


@pytest.mark.parametrize("order", ["text,label", "label,text"])
def test_quotes_around_rows_stop_a_training(file, order):
    content = [order, *rows_of(12)]
    if order == "label,text":
        content[1:] = [",".join(reversed(row.split(","))) for row in content[1:]]
    content[3], content[6] = content[3].replace("The", '"The'), content[6].replace("fine", 'ok"')
    with pytest.raises(DataError, match=r"row 3 \(line"):
        read_examples(file(content))


def test_texts_of_several_lines_are_read(file):
    rows = [
        '1,"Dear all,\n\nthe soup, was cold.\nBye",bad',
        "2,Nice,good",
        '3,"one, two\nthree",bad',
    ]
    _, found, lines, _ = read(file(["id,text,label", *rows, "4,Fine,good"]))
    assert not lines
    assert found[0][1] == "Dear all,\n\nthe soup, was cold.\nBye"
    assert found[2][1] == "one, two\nthree"


def test_lines_that_would_be_rows_are_one_text_for_who_says_so(file):
    content = ["title,text", 'A,"one, two\nthree, four\nfive, six"', "B,seven"]
    assert "quotes that open in one row" in read(file(content))[2][0]
    _, rows, lines, _ = read(file(content), quoting="csv")
    assert (len(rows), lines) == (2, [])


def test_rows_below_a_text_of_several_lines_are_placed_in_file_and_spreadsheet(file):
    path = file(["text,label", '"two\nlines",good', "short"])
    assert "row 2 (line 4, 3 in a spreadsheet: 1 fields)" in read(path)[2][0]


def test_rows_keep_their_lines_when_the_first_ones_are_looked_at_again(file):
    table = open_table(file(["text,label", *rows_of(3), "", *rows_of(3)]))
    problems = Problems(table.name)
    assert sum(len(chunk.rows) for chunk in table.chunks(table.names, problems)) == 6
    next(table.chunks(table.names, problems, rows=1))
    assert problems.where(6) == "line 8"


def test_unquoted_quotes_advise_to_read_them_as_text(file):
    path = file(["label\ttext", 'good\t"Soup" he said', "bad\tCold"], "a.tsv")
    assert "broken quotes; if quotes are plain text in this file" in read(path)[2][0]
    assert read(path, quoting="none")[1][0] == ("good", '"Soup" he said')


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        (['"0","17","NONE","Soup was cold"', '"4","18","NONE","Soup was fine"'] * 3, 4),
        ([f"{row},{n}x" for n, row in enumerate(rows_of(8))], 3),
        (rows_of(8), 2),
    ],
)
def test_a_first_line_of_data_is_told_with_the_settings_that_read_it(file, content, columns):
    path = file(content)
    text = refusal(path)
    assert "the first line looks like data, not like column names" in text
    options = advised(text)
    names, rows, lines, _ = read(path, **options)
    assert (len(names), len(rows), lines) == (columns, len(content), [])
    assert {"text", "label"} <= set(names)
    _, rows, lines, _ = read(path, header="first")
    assert len(rows) == len([line for line in content if line != content[0]])
    assert ["the header once more" in line for line in lines] == [True] * (len(content) == 6)


def test_one_column_without_a_known_name_asks_whether_it_is_a_row(file):
    path = file(["The soup was cold", "Never again"])
    with pytest.raises(DataError, match='header="none"'):
        read_examples(path)
    assert Message(open_batches(path).doubt).endswith('header="none" columns=["text"].')


def test_a_question_above_numbers_is_no_row(file):
    questions = "respondent,How likely are you to come back?,Why did you give this score?"
    path = file(
        [questions, *(f"{row},{row % 5},The soup was warm on day {row}" for row in range(9))]
    )
    with pytest.raises(DataError) as caught:
        read_examples(path)
    assert "header=" not in str(caught.value)
    assert 'text="Why did you give this score?"' in str(caught.value)


def test_lines_of_fasttext_in_a_csv_file_are_told_as_such(file):
    with pytest.raises(DataError, match=r"is one of fastText\. Copy it to a file .* in \.txt"):
        read_examples(file(["__label__good Warm, soft and cheap", "__label__bad It broke"]))


def test_titles_above_the_header_are_told_with_the_settings_that_pass_over_them(file):
    path = file(["Export of reviews", "Made in May", "", "text,label", *rows_of(6)])
    text = refusal(path)
    assert "looks like a title: 'Export of reviews'" in text
    names, rows, _, _ = read(path, **advised(text))
    assert (names, len(rows)) == (("text", "label"), 6)


def test_a_line_that_names_the_delimiter_is_followed(file):
    names, rows, _, _ = read(file(["sep=;", "text;label", *rows_of(4, ";")]))
    assert (names, len(rows)) == (("text", "label"), 4)


def test_further_header_lines_of_surveys_are_no_rows(file):
    path = file(["Respondent ID,Rating,Comment,", ",Response,Open-Ended Response,", "7,2,Cold,"])
    names, rows, _, notes = read(path)
    assert (names, rows) == (("Respondent ID", "Rating", "Comment"), [("7", "2", "Cold")])
    assert "more of a header in line 2" in notes[0]
    ids = '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"'
    path = file(["Q1,Q2", "How many stars?,Tell us why", ids, "2,Cold", "5,Fine"])
    assert read(path)[1] == [("2", "Cold"), ("5", "Fine")]


def test_a_total_below_the_rows_is_no_row(file):
    _, rows, lines, notes = read(file(["text,label", *rows_of(6), "", "Total,6"]))
    assert (len(rows), lines) == (6, [])
    assert "the last line is a total, and no row: 'Total', '6'" in notes[0]
    assert len(read(file(["text,label", *rows_of(6), "Total,good"]))[1]) == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_total_shows_by_its_number_where_labels_stand(file, encoding):
    lines = ["text,label", *rows_of(6), "Total,6", ""]
    _, rows, _, notes = read(file("\n".join(lines).encode(encoding)))
    assert len(rows) == 6
    assert "is a total" in notes[-1]
    numbers = [f"The soup no. {n} was fine,{n % 5}" for n in range(6)]
    assert len(read(file(["text,rating", *numbers, "Sum,4"]))[1]) == 7


def test_a_header_that_comes_again_is_named(file):
    _, rows, lines, _ = read(file(["text,label", *rows_of(3), "text,label", *rows_of(3)]))
    assert (len(rows), lines) == (6, ["the header once more: row 4 (line 5)"])
    for again in ("\ufefftext,label", "TEXT,Label", "text,label "):
        _, rows, lines, _ = read(file(["text,label", *rows_of(3), again, *rows_of(3)]))
        assert (len(rows), lines) == (6, ["the header once more: row 4 (line 5)"])
    assert len(read(file(["text,label", *rows_of(3), "text,good"]))[1]) == 4


def test_columns_at_the_end_without_name_and_values_are_left_out(file):
    names, rows, lines, notes = read(file(["v1,v2,,,", "bad,Cold,,,", "good,Fine"]))
    assert (names, rows, lines) == (("v1", "v2"), [("bad", "Cold"), ("good", "Fine")], [])
    assert "3 column(s) at the end without a name" in notes[0]


def test_empty_columns_at_the_end_change_nothing_about_texts_of_several_lines(file):
    lines = [f"{line},," for line in rows_of(6)]
    _, rows, told, _ = read(file(["text,label,,", *lines, '"Cold', 'soup",bad,,']))
    assert (rows[-1], told) == (("Cold\nsoup", "bad"), [])
    swallowed = ['"the soup,good,,', 'the soup",bad,,']
    _, rows, told, _ = read(file(["text,label,,", *lines, *swallowed, *lines]))
    assert len(rows) == 13
    assert told[0].startswith("quotes that open in one row and close in a later one")
    assert "row 7 (lines 8 to 9)" in told[0]
    assert read(file(["v1,v2,,", "bad,Cold,,spilled"]))[0] == ("v1", "v2", "column3", "column4")


def test_a_text_that_spills_into_a_column_without_a_name_is_a_bad_row(file):
    rows = [f"good,The soup no. {n} was fine," for n in range(12)]
    _, read_rows, lines, _ = read(file(["label,text,", *rows, "bad,Cold, and late"]))
    assert len(read_rows) == 12
    assert lines == ["wrong number of fields (the header has 2): row 13 (line 14: 3 fields)"]


def test_empty_fields_behind_a_row_are_no_fault(file):
    assert read(file(["text,label", "Cold,bad,,", "Fine,good"]))[2] == []


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_delimiter_is_found_and_told(file, mark):
    content = [f"text{mark}label", *[row.replace(" was", ", was") for row in rows_of(6, mark)]]
    names, rows, _, notes = read(file(content))
    assert (names, len(rows)) == (("text", "label"), 6)
    assert "--delimiter" in notes[0]


def test_another_delimiter_that_does_not_fit_all_rows_is_asked_about(file):
    text = refusal(file(["text;label", "a;b;c", "d", "e;f;g", "h;i;j;k", "l", "m"]))
    assert "Read it with --delimiter ';'" in text


def test_backslashes_before_quotes_are_read_as_my_sql_writes_them(file):
    _, rows, lines, notes = read(file(["text,label", r'"The \"soup\", cold",bad', "Fine,good"]))
    assert (rows[0], lines) == (('The "soup", cold', "bad"), [])
    assert "MySQL" in notes[0]


def test_blanks_before_quotes_are_no_part_of_a_value(file):
    _, rows, lines, _ = read(file(["label, text", 'bad, "Cold, and late"', 'good, "Fine"']))
    assert (rows[0], lines) == (("bad", "Cold, and late"), [])


def test_apostrophes_around_fields_are_quotes(file):
    _, rows, lines, _ = read(file(["text,label", "'Cold, and late',bad", "'Fine, really',good"]))
    assert (rows[0], lines) == (("Cold, and late", "bad"), [])
    names, rows, _, notes = read(file(["'text','label'", "'It''s cold','bad'", "'Fine','good'"]))
    assert (names, rows[0]) == (("text", "label"), ("It's cold", "bad"))
    assert "is read with ' as quotes" in notes[0]


def test_blank_lines_above_the_header_are_passed_over(file):
    assert read(file("\n\ntext,label\na,b\n"))[0] == ("text", "label")


def test_prediction_reads_files_alike(file):
    path = file(["sep=;", "text;label", *rows_of(4, ";")])
    assert open_batches(path).row_count == 4
    with pytest.raises(DataError, match="quotes that open in one row"):
        open_batches(file(["id,text", '1,"a', '2,b"', "3,c"]))


@pytest.mark.parametrize("mark", ["^", ":", "~", "¦", "#", "/"])
def test_seldom_delimiters_are_read_and_told(file, mark):
    names, rows, bad, notes = read(file([f"text{mark}label", *rows_of(6, mark)]))
    assert names == ("text", "label")
    assert rows[1] == ("The soup no. 1 was fine", "good")
    assert len(rows) == 6
    assert not bad
    assert f"fields between '{mark}'" in notes[0]


def test_a_seldom_delimiter_needs_no_header_that_shows_it(file):
    said = refusal(file(rows_of(6, "^")))
    assert "looks like data" in said
    names, rows, *_ = read(file(rows_of(6, "^")), **advised(said))
    assert (names, len(rows)) == (("text", "label"), 6)


def test_a_colon_in_texts_parts_nothing(file):
    content = ["text", *(f"Soup {n}: fine" for n in range(9))]
    names, rows, _, notes = read(file(content))
    assert (names, rows[0], notes) == (("text",), ("Soup 0: fine",), [])


def test_a_seldom_delimiter_that_does_not_fit_all_rows_is_named(file):
    content = ["text:label", *(f"Soup {n}: it was: {'so ' * n}: fine{':' * n}" for n in range(9))]
    assert "Read it with --delimiter :" in refusal(file(content))


@pytest.mark.parametrize("marks", ["“”", "„“", "„”", "«»", "»«", "‘’"])
def test_curly_quotes_hold_a_field_together(file, marks):
    start, end = marks
    content = ["text,label", *(f"{start}Soup {n}, fine{end},{LABELS[n % 2]}" for n in range(6))]
    content[3] = f'{start}Soup "two",\nit {start}was{end} fine{end},good'
    names, rows, bad, notes = read(file(content))
    assert (names, len(rows), bad) == (("text", "label"), 6, [])
    assert rows[0] == ("Soup 0, fine", "bad")
    assert rows[2] == (f'Soup "two",\nit {start}was{end} fine', "good")
    assert re.fullmatch(rf".* is read with {start}.+ as quotes", notes[0])


def test_curly_quotes_around_all_values_of_a_column_are_no_part_of_them(file):
    content = ["text,label", *(f"Soup {n} fine,“{LABELS[n % 2]}”" for n in range(6))]
    assert read(file(content))[1][0] == ("Soup 0 fine", "bad")
    content[2] = "“Soup” 1,“good"
    assert read(file(content))[1][0] == ("Soup 0 fine", "“bad”")


@pytest.mark.parametrize(
    "content",
    [
        ["Great lamp,positive", "Awful lamp,negative", "Fine lamp,positive"],
        ["pos,Great lamp", "neg,Awful lamp"],
        ["Came late,refund", "Too small,refund", "Very nice,praise", "Love it,praise"],
        ["4,Great lamp", "1,Awful lamp"],
    ],
)
def test_a_few_short_rows_without_a_header_are_told(file, content):
    said = refusal(file(content))
    assert "the first line looks like data" in said
    names, rows, *_ = read(file(content), **advised(said))
    assert sorted(names) == ["label", "text"]
    assert len(rows) == len(content)


@pytest.mark.parametrize("content", [["Note,Kommentar", "gut,Alles fein", "schlecht,Nie wieder"]])
def test_names_above_a_few_short_rows_are_names(file, content):
    assert read(file(content))[0] == ("Note", "Kommentar")


def test_an_apostrophe_that_begins_a_text_swallows_no_broken_rows(file):
    lines = ["text;label", "'tis good;good", "short, too", *rows_of(12, ";"), "long;good;more"]
    _, rows, told, notes = read(file(lines))
    assert rows[0] == ("'tis good", "good")
    assert len(rows) == 13
    assert told[0].endswith("row 2 (line 3: 1 fields), row 15 (line 16: 3 fields)")
    assert not any("as quotes" in note for note in notes)
