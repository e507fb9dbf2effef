"""Units of work: one commit site, portable time, one writer at a time on SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from subgraphs.common.clock import ShiftingClock
from subgraphs.common.database import Database, UtcDateTime, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


class Row(Base):
    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@pytest.fixture
def clock() -> ShiftingClock:
    return ShiftingClock()


@pytest.fixture
async def database(database_url: str, clock: ShiftingClock) -> AsyncIterator[Database]:
    made = Database(database_url, clock=clock)
    async with made.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield made
    await made.close()


async def count(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Row)) or 0


async def test_leaving_a_writing_unit_commits(database: Database) -> None:
    async with database.write() as session:
        session.add(Row(id=1, at=datetime.now(UTC)))
    assert await count(database) == 1


async def test_an_error_in_a_writing_unit_rolls_back(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            session.add(Row(id=1, at=datetime.now(UTC)))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await count(database) == 0


async def test_a_broken_constraint_is_passed_on_and_leaves_the_database_usable(database: Database) -> None:
    async def insert() -> None:
        async with database.write() as session:
            session.add(Row(id=1, at=datetime.now(UTC)))

    await insert()
    with pytest.raises(IntegrityError):
        await insert()
    assert await count(database) == 1


async def test_moments_come_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.write() as session:
        session.add(Row(id=1, at=moment))
    async with database.read() as session:
        stored = await session.scalar(select(Row.at))
    assert stored == moment
    assert stored is not None
    assert stored.tzinfo is UTC


async def test_moments_compare_by_time_whatever_zone_they_were_given_in(database: Database) -> None:
    early = datetime(2026, 1, 1, 23, 0, tzinfo=timezone(timedelta(hours=5)))
    async with database.write() as session:
        session.add(Row(id=1, at=early))
        session.add(Row(id=2, at=datetime(2026, 1, 1, 19, 0, tzinfo=UTC)))
    async with database.read() as session:
        assert list(await session.scalars(select(Row.id).order_by(Row.at))) == [1, 2]


async def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.write() as session:
            session.add(Row(id=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point


async def test_the_databases_clock_follows_the_offset(database: Database, clock: ShiftingClock) -> None:
    async def now(session: AsyncSession) -> datetime:
        moment = await session.scalar(select(database.now()))
        assert isinstance(moment, datetime)
        return moment

    async with database.read() as session:
        before = await now(session)
        clock.advance(timedelta(hours=1))
        after = await now(session)
    assert timedelta(minutes=59) < after - before < timedelta(minutes=61)


async def test_writers_that_come_together_all_succeed(database: Database) -> None:
    async def insert(number: int) -> None:
        async with database.write() as session:
            session.add(Row(id=number, at=datetime.now(UTC)))

    await asyncio.gather(*(insert(number) for number in range(50)))
    assert await count(database) == 50
