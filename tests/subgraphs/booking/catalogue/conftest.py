"""The programme, running on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.catalogue_service import Programme, running_programme


@pytest.fixture
async def programme(database_url: str, tmp_path: Path) -> AsyncIterator[Programme]:
    """The booking subgraph with an empty database."""
    async with running_programme(database_url, tmp_path) as running:
        yield running
