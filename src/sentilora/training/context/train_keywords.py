"""How ``train`` is told settings: by keyword, or as keys of its ``config``."""

from __future__ import annotations

from typing import Any

from sentilora.config import RunConfig
from sentilora.message import Python
from sentilora.section import Section

_FILES = {"pairs": "pairs.file"}


class TrainKeywords(Python):
    """The words of Python for who calls ``train``, whose other functions have more keywords."""

    def setting(self, name: str, value: Any) -> str:
        """Write ``name=value``, or ``config={"section.name": value}``."""
        key = config_key(name)
        if "." not in key:
            return super().setting(key, value)
        return f'config={{"{key}": {self.literal(value)}}}'


def config_key(name: str) -> str:
    """Return where a setting stands in the configuration, such as ``data.text``.

    What does not stand there, like ``resume``, is returned as it is.
    """
    if name in _FILES:
        return _FILES[name]
    sections = {
        field: info.annotation
        for field, info in RunConfig.model_fields.items()
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section)
    }
    if name in RunConfig.model_fields and name not in sections:
        return name
    for section, fields in sections.items():
        for field in fields.model_fields:
            if name in (field, f"{section}_{field}"):
                return f"{section}.{field}"
    return name


TRAIN_KEYWORDS = TrainKeywords()
