"""The started system: once in one process on SQLite, once as five processes on PostgreSQL and NATS."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.graphql_client import Client
from tests.support.system import System, distributed_system, embedded_system

# One address plays all the guests of the suite.
MANY_GUESTS = {"EVENTIO_AUTH_EXEMPT_LOOPBACK": "true"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with embedded_system(tmp_path_factory.mktemp("embedded"), changes=MANY_GUESTS) as system:
        yield system


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def distributed(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[System]:
    async with distributed_system(
        tmp_path_factory.mktemp("distributed"), nats_url=nats_url, changes=MANY_GUESTS
    ) as system:
        yield system


@pytest.fixture(
    # `tests.support.scheduling` reads these names: each system starts in one worker only.
    params=["embedded", "distributed"]
)
def system(request: pytest.FixtureRequest) -> System:
    running: System = request.getfixturevalue(request.param)
    return running


@pytest.fixture
async def guest(system: System) -> AsyncIterator[Client]:
    client = Client(system)
    await client.be_guest()
    yield client
    await client.close()
