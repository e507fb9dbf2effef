"""A graphql-transport-ws client for an ASGI application in the same process."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.types import ASGIApp, Message


class GraphQLSocket:
    """One socket: messages go through queues instead of a network."""

    def __init__(self) -> None:
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._ids = itertools.count(1)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, app: ASGIApp, connection_params: dict[str, str]) -> AsyncIterator[GraphQLSocket]:
        """Connect and wait for the acknowledgement."""
        socket = cls()
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "scheme": "ws",
            "headers": [(b"host", b"test")],
            "subprotocols": ["graphql-transport-ws"],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
            "state": {},
        }
        task = asyncio.ensure_future(app(scope, socket._to_app.get, socket._from_app.put))
        socket._to_app.put_nowait({"type": "websocket.connect"})
        assert (await socket._receive())["type"] == "websocket.accept"
        socket._send({"type": "connection_init", "payload": connection_params})
        assert await socket._message() == {"type": "connection_ack"}
        try:
            yield socket
        finally:
            socket._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
            async with asyncio.timeout(5):
                await asyncio.gather(task, return_exceptions=True)

    async def subscribe(self, query: str, variables: dict[str, Any] | None = None) -> AsyncIterator[Any]:
        """Run one operation; gives each result until it completes, an error as `{"errors": […]}`."""
        operation = str(next(self._ids))
        self._send({"id": operation, "type": "subscribe", "payload": {"query": query, "variables": variables or {}}})
        while True:
            message = await self._message()
            if message["type"] == "next":
                yield message["payload"]
            elif message["type"] == "error":
                yield {"errors": message["payload"]}
                return
            elif message["type"] == "complete":
                return

    def _send(self, message: dict[str, Any]) -> None:
        self._to_app.put_nowait({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def _receive(self) -> Message:
        async with asyncio.timeout(5):
            return await self._from_app.get()

    async def _message(self) -> dict[str, Any]:
        received = await self._receive()
        assert received["type"] == "websocket.send", received
        message: dict[str, Any] = orjson.loads(received.get("text") or received["bytes"])
        return message
