"""Apollo Client and urql, as they come from npm, against a started router: what they show after each part.

They are for development only: without `npm --prefix tools/defer-clients ci` these tests are skipped.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from router.app import build_router
from router.config import load_config
from tests.router.deferral.shop import SDL, Shop
from tests.support.running_server import Running, running

_FOLDER = Path(__file__).parents[3] / "tools" / "defer-clients"
_NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(
    _NODE is None or not (_FOLDER / "node_modules").is_dir(),
    reason="tools/defer-clients/node_modules is absent: npm --prefix tools/defer-clients ci installs it",
)

QUERY = '{ items { name ... @defer(label: "s") { stars } ... @defer(label: "p") { price } } }'


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
async def router(shop: Shop) -> AsyncIterator[Running]:
    config = load_config()
    async with running(build_router(config, SDL, shop.transport), config) as started:
        yield started


def _plain(value: Any) -> Any:
    """Leave out what Apollo Client asks for beside what it is asked."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != "__typename"}
    return value


@pytest.mark.parametrize("client", ["apollo-2022", "apollo-v0.2", "urql"])
async def test_a_client_shows_what_it_has_before_the_rest_comes(router: Running, shop: Shop, client: str) -> None:
    stars, price = shop.hold("stars"), shop.hold("price")
    assert _NODE is not None
    process = await asyncio.create_subprocess_exec(
        _NODE, "send.mjs", client, f"{router.http}/graphql", QUERY, cwd=_FOLDER, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    shown = []
    async with asyncio.timeout(30):
        for gate in (stars, price, None):
            shown.append(json.loads(await process.stdout.readline()))
            if gate is not None:
                gate.set()
        await process.wait()
    one: dict[str, Any] = {"name": "a name"}
    with_stars = one | {"stars": 5}
    assert [(_plain(item["data"]), item["errors"], item["more"]) for item in shown] == [
        ({"items": [one, one]}, [], True),
        ({"items": [with_stars, with_stars]}, [], True),
        ({"items": [with_stars | {"price": 7}] * 2}, [], False),
    ]
