"""The different values of a column, jumped to from one to the next.

``SELECT DISTINCT`` reads every row, or every entry of an index; this asks an index once a value
("loose index scan", https://wiki.postgresql.org/wiki/Loose_indexscan).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def distinct_values(column: sa.Column[Any], *where: sa.ColumnElement[bool], most: int) -> sa.CTE:
    """Return a table whose column ``value`` holds the different values but the empty one, in order.

    Args:
        column: column that follows in an index upon those that ``where`` fixes.
        where: what holds of the rows.
        most: number of values at most.
    """

    def least_above(value: Any) -> Any:
        asked = sa.select(sa.func.min(column).label("value"))
        return asked.where(*where, column > value)

    steps = least_above("").add_columns(sa.literal(1).label("place")).cte(recursive=True)
    above = least_above(steps.c.value).correlate(steps).scalar_subquery()
    more = sa.select(above, steps.c.place + 1).where(
        steps.c.value.is_not(None), steps.c.place <= most
    )
    steps = steps.union_all(more)
    found = sa.select(steps.c.value).where(steps.c.value.is_not(None)).limit(most)
    return found.cte()
