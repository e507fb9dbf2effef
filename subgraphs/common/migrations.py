"""Runs a subgraph's Alembic migrations, which live in its `migrations/` package, without a configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from subgraphs.common.database import Database
from subgraphs.common.errors import DatabaseIsNewer, DatabaseIsOlder


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection, script: ScriptDirectory) -> None:
    current = _current(connection)
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise DatabaseIsNewer(
            f"the database is at revision {current!r}, which this release does not know: "
            "start the release that wrote it, or restore a backup"
        )


async def migrate(database: Database, folder: Path, *, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default.

    Raises:
        DatabaseIsNewer: it is at a revision that this release does not know. Nothing was changed.
    """
    config = _config(folder)
    script = ScriptDirectory.from_config(config)

    def run(connection: Connection) -> None:
        _refuse_newer(connection, script)
        config.attributes["connection"] = connection
        if revision != "head" and _is_behind(script, _current(connection), revision):
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)

    async with database.engine.begin() as connection:
        await connection.run_sync(run)


def _is_behind(script: ScriptDirectory, current: str | None, target: str) -> bool:
    if target == "base":
        return True
    known = [item.revision for item in script.walk_revisions()]
    return current is not None and known.index(target) > known.index(current)


async def require_current(database: Database, folder: Path) -> None:
    """Check that the database is at this release's newest revision.

    Raises:
        DatabaseIsNewer: as `migrate`.
        DatabaseIsOlder: migrations are missing; the message says how to apply them.
    """
    script = ScriptDirectory.from_config(_config(folder))
    async with database.engine.connect() as connection:
        current = await connection.run_sync(_current)
        await connection.run_sync(_refuse_newer, script)
    if current != script.get_current_head():
        raise DatabaseIsOlder("the database lacks migrations: run `eventio migrate` first")


def run_environment(metadata: MetaData) -> None:
    """Be the body of a `migrations/env.py`: run the scripts on the connection that `migrate` handed over."""
    connection: Any = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        compare_type=True,
    )
    context.run_migrations()
