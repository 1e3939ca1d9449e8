"""What is said of files in other shapes: headers, encodings, quotes, workbooks."""

from __future__ import annotations

from tests.cli.advice.tables import CHECK, FILE, PLAIN, PRAISE, table, workbook
from tests.helpers.advice_following import Case

BOOK = "my book.xlsx"
SHEETS = f"check '{BOOK}'"
SHEET = ("data", [("text", "label"), *PRAISE])
RUSSIAN = "".join(
    f"отличный фильм и прекрасная игра {row},positive\nужасный фильм и скучная игра,negative\n"
    for row in range(20)
)
NAMELESS = {FILE: table(PRAISE[0], PRAISE[1:])}
LONG_ROW = {FILE: f"{PLAIN[FILE]}a row,of,three\n"}

HEADERS = (
    Case(
        CHECK,
        ("csv_layout:_refuse_titles --skip-lines",),
        {FILE: f"Export of reviews\n\n{PLAIN[FILE]}"},
    ),
    Case(
        CHECK,
        ("csv_layout:_refuse_titles --header",),
        {FILE: f"Export of reviews\n\n{PLAIN[FILE]}"},
        then="no column for the text",
    ),
    Case(
        CHECK,
        (("csv_layout:_no_header --header", "csv_layout:_no_header --columns"),),
        NAMELESS,
    ),
    Case(CHECK, ("csv_layout:_refuse_row --header",), NAMELESS, then="no column for the text"),
    Case(
        f"{CHECK} --header none --columns a",
        ("csv_layout:_given_names --columns",),
        NAMELESS,
        fill={"a": "text,label"},
    ),
    Case(f"{CHECK} --columns text,label", ("read_options:_column_faults --header",), NAMELESS),
    Case(
        f"{CHECK} --columns text,label",
        ("read_options:_column_faults --columns",),
        PLAIN,
        leaves_out=True,
    ),
    Case(
        CHECK,
        ("csv_layout:_notes_on --delimiter",),
        {FILE: table(["text", "label"], PRAISE, ";")},
    ),
    Case(
        CHECK,
        ("csv_layout:_refuse_other_delimiter --delimiter",),
        {FILE: table(["text", "label"], PRAISE, ";") + "a;b;c\n"},
        then="wrong number of fields",
    ),
)
JAPANESE = "".join(f"とても良い映画です{row},good\nひどい映画です{row},bad\n" for row in range(20))
ESCAPED = {FILE: f"text,label\n{JAPANESE}".encode("iso2022_jp")}
QUOTES = (
    Case(
        CHECK,
        ("charset:_utf8_notes --encoding", "charset:_utf8_notes --encoding#2"),
        ESCAPED,
        then="hardly holds texts",
    ),
    Case(
        CHECK,
        ("csv_layout:find_layout --quoting",),
        {FILE: f'text,"label\n{PLAIN[FILE][11:]}'},
        then="no column for the label",
    ),
    Case(
        CHECK,
        ("delimited:DelimitedFile._broken --quoting",),
        {FILE: f'{PLAIN[FILE]}"never closed,positive\nand a row after it,negative\n'},
    ),
    Case(
        CHECK,
        ("delimited:DelimitedFile._broken --quoting#2",),
        {FILE: f'{PLAIN[FILE]}"opens here,positive\nand another",negative\n'},
    ),
    Case(
        CHECK,
        ("check_command:_show sentilora train",),
        LONG_ROW,
        quick="--dry-run",
    ),
    Case("train '" + FILE + "' --base $BASE --dry-run", ("problems: --skip-bad-rows",), LONG_ROW),
    Case(
        f"predict general --input '{FILE}' --output out.csv",
        ("text_rows:refuse --skip-bad-rows",),
        {FILE: "text,label\n,a\nb,c\n"},
    ),
)
ENCODINGS = (
    Case(
        CHECK,
        ("charset:find_encoding --encoding",),
        {FILE: PLAIN[FILE].encode("utf-16-le")},
    ),
    Case(
        CHECK,
        ("charset:_other_than_utf8 --encoding",),
        {FILE: f"{PLAIN[FILE]}the café is good,positive\n".encode("cp1252")},
    ),
    Case(
        CHECK,
        ("charset:_other_than_utf8 --encoding#4", "charset:_other_than_utf8 --encoding#5"),
        {FILE: f"text,label\n{RUSSIAN}".encode("cp1251")},
        then="broken encoding (not UTF-8)",
    ),
)
WORKBOOKS = (
    Case(SHEETS, ("workbook:_Rows.__iter__ --sheet",), {BOOK: workbook(("Cover", []), SHEET)}),
    Case(
        SHEETS,
        ("workbook:_choose --sheet",),
        {BOOK: workbook(("first", SHEET[1]), SHEET)},
    ),
    Case(
        f"{SHEETS} --sheet nine",
        ("workbook:_choose --sheet#2",),
        {BOOK: workbook(SHEET, ("other", [("a", "b")]))},
    ),
    Case(
        SHEETS,
        ("workbook:_other_sheets --sheet",),
        {BOOK: workbook(("Cover", [("note", "by"), ("a b", "c")]), SHEET)},
    ),
    Case(
        SHEETS,
        ("sheet_header:refuse_other_header --skip-lines",),
        {BOOK: workbook(("data", [("Export of all",), (), *SHEET[1]]))},
    ),
    Case(
        SHEETS,
        ("sheet_header:refuse_other_header --header",),
        {BOOK: workbook(("data", [("Export of all",), (), *SHEET[1]]))},
        then="no column for the text",
    ),
    Case(
        SHEETS,
        (
            (
                "sheet_header:refuse_other_header --header#2",
                "sheet_header:refuse_other_header --columns",
            ),
        ),
        {BOOK: workbook(("data", PRAISE))},
    ),
)
CLEANED = (
    Case(f"{CHECK} --fix '{FILE}'", ("cleaned_file:check_target --fix",), PLAIN),
    Case(f"{CHECK} --mask-personal", ("quality_check:check --fix",), PLAIN),
)

CASES = (*HEADERS, *CLEANED, *QUOTES, *ENCODINGS, *WORKBOOKS)
