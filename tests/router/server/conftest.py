"""A running router over an engine that needs no subgraphs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from router.config import load_config
from router.server.app import create_app
from tests.support.local_engine import LocalEngine
from tests.support.running_server import Running, running


@pytest.fixture
def settings() -> dict[str, Any]:
    """The router's settings; a test module gives others by a fixture of the same name."""
    return {}


@pytest.fixture
async def engine() -> LocalEngine:
    return LocalEngine()


@pytest.fixture
async def router(engine: LocalEngine, settings: dict[str, Any]) -> AsyncIterator[Running]:
    config = load_config(**settings)
    async with running(create_app(engine, config), config) as started:
        yield started


@pytest.fixture
async def client(router: Running) -> AsyncIterator[httpx.AsyncClient]:
    # Without `verify`, every client would read the certificates of the whole world first.
    async with httpx.AsyncClient(base_url=router.http, verify=False) as opened:
        yield opened
