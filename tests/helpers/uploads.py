"""Files as a page hands them over."""

from __future__ import annotations

from sentilora.ui.uploads import keep_upload


class Uploaded:
    def __init__(self, name, content):
        self.name, self._content = name, content

    def getvalue(self):
        return self._content


def keep(folder, name, content):
    return keep_upload(Uploaded(name, content), folder)
