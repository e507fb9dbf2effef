"""INSERT … ON CONFLICT, which both databases have, each under its own name."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


def insert_into(session: AsyncSession, model: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(model) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(model)
