"""The SQL that a test causes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event

from subgraphs.common.database import Database


@contextlib.contextmanager
def collected_statements(database: Database) -> Iterator[list[str]]:
    """Collect the SQL statements that run inside, without the relay's regular looks into its outbox."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SELECT outbox.id"):
            seen.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
