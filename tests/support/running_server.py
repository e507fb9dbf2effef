"""Real servers on free ports, in the test's own event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from router.config import RouterConfig
from router.server.app import RouterApp
from router.server.uvicorn_server import RouterServer, create_server


@dataclass(frozen=True)
class Running:
    """Where the server is, and the server."""

    host: str
    server: RouterServer

    @property
    def http(self) -> str:
        return f"http://{self.host}"

    @property
    def websocket(self) -> str:
        return f"ws://{self.host}/graphql"


@asynccontextmanager
async def running(app: RouterApp, config: RouterConfig) -> AsyncGenerator[Running, None]:
    """Serve the router until the block is left."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = create_server(app, config)
    async with _started(server, listening):
        yield Running(f"127.0.0.1:{listening.getsockname()[1]}", server)


@asynccontextmanager
async def serving(app: Any) -> AsyncGenerator[str, None]:
    """Serve any ASGI application until the block is left; gives `host:port`."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1)
    )
    async with _started(server, listening):
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@asynccontextmanager
async def _started(server: uvicorn.Server, listening: socket.socket) -> AsyncGenerator[None, None]:
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(conversation: Conversation) -> AsyncGenerator[str, None]:
    """Answer each TCP connection as `conversation` does, then close it; gives `host:port`."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await conversation(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
