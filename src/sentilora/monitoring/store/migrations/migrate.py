"""Make the tables of a store, or bring them to what this version of SentiLoRA reads."""

from __future__ import annotations

import io
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from sentilora.errors import DataError


def renew(connection: Connection, name: str) -> None:
    """Run the steps that a store lacks; nothing is done to one that is up to date.

    Args:
        connection: connection in a transaction; all steps are done, or none.
        name: what the user knows the store by.

    Raises:
        DataError: the store was written by a newer version.
    """
    with as_file(files(__package__)) as folder:
        config = Config(output_buffer=io.StringIO())
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        scripts = ScriptDirectory.from_config(config)
        found = MigrationContext.configure(connection).get_current_revision()
        if found == scripts.get_current_head():
            return
        try:
            scripts.get_revision(found) if found else None
        except CommandError as error:
            raise DataError(
                f"{name} is a store of version {found}, which this SentiLoRA does not know. "
                f"Expected {scripts.get_current_head()} or older. Install a newer SentiLoRA, or "
                "name another store."
            ) from error
        command.upgrade(config, "head")
