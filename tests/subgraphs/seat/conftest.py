"""The seat subgraph, running on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.seat_service import SeatSystem, running_seat


@pytest.fixture
async def seat(database_url: str) -> AsyncIterator[SeatSystem]:
    async with running_seat(database_url) as system:
        yield system
