"""The migrations of booking's database."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from subgraphs.booking.app import MIGRATIONS
from subgraphs.booking.models import Base
from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


async def test_the_migrations_make_what_the_models_say_and_can_be_undone(empty_database_url: str) -> None:
    database = Database(empty_database_url, clock=SystemClock())
    try:
        for _ in range(2):
            await migrate(database, MIGRATIONS)
            async with database.engine.connect() as connection:
                assert await connection.run_sync(differences) == []
            await migrate(database, MIGRATIONS, revision="base")
            async with database.engine.connect() as connection:
                assert await connection.run_sync(tables) == ["alembic_version"]
    finally:
        await database.close()
