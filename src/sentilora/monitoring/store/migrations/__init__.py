"""How a store of one version becomes one of the next, by Alembic; ``versions/`` holds a step each.

Door: ``renew()`` in migrate.py.
"""
