"""The export room; callable, because its name is also that of the verb.

Python binds a package to its name in the parent as soon as any of its modules is loaded, so that
``sentilora.export`` is this room from then on, whatever the parent's ``__getattr__`` says. Calling
the room is calling :func:`sentilora.export.exporting.export`.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """The type of this module."""

    def __call__(self, run: str | Path, to: str = "merged", **options: Any) -> Path:
        """Write a model as files to deploy; see :func:`sentilora.export.exporting.export`."""
        from sentilora.export.exporting import export

        return export(run, to, **options)


sys.modules[__name__].__class__ = _Room
