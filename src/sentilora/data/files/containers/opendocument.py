"""LibreOffice's sheets (.ods): how many cells they have, and their XML as calamine can read it.

calamine 0.9 leaves out a tab or a line break within a cell, so that two words become one, and ends
at the white space between the elements of a row, which SheetJS and others write for people to read.
Both are valid (OpenDocument 1.3, part 3, 6.1.4 and 6.1.5), so they are mended before it reads.
Not covered: comments of XML between the cells, which calamine refuses.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

_CONTENT = "content.xml"

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_UNREAD = re.compile(rb">\s+(?=</?table:|<text:p[\s/>])|<text:(tab|line-break)\b[^<>]*/>")
_INSTEAD = {None: b">", b"tab": b"\t", b"line-break": b"\n"}


def readable(path: Path) -> Path | BytesIO:
    """Return what calamine is to read for a sheet: the file, or a mended copy in memory.

    Args:
        path: path of a whole .ods file.
    """
    with zipfile.ZipFile(path) as archive:
        content = archive.read(_CONTENT)
        if not _UNREAD.search(content):
            return path
        mended = BytesIO()
        with zipfile.ZipFile(mended, "w") as copy:
            for member in archive.infolist():
                if member.filename != _CONTENT:
                    copy.writestr(member, archive.read(member))
            copy.writestr(_CONTENT, _UNREAD.sub(lambda found: _INSTEAD[found[1]], content))
    mended.seek(0)
    return mended


def cell_count(archive: zipfile.ZipFile) -> int:
    """Count the cells of the largest sheet, in which one element may stand for millions."""
    rows = width = cells = 0  # up to the last cell that is not empty
    above = columns = last = 0
    with archive.open(_CONTENT) as content:
        for _, element in ET.iterparse(content):  # noqa: S314 - expat bounds what entities expand to
            if element.tag == f"{_TABLE}table-cell":
                columns += int(element.get(f"{_TABLE}number-columns-repeated", 1))
                last = columns if len(element) else last
            elif element.tag == f"{_TABLE}table-row":
                above += int(element.get(f"{_TABLE}number-rows-repeated", 1))
                if last:
                    rows, width = above, max(width, last)
                columns = last = 0
                element.clear()
            elif element.tag == f"{_TABLE}table":
                cells = max(cells, rows * width)
                rows = width = above = 0
                element.clear()
    return max(cells, rows * width)
