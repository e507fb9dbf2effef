"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import database_url
from tests.support.nats import running_nats

__all__ = ["database_url", "nats_url"]


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real NATS server."""
    with running_nats(tmp_path_factory.mktemp("nats")) as url:
        yield url
