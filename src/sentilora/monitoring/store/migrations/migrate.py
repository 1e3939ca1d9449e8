"""Make the tables of a store, or bring them to what this version of SentiLoRA reads."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
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
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        scripts = ScriptDirectory.from_config(config)
        found = MigrationContext.configure(connection).get_current_revision()
        newest = scripts.get_current_head()
        if found == newest:
            return
        try:
            scripts.get_revision(found) if found else None
        except CommandError as error:
            raise DataError(
                f"{name} is a store of version {found}, which this SentiLoRA does not know. "
                f"Expected {newest} or older. Install a newer SentiLoRA, or name another store."
            ) from error

        def steps(current: Any, _: MigrationContext) -> Any:
            return scripts._upgrade_revs(newest or "head", current)

        context = EnvironmentContext(config, scripts)
        context.configure(connection=connection, fn=steps, transactional_ddl=True)
        context.run_migrations()
