"""Writes the settings and templates of the package into a folder, to be edited."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from sentilora.errors import ConfigError
from sentilora.files import folder_of
from sentilora.message import setting
from sentilora.monitoring.replies.replies_file import DEFAULT_FILE, TEMPLATES_FOLDER

SETTINGS_FILE = "replies.toml"
_FOLDER_LINE = '# folder = "templates"   #'


def write_reply_files(output: str | Path) -> Path:
    """Write ``replies.toml`` and the folder ``templates`` beside it.

    Args:
        output: folder; it is made if it is not there.

    Returns:
        The path of ``replies.toml``.

    Raises:
        ConfigError: the folder holds some of it already, or cannot be written.
    """
    into = folder_of(output)
    settings, templates = into / SETTINGS_FILE, into / TEMPLATES_FOLDER
    held = [path.name for path in (settings, templates) if path.exists()]
    if held:
        raise ConfigError(
            f"{output} holds {' and '.join(held)} already, which may have been edited. Expected a "
            f"folder without: name another one with {setting('output', 'FOLDER')}."
        )
    with as_file(files(__package__)) as own:
        text = (own / DEFAULT_FILE).read_text(encoding="utf-8")
        assert _FOLDER_LINE in text
        found = {
            path.relative_to(own / TEMPLATES_FOLDER): path.read_text(encoding="utf-8")
            for path in sorted((own / TEMPLATES_FOLDER).rglob("*.txt"))
        }
    try:
        for name, template in found.items():
            path = templates / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(template, encoding="utf-8")
        settings.write_text(text.replace(_FOLDER_LINE, 'folder = "templates"     #'), "utf-8")
    except OSError as error:
        raise ConfigError(
            f"{setting('output', str(output))}: {error.strerror}. Expected a folder that you may "
            "write to."
        ) from error
    return settings
