"""What clients see when the router is told to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from router.config import load_config
from router.server.app import create_app
from router.server.listening import address_of
from router.server.uvicorn_server import create_server
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


async def test_a_signal_stops_the_server_and_nothing_else(engine: LocalEngine) -> None:
    config = load_config()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = create_server(create_app(engine, config), config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await eventually(lambda: server.started)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, 2)
    assert engine.contexts == []


async def test_another_application_may_stand_in_front(engine: LocalEngine) -> None:
    config = load_config()
    app = create_app(engine, config)

    async def front(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/webhook":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
        else:
            await app(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = create_server(app, config, front=front)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await eventually(lambda: server.started)
        async with httpx.AsyncClient(base_url=address_of(listening), verify=False) as client:
            assert (await client.post("/webhook")).status_code == 204
            assert (await client.get("/ready")).status_code == 200
        server.should_exit = True
        await serving
