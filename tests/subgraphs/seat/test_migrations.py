"""Migrations make just the tables that the models describe, and can be undone."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.seat.app import MIGRATIONS
from subgraphs.seat.models.tables import Base


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_migrated_database_is_that_of_the_models(empty_database_url: str) -> None:
    database = Database(empty_database_url, clock=SystemClock())
    await migrate(database, MIGRATIONS)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_the_migrations_can_be_undone_and_done_again(empty_database_url: str) -> None:
    database = Database(empty_database_url, clock=SystemClock())
    await migrate(database, MIGRATIONS)
    await migrate(database, MIGRATIONS, revision="base")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(tables) == {"alembic_version"}
    await migrate(database, MIGRATIONS)
    await database.close()
