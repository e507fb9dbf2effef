"""A client of the public API over real HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import websockets
from websockets.asyncio.client import ClientConnection

from tests.support.system import System

_SECONDS = 15


class Client:
    """One person: keeps their access token."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._http = httpx.AsyncClient(base_url=system.url, timeout=_SECONDS, trust_env=False)
        self.token: str | None = None

    async def close(self) -> None:
        await self._http.aclose()

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def send(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send an operation and give the whole answer."""
        response = await self._http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=self.headers
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send an operation that has to succeed and give its data."""
        answer = await self.send(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def sign_in(self, email: str, password: str) -> None:
        """Log in and keep the token."""
        data = await self.ask(
            "mutation($input: LoginInput!) { login(input: $input) { accessToken userErrors { message } } }",
            input={"email": email, "password": password},
        )
        assert data["login"]["userErrors"] == []
        self.token = data["login"]["accessToken"]

    async def be_guest(self) -> None:
        """Become a guest and keep the token."""
        data = await self.ask("mutation { createGuestSession { accessToken } }")
        self.token = data["createGuestSession"]["accessToken"]

    @contextlib.asynccontextmanager
    async def subscription(self, query: str, **variables: Any) -> AsyncIterator[Subscription]:
        """Open a WebSocket and one subscription on it."""
        async with websockets.connect(
            self._system.websocket_url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]
        ) as socket:
            subscription = Subscription(socket)
            await subscription.start(self.headers, query, variables)
            yield subscription


class Subscription:
    """The results of one subscription, in order."""

    _ids = itertools.count(1)

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._id = str(next(self._ids))

    async def start(self, headers: dict[str, str], query: str, variables: dict[str, Any]) -> None:
        await self._send({"type": "connection_init", "payload": headers})
        assert (await self._receive())["type"] == "connection_ack"
        await self._send({"id": self._id, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    async def next(self) -> dict[str, Any]:
        """Give the next result's data."""
        message = await self._receive()
        assert message["type"] == "next", message
        payload: dict[str, Any] = message["payload"]
        assert "errors" not in payload, payload
        data: dict[str, Any] = payload["data"]
        return data

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send(orjson.dumps(message).decode())

    async def _receive(self) -> dict[str, Any]:
        while True:
            async with asyncio.timeout(_SECONDS):
                message: dict[str, Any] = orjson.loads(await self._socket.recv())
            if message["type"] == "ping":
                await self._send({"type": "pong"})
                continue
            return message
