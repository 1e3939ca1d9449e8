"""The key that requests must show: from a file or from the environment, never from an argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from sentilora.errors import ConfigError

VARIABLE = "SENTILORA_KEY"


def read_key(file: Path | None, environment: Mapping[str, str]) -> str | None:
    """Return the key of a file, else that of the environment, else None.

    Raises:
        ConfigError: the file cannot be read, or what was found is no key.
    """
    if file is None:
        if VARIABLE not in environment:
            return None
        where, key = VARIABLE, environment[VARIABLE]
    else:
        where = str(file)
        try:
            key = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The key cannot be read from {file}: {error}. Expected a text file that holds "
                f"the key and nothing else. Make one with: openssl rand -hex 32 > {file}"
            ) from error
    key = key.strip()
    if not re.fullmatch(r"[!-~]+", key):
        raise ConfigError(
            f"{where} holds no key: expected one word of letters, digits and signs of ASCII, since "
            "clients write others differently. Make one with: openssl rand -hex 32"
        )
    return key
