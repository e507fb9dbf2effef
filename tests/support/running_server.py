"""A real uvicorn on a free port, in the test's own event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

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
    """Serve the application until the block is left."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = create_server(app, config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    try:
        yield Running(f"127.0.0.1:{listening.getsockname()[1]}", server)
    finally:
        server.should_exit = True
        await task
