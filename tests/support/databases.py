"""Databases for tests: fixtures that run a test on SQLite and on PostgreSQL, empty or migrated."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from tests.support.postgres import RecycledDatabases, fresh_postgres_database

_migrated_files: dict[Path, bytes] = {}


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database's URL, once on SQLite and once on PostgreSQL; gone after the test."""
    backend: Any = request.param
    if backend == "sqlite":
        yield _sqlite_url(tmp_path)
        return
    async with fresh_postgres_database() as url:
        yield url


def migrated_database_url(migrations: Path) -> Any:
    """Make a fixture like `empty_database_url`, for a subgraph's tests: its PostgreSQL database is migrated already.

    On SQLite the file does not exist yet: `prepare` puts a migrated one there.
    """

    @pytest.fixture(params=["sqlite", "postgres"])
    async def database_url(
        request: pytest.FixtureRequest, tmp_path: Path, recycled_databases: RecycledDatabases
    ) -> AsyncIterator[str]:
        backend: Any = request.param
        if backend == "sqlite":
            yield _sqlite_url(tmp_path)
            return
        async with recycled_databases.taken(str(migrations), prepare=lambda url: _migrate(url, migrations)) as url:
            yield url

    return database_url


def _sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'test.sqlite3'}"


async def prepare(database: Database, migrations: Path) -> None:
    """Bring a database that is empty or migrated to the newest revision, as `migrate` does, only sooner."""
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            if await connection.run_sync(_is_migrated):
                return
        await migrate(database, migrations)
        return
    file = Path(database.url.database or "")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(await _migrated_file(migrations))


def _is_migrated(connection: Connection) -> bool:
    return inspect(connection).has_table("alembic_version")


async def _migrated_file(migrations: Path) -> bytes:
    """Give what a migrated SQLite file holds. Migrations run once a process."""
    if migrations not in _migrated_files:
        with tempfile.TemporaryDirectory() as folder:
            await _migrate(_sqlite_url(Path(folder)), migrations)
            # The last connection is closed: nothing is left in the write-ahead log.
            assert [path.name for path in Path(folder).iterdir()] == ["test.sqlite3"]
            _migrated_files[migrations] = (Path(folder) / "test.sqlite3").read_bytes()
    return _migrated_files[migrations]


async def _migrate(url: str, migrations: Path) -> None:
    database = Database(url, clock=SystemClock())
    try:
        await migrate(database, migrations)
    finally:
        await database.close()
