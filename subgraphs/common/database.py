"""A subgraph's database: engine, units of work, portable column types. SQLite and PostgreSQL run the same code.

One place commits: leaving `Database.write()`. A service method opens one unit of work; a request owns no session, since
GraphQL runs sibling resolvers at once and a session serves one at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import DateTime, Dialect, Interval, MetaData, String, event, func, literal, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

from subgraphs.common import sqlite_driver
from subgraphs.common.clock import Clock
from subgraphs.common.errors import ServiceUnavailable

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_SQLITE_BUSY_MS = 5_000
_SQLITE_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})
_GAVE_UP_WAITING = frozenset({"55P03", "57014"})  # lock_timeout, statement_timeout


def new_metadata() -> MetaData:
    """Give metadata with named constraints, as migrations need them. Each subgraph has its own."""
    return MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC: `timestamptz` on PostgreSQL, text of fixed length that sorts by time on SQLite.

    Raises:
        ValueError: a naive datetime was bound.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given to the database")
        value = value.astimezone(UTC)
        return value.strftime(_SQLITE_FORMAT) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


class Database:
    """An engine and its units of work.

    On SQLite all writers of a process take turns on one lock before `BEGIN IMMEDIATE`: waiting in the event loop is
    fair and costs nothing, waiting inside SQLite polls. Readers see a snapshot (WAL) and wait for nobody.
    """

    def __init__(self, url: str, *, clock: Clock, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        # A read is one statement or does not mind a commit between two: no round trips for BEGIN and ROLLBACK.
        reading = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = async_sessionmaker(reading, expire_on_commit=False)
        self._writer = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a unit of work that only reads. Each statement sees what is committed when it starts.

        Raises:
            ServiceUnavailable: every connection is taken, and stays so for long. Never open one unit of work within
                another: enough of them at once would wait for each other's connections.
        """
        async with self._readers() as session:
            try:
                yield session
            except PoolTimeout as error:
                raise ServiceUnavailable from error

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Open a unit of work that only reads, and in which every statement sees what was committed at its start."""
        isolated = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        async with AsyncSession(isolated) as session:
            # On SQLite nothing else begins a transaction; its first read fixes what it sees.
            await session.execute(text("BEGIN" if self.is_sqlite else "SET TRANSACTION READ ONLY"))
            try:
                yield session
            finally:
                await session.rollback()

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a unit of work that commits when left, and rolls back when left by an exception.

        Raises:
            ServiceUnavailable: the database gave up on this transaction (deadlock, serialization, busy), or had no
                connection for it: the caller may send the same again.
        """
        async with contextlib.AsyncExitStack() as stack:
            if self.is_sqlite:
                await stack.enter_async_context(self._writer)
            session = await stack.enter_async_context(self._sessions())
            try:
                if self.is_sqlite:
                    await session.execute(text("BEGIN IMMEDIATE"))
                yield session
                await session.commit()
            except DBAPIError as error:
                await session.rollback()
                if _may_be_retried(error):
                    raise ServiceUnavailable from error
                raise
            except PoolTimeout as error:
                raise ServiceUnavailable from error

    def now(self) -> ColumnElement[datetime]:
        """Give the SQL expression for the deciding clock: the database's own time, shifted by the clock's offset.

        On SQLite database and service are one process, so the value is bound when the statement is built.
        """
        if self.is_sqlite:
            return literal(self.clock.now(), UtcDateTime())
        if not self.clock.offset:
            return func.clock_timestamp(type_=UtcDateTime())
        return func.clock_timestamp(type_=UtcDateTime()) + literal(self.clock.offset, Interval())

    async def check(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _sqlite_engine(url: str) -> AsyncEngine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        json_serializer=_dump_json,
        json_deserializer=orjson.loads,
        # The driver would open transactions by itself, and too late: `Database.write` says BEGIN IMMEDIATE.
        connect_args={"isolation_level": None, "async_creator_fn": sqlite_driver.connect},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={_SQLITE_BUSY_MS}",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _postgres_engine(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        json_serializer=_dump_json,
        json_deserializer=orjson.loads,
        pool_size=pool_size,
        max_overflow=0,
        # The request's own deadline is shorter; a queue for connections at the start of a sale is no fault.
        pool_timeout=20,
        connect_args={
            "timeout": 5,
            "command_timeout": 10,
            "server_settings": {
                "timezone": "UTC",
                "lock_timeout": "3000",
                "statement_timeout": "8000",
                "idle_in_transaction_session_timeout": "15000",
            },
        },
    )


def _dump_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _may_be_retried(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in _SERIALIZATION_FAILURES or state in _GAVE_UP_WAITING or "database is locked" in str(error.orig)
