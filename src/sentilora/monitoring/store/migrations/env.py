"""What Alembic runs: the steps, within the transaction that migrate.py opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
