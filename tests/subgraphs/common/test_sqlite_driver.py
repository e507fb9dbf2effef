"""The SQLite driver: few visits to the connection's thread, and nothing left open when a caller goes away."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from subgraphs.common import sqlite_driver
from subgraphs.common.sqlite_driver import Connection


class Counted(Connection):
    """Counts its visits to the thread."""

    visits = 0

    async def visit(self, function: Callable[[], Any]) -> Any:
        self.visits += 1
        return await super().visit(function)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "rows.sqlite3")


@pytest.fixture
async def connection(path: str) -> AsyncIterator[Counted]:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    made = Counted(connect, iter_chunk_size=1)
    assert await made is made
    await made.cursor().execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    made.visits = 0
    yield made
    await made.close()


async def numbers(connection: Connection) -> list[Any]:
    cursor = await connection.cursor().execute("SELECT number FROM numbers ORDER BY number")
    return [number for (number,) in await cursor.fetchall()]


async def test_a_reading_statement_is_one_visit_to_the_thread(connection: Counted) -> None:
    assert (await numbers(connection), connection.visits) == ([], 1)


async def test_a_transaction_visits_the_thread_to_begin_and_to_commit(connection: Counted) -> None:
    cursor = connection.cursor()
    await cursor.execute("BEGIN IMMEDIATE")
    await cursor.execute("INSERT INTO numbers VALUES (?)", (1,))
    await cursor.executemany("INSERT INTO numbers VALUES (?)", [(2,), (3,)])
    assert (cursor.rowcount, await numbers(connection)) == (2, [1, 2, 3])
    await connection.commit()
    assert connection.visits == 2
    assert not connection.in_transaction


async def test_many_rows_are_written_in_the_thread(connection: Counted) -> None:
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.cursor().executemany("INSERT INTO numbers VALUES (?)", [(number,) for number in range(101)])
    assert connection.visits == 2
    await connection.rollback()
    assert await numbers(connection) == []


async def test_outside_of_a_transaction_its_end_visits_nobody(connection: Counted) -> None:
    await connection.commit()
    await connection.rollback()
    assert connection.visits == 0


async def test_a_begin_whose_caller_went_away_is_rolled_back(connection: Counted, path: str) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(connection.cursor().execute("BEGIN IMMEDIATE"))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other.execute("ROLLBACK")
    # The thread gets the lock now; without a rollback that queues behind it, the lock would stay with this connection.
    await connection.rollback()
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    assert not connection.in_transaction


async def test_a_failed_statement_raises_the_drivers_own_error(connection: Counted) -> None:
    await connection.cursor().execute("BEGIN IMMEDIATE")
    await connection.cursor().execute("INSERT INTO numbers VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError):
        await connection.cursor().execute("INSERT INTO numbers VALUES (1)")
    await connection.commit()
    assert await numbers(connection) == [1]


async def test_a_connection_opens_when_it_is_awaited(path: str) -> None:
    connection = sqlite_driver.connect(path, isolation_level=None)
    assert await connection is connection
    assert await (await connection.cursor().execute("SELECT 1")).fetchall() == [(1,)]
    await connection.close()
