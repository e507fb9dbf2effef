"""Fixtures for checking: both subgraphs, booking's database on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from subgraphs.booking.app import MIGRATIONS
from tests.support.databases import migrated_database_url
from tests.support.sales_system import SalesSystem, selling

database_url = migrated_database_url(MIGRATIONS)


@pytest.fixture
async def sales(database_url: str, tmp_path: Path) -> AsyncIterator[SalesSystem]:
    """Both subgraphs."""
    async with selling(database_url, tmp_path) as system:
        yield system
