"""``ReplyQueue``: what people do with drafts; of two who do it at once, one is told."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.errors import ConfigError, DataError
from sentilora.files import path_of
from sentilora.message import command, setting
from sentilora.monitoring.replies.replies_file import default_never
from sentilora.monitoring.replies.reply_draft import (
    APPROVED,
    DISMISSED,
    FAILED,
    STATES,
    WAITING,
    Draft,
    row_as_draft,
    select_drafts,
)
from sentilora.monitoring.replies.reply_templates import MOST_REPLY
from sentilora.monitoring.replies.word_lists import Mark, WordList, joined_list, promises_in
from sentilora.monitoring.store.store import Store, open_store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import DRAFT, REPLY_SET

LIMIT = 50
_MOST_NOTE, _MOST_NAME = 1_000, 200


class ReplyQueue:
    """Drafts that wait for people.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("mail.jsonl").write_text('{"id": "T-1", "text": "My parcel never came."}')
        >>> _ = sentilora.monitor("general", "mail.jsonl", follow=False, replies="default")
        >>> with sentilora.ReplyQueue("feedback.db") as queue:
        ...     draft = queue.drafts()[0]
        ...     queue.approve(draft.number, by="Ann").state
        'approved'
    """

    def __init__(self, store: str | Path | Store = "feedback.db") -> None:
        """Open the queue of a store.

        Args:
            store: SQLite file, address of a PostgreSQL database, or an open store.

        Raises:
            ConfigError: it is neither.
            DataError: there is no such store.
        """
        self._is_own = not isinstance(store, Store)
        self.store = store if isinstance(store, Store) else _open(store)

    def __enter__(self) -> Self:
        """Return the queue."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store, unless it was open before."""
        self.close()

    def close(self) -> None:
        """Close the store, unless it was open before."""
        if self._is_own:
            self.store.close()

    def drafts(
        self, state: str | None = WAITING, *, limit: int = LIMIT, reason: str | None = None
    ) -> list[Draft]:
        """Return drafts, the most severe first, of equals the oldest.

        Args:
            state: ``waiting``, ``approved``, ``dismissed``, ``sent`` or ``failed``; all when None.
            limit: number of drafts, at most.
            reason: reason; all when None.

        Raises:
            ConfigError: there is no such state.
        """
        if state is not None and state not in STATES:
            raise ConfigError(f"{setting('state', state)}: expected one of {', '.join(STATES)}.")
        where = [] if state is None else [DRAFT.c.state == state]
        if reason is not None:
            where.append(DRAFT.c.reason == reason)
        with self.store.engine.connect() as connection:
            asked = select_drafts().where(*where).limit(limit)
            rows = connection.execute(
                asked.order_by(DRAFT.c.severity.desc(), DRAFT.c.number)
            ).mappings()
            return [row_as_draft(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """Return the number of drafts in each state."""
        asked = sa.select(DRAFT.c.state, sa.func.count()).group_by(DRAFT.c.state)
        with self.store.engine.connect() as connection:
            found: dict[str, int] = dict(connection.execute(asked).all())
        return {state: found.get(state, 0) for state in STATES}

    def show(self, number: int) -> Draft:
        """Return a draft.

        Raises:
            DataError: there is none of this number.
        """
        with self.store.engine.connect() as connection:
            return self._read(connection, number)

    def approve(
        self, number: int, *, by: str, force: bool = False, version: int | None = None
    ) -> Draft:
        """Let a reply go out.

        Args:
            number: number of the draft, which waits or could not be sent.
            by: who approves it.
            force: whether also what is marked may be promised.
            version: version that was read; any when None.

        Raises:
            DataError: there is no such draft, or somebody else was faster.
            ConfigError: something in the reply is marked, or it is empty.
        """
        with writing(self.store.engine) as connection:
            draft = self._read(connection, number)
            self._check_state(draft, (WAITING, FAILED), version)
            if not draft.reply.strip():
                raise ConfigError(
                    f"Draft {number} is empty. Expected a reply: write one with "
                    f"{command('replies', 'edit', str(number), reply='FILE')}"
                )
            marks = self._marks(connection, draft, draft.reply)
            if marks and not force:
                told = ", ".join(dict.fromkeys(repr(mark.words) for mark in marks))
                raise ConfigError(
                    f"Draft {number} says {told}, which a reply must not promise. Change it, or "
                    f"approve it all the same with {setting('force', True)}."
                )
            now_ms = _now_ms()
            values = {"due_ms": now_ms, "tries": 0, "error": None, **_marked(marks)}
            return self._change(connection, draft, APPROVED, by, now_ms, values)

    def edit(self, number: int, reply: str, *, by: str, version: int | None = None) -> Draft:
        """Write another reply; it waits for approval.

        Args:
            number: number of the draft, which was not approved or sent.
            reply: the reply.
            by: who writes it.
            version: version that was read; any when None.

        Raises:
            DataError: there is no such draft, or somebody else was faster.
            ConfigError: the reply is empty or too long.
        """
        reply = reply.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8").strip()
        if not reply or len(reply) > MOST_REPLY:
            raise ConfigError(
                f"{setting('reply')}: {len(reply):,} characters. Expected 1 to {MOST_REPLY:,}."
            )
        with writing(self.store.engine) as connection:
            draft = self._read(connection, number)
            self._check_state(draft, (WAITING, FAILED, DISMISSED), version)
            marks = self._marks(connection, draft, reply)
            values = {"reply": reply, **_marked(marks)}
            return self._change(connection, draft, WAITING, by, _now_ms(), values)

    def dismiss(
        self, number: int, *, by: str, note: str | None = None, version: int | None = None
    ) -> Draft:
        """Send no reply.

        Args:
            number: number of the draft, which was not sent.
            by: who decides so.
            note: why.
            version: version that was read; any when None.

        Raises:
            DataError: there is no such draft, or somebody else was faster.
        """
        with writing(self.store.engine) as connection:
            draft = self._read(connection, number)
            self._check_state(draft, (WAITING, APPROVED, FAILED), version)
            values = {"note": note[:_MOST_NOTE]} if note else {}
            return self._change(connection, draft, DISMISSED, by, _now_ms(), values)

    def _read(self, connection: Connection, number: int) -> Draft:
        row = connection.execute(select_drafts().where(DRAFT.c.number == number)).mappings().first()
        if row is None:
            raise DataError(
                f"{self.store.name} has no draft {number}. Expected the number of one of those "
                f"that {command('replies', 'list', store=self.store.name)} shows."
            )
        return row_as_draft(row)

    def _check_state(self, draft: Draft, expected: Sequence[str], version: int | None) -> None:
        if draft.state in expected and version in (None, draft.version):
            return
        by = draft.changed_by or "the monitor"
        when = dt.datetime.fromtimestamp(draft.changed_ms / 1000).astimezone()
        told = f"changed by {by}" if draft.state in expected else f"{draft.state}, by {by}"
        raise DataError(
            f"Draft {draft.number} was {told}, {when:%Y-%m-%d %H:%M}. Expected one that is "
            f"{' or '.join(expected)}, as you read it. Look at it again with "
            f"{command('replies', 'show', str(draft.number), store=self.store.name)}"
        )

    def _marks(self, connection: Connection, draft: Draft, reply: str) -> list[Mark]:
        return promises_in(reply, self._never(connection, draft.templates), draft.text)

    def _never(self, connection: Connection, templates: str) -> WordList:
        asked = sa.select(REPLY_SET.c.never).where(REPLY_SET.c.name == templates)
        told = connection.execute(asked).scalar()
        return default_never() if told is None else joined_list(json.loads(told))

    def _change(
        self,
        connection: Connection,
        draft: Draft,
        state: str,
        by: str,
        now_ms: int,
        values: dict[str, Any],
    ) -> Draft:
        """Change a draft that nobody has changed since it was read."""
        changes = {
            "state": state,
            "version": draft.version + 1,
            "changed_ms": now_ms,
            "changed_by": by[:_MOST_NAME],
            **values,
        }
        is_as_read = (
            (DRAFT.c.number == draft.number)
            & (DRAFT.c.version == draft.version)
            & (DRAFT.c.state == draft.state)
        )
        asked = sa.update(DRAFT).where(is_as_read).values(changes).returning(DRAFT.c.number)
        done = connection.execute(asked).scalar()
        found = self._read(connection, draft.number)
        if done is None:  # between reading and writing, on a database that lets both happen
            self._check_state(found, (draft.state,), draft.version)
        return found


def _open(store: str | Path) -> Store:
    if "://" not in str(store) and not path_of(store).is_file():
        raise DataError(
            f"There is no store {store}. Expected the file that texts were stored in: name it with "
            f"{setting('store', 'FILE')}."
        )
    return open_store(store)


def _marked(marks: Sequence[Mark]) -> dict[str, str]:
    return {"marked": json.dumps([asdict(mark) for mark in marks], ensure_ascii=False)}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
