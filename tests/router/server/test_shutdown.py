"""What clients see when the router is told to stop."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from router.config import load_config
from router.server.app import create_app
from tests.support.eventually import eventually
from tests.support.local_engine import LocalEngine
from tests.support.running_server import running

PROTOCOL = Subprotocol("graphql-transport-ws")


async def test_subscriptions_are_completed_and_sockets_closed_with_1001_within_two_seconds(
    engine: LocalEngine,
) -> None:
    config = load_config()
    async with (
        running(create_app(engine, config), config) as router,
        connect(router.websocket, subprotocols=[PROTOCOL]) as socket,
        connect(router.websocket, subprotocols=[PROTOCOL]) as idle,
        httpx.AsyncClient(base_url=router.http) as client,
        client.stream(
            "POST",
            "/graphql",
            json={"query": "subscription { quiet }"},
            headers={"accept": "text/event-stream"},
        ) as stream,
    ):
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.send(json.dumps({"type": "subscribe", "id": "a", "payload": {"query": "subscription { quiet }"}}))
        await eventually(lambda: engine.open_subscriptions == 2)
        assert [json.loads(await socket.recv())["type"] for _ in range(2)] == ["connection_ack", "next"]

        started = time.monotonic()
        router.server.should_exit = True
        assert json.loads(await socket.recv()) == {"id": "a", "type": "complete"}
        for each in (socket, idle):
            with pytest.raises(ConnectionClosed) as closed:
                await each.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1001, "Going away")
        text = "".join([part async for part in stream.aiter_text()])
        assert text.endswith("event: complete\ndata:\n\n")
    assert time.monotonic() - started < 2
    assert engine.open_subscriptions == 0


async def test_a_query_under_way_is_answered(engine: LocalEngine) -> None:
    config = load_config()
    async with (
        running(create_app(engine, config), config) as router,
        httpx.AsyncClient(base_url=router.http) as client,
    ):
        request = asyncio.create_task(client.post("/graphql", json={"query": "{ sleeping(seconds: 0.4) }"}))
        await eventually(lambda: len(engine.contexts) == 1)
        router.server.should_exit = True
        assert (await request).json() == {"data": {"sleeping": "slept"}}


async def test_a_draining_router_takes_no_more_subscriptions(engine: LocalEngine) -> None:
    app = create_app(engine, load_config())
    await app.drain()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://router") as client:
        response = await client.post(
            "/graphql", json={"query": "subscription { quiet }"}, headers={"accept": "text/event-stream"}
        )
        query = await client.post("/graphql", json={"query": "{ hello }"})
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert response.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE"}
    assert query.json() == {"data": {"hello": "Hello world"}}
