"""aiosqlite with fewer changes of thread: each costs more than most of our statements do.

SQLAlchemy asks a driver for a cursor, the execution, the rows and the end of the cursor one by one, and aiosqlite does
each of them in the connection's thread. Here a statement is one visit to that thread. Within a transaction, which has
the write lock already and touches a few rows by their keys, it is none: there it runs where it is. What may wait for a
disk or for another process (BEGIN, COMMIT), and whatever reads outside of a transaction, never runs in the event loop.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final, Self, TypeVar

import aiosqlite

_T = TypeVar("_T")
_MOST_ROWS_AT_ONCE: Final = 100
_ENDINGS: Final = ("COMMIT", "ROLLBACK", "END", "RELEASE", "PRAGMA", "VACUUM")


class Connection(aiosqlite.Connection):
    """A connection, used by one unit of work at a time as SQLAlchemy's pool hands it out."""

    _is_behind = False
    """Whether the thread may still be at work on something that nobody waits for any more."""

    def cursor(self) -> Cursor:  # type: ignore[override] # SQLAlchemy enters it at once; aiosqlite's may be awaited too
        """Make a cursor: no visit to the thread."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit; nothing to do outside of a transaction."""
        if self._is_behind or self.in_transaction:
            await self.visit(self._conn.commit)

    async def rollback(self) -> None:
        """Roll back; nothing to do outside of a transaction."""
        if self._is_behind or self.in_transaction:
            await self.visit(self._conn.rollback)
            # The thread does one thing after the other: whatever was cut off is over as well.
            self._is_behind = False

    async def visit(self, function: Callable[[], _T]) -> _T:
        """Run a function in the connection's thread."""
        try:
            result: _T = await self._execute(function)  # type: ignore[no-untyped-call] # aiosqlite's has no types
        except asyncio.CancelledError:
            # It goes on there all the same, even a BEGIN: until the next rollback everything has to queue behind it.
            self._is_behind = True
            raise
        return result

    async def run(self, statement: str, function: Callable[[sqlite3.Connection], _T], *, rows: int = 1) -> _T:
        """Run a statement, here or in the thread."""
        connection = self._conn
        if (
            connection.in_transaction
            and not self._is_behind
            and rows <= _MOST_ROWS_AT_ONCE
            and not statement.startswith(_ENDINGS)
        ):
            return function(connection)
        return await self.visit(lambda: function(connection))


class Cursor:
    """What SQLAlchemy needs of a cursor: `execute` gets all rows, the rest is at hand."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run a statement and get all that it gives."""
        await self._connection.run(statement, lambda connection: self._take(connection.execute(statement, parameters)))
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Cursor:
        """Run a statement for each row of parameters."""
        await self._connection.run(
            statement,
            lambda connection: self._take(connection.executemany(statement, parameters)),
            rows=len(parameters),
        )
        return self

    async def fetchall(self) -> list[Any]:
        """Give the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """The cursor in the database was closed when its rows were taken."""

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        if cursor.description is not None:
            self._rows = cursor.fetchall()
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


def connect(database: str, **options: Any) -> Connection:
    """Make a connection that opens when it is awaited: SQLAlchemy's `async_creator_fn`."""
    options["check_same_thread"] = False
    connection = Connection(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
    # A process that ends need not wait for the thread.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with those that it makes itself
    return connection
