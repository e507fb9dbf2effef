"""The auth subgraph for its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from subgraphs.auth.app import MIGRATIONS
from tests.support.auth_service import AuthSystem, running_auth
from tests.support.databases import migrated_database_url

database_url = migrated_database_url(MIGRATIONS)


@pytest.fixture
async def auth(database_url: str, tmp_path: Path) -> AsyncIterator[AuthSystem]:
    """The subgraph, once on SQLite and once on PostgreSQL."""
    async with running_auth(database_url, tmp_path / "data") as system:
        yield system


@pytest.fixture
async def light_auth(tmp_path: Path) -> AsyncIterator[AuthSystem]:
    """The subgraph on SQLite, where nothing depends on the database."""
    async with running_auth(f"sqlite+aiosqlite:///{tmp_path / 'light.sqlite3'}", tmp_path / "data") as system:
        yield system
