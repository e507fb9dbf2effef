"""Fixtures for sales: both subgraphs, booking's database on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.sales_system import SalesSystem, selling


@pytest.fixture
async def sales(database_url: str, tmp_path: Path) -> AsyncIterator[SalesSystem]:
    """Both subgraphs."""
    async with selling(database_url, tmp_path) as system:
        yield system
