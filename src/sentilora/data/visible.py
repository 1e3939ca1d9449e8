"""Whether a text has anything to be seen: not only spaces, joiners, fillers and marks of order.

The page of an export for the browser has the same rule in exports/page/sentiment.js.
"""

from __future__ import annotations

import re

_SEEN = re.compile(
    "[^\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f"
    "\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb"
    "\\U000e0000-\\U000e0fff]"
)


def is_visible(text: str) -> bool:
    """Tell whether a text has a character that is seen."""
    return _SEEN.search(text) is not None
