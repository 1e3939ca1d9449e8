"""Which run answered under a name, from which text on, and what its labels are."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import sqlalchemy as sa

from sentilora.monitoring.store.store import Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import MODEL_CHANGE
from sentilora.monitoring.store.stored_texts import last_number


def note_model(store: Store, name: str, run: str, labels: Sequence[str]) -> None:
    """Write that a run answers under a name from now on, unless it did so before.

    Args:
        store: open store.
        name: name of the model in the answers.
        run: name of the run.
        labels: labels of the model, in their order.
    """
    told = json.dumps(list(labels), ensure_ascii=False)
    asked = (
        sa.select(MODEL_CHANGE.c.run, MODEL_CHANGE.c.labels)
        .where(MODEL_CHANGE.c.name == name)
        .order_by(MODEL_CHANGE.c.number.desc())
        .limit(1)
    )
    with store.engine.connect() as connection:
        if connection.execute(asked).first() == (run, told):
            return
    with writing(store.engine) as connection:
        row = {
            "name": name,
            "run": run,
            "labels": told,
            "up_to": last_number(connection),
            "changed_ms": time.time_ns() // 1_000_000,
        }
        connection.execute(sa.insert(MODEL_CHANGE).values(row))
