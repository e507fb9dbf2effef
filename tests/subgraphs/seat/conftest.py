"""The seat subgraph, running on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from subgraphs.seat.app import MIGRATIONS
from tests.support.databases import migrated_database_url
from tests.support.seat_service import SeatSystem, running_seat

database_url = migrated_database_url(MIGRATIONS)


@pytest.fixture
async def seat(database_url: str) -> AsyncIterator[SeatSystem]:
    async with running_seat(database_url) as system:
        yield system
