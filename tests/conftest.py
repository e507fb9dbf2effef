"""Fixtures for every test."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.databases import empty_database_url
from tests.support.nats import running_nats
from tests.support.postgres import RecycledDatabases
from tests.support.scheduling import pytest_xdist_make_scheduler

# The suite draws the same examples each time; `make fuzz` draws many others, and prints how to repeat a failure.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("fuzz", deadline=None, max_examples=3_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

__all__ = ["database_url", "empty_database_url", "nats_url", "pytest_xdist_make_scheduler", "recycled_databases"]

# A subgraph's tests have a migrated one of this name.
database_url = empty_database_url


@pytest.fixture(scope="session")
def recycled_databases() -> Iterator[RecycledDatabases]:
    """The PostgreSQL databases that this process's tests take and give back."""
    recycled = RecycledDatabases()
    yield recycled
    asyncio.run(recycled.drop())


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real NATS server."""
    with running_nats(tmp_path_factory.mktemp("nats")) as url:
        yield url
