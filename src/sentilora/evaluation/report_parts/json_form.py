"""Between the fields of a part and the keys of its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

Raw = Mapping[str, Any]


def known_fields(part: Any, raw: Raw) -> dict[str, Any]:
    """Return the entries of ``raw`` that are fields of a dataclass.

    Args:
        part: the dataclass.
        raw: an object of a report.
    """
    return {one.name: raw[one.name] for one in fields(part) if one.name in raw}


def given(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that are not None."""
    return {name: value for name, value in facts.items() if value is not None}
