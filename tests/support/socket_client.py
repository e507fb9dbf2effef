"""A client that speaks graphql-transport-ws to a running router, one message at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.running_server import Running


class SocketClient:
    """A socket that speaks JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, message: Any) -> None:
        await self._socket.send(json.dumps(message))

    async def send_text(self, text: str | bytes) -> None:
        await self._socket.send(text)

    async def init(self, payload: dict[str, Any] | None = None) -> dict[str, Any]:
        message: dict[str, Any] = {"type": "connection_init"}
        await self.send(message if payload is None else message | {"payload": payload})
        acknowledgement: dict[str, Any] = await self.receive()
        return acknowledgement

    async def subscribe(self, operation_id: str, query: str, **payload: Any) -> None:
        await self.send({"type": "subscribe", "id": operation_id, "payload": {"query": query, **payload}})

    async def receive(self) -> Any:
        async with asyncio.timeout(5):
            return json.loads(await self._socket.recv())

    async def closed(self) -> tuple[int, str]:
        """Read on until the server closes, and give code and reason."""
        async with asyncio.timeout(5):
            with pytest.raises(ConnectionClosed) as closed:
                await self._drained()
        assert closed.value.rcvd is not None
        return closed.value.rcvd.code, closed.value.rcvd.reason

    async def _drained(self) -> None:
        while True:
            await self._socket.recv()

    async def pinging(self) -> None:
        """Ping for ever."""
        while True:
            await self.send({"type": "ping"})
            await self.receive()


@asynccontextmanager
async def connected(router: Running, **options: Any) -> AsyncIterator[SocketClient]:
    subprotocols = options.pop("subprotocols", ["graphql-transport-ws"])
    async with connect(router.websocket, subprotocols=subprotocols, **options) as socket:
        yield SocketClient(socket)
