"""uvicorn, made to say goodbye: subscriptions are completed and sockets closed before the server stops."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, Final

import uvicorn
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from router.config import RouterConfig
from router.server.app import RouterApp

_ABORT_SECONDS: Final = 2.0
_STANDARD_INPUT: Final = 0

Reload = Callable[[], Coroutine[Any, Any, bool]]


class RouterWebSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's leanest WebSocket protocol, in which a client that reads nothing can still be closed."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; after a close the client has two seconds to take what was sent before, then it is cut off."""
        if message["type"] == "websocket.close":
            # A transport that cannot send what it holds would otherwise stay open, and keep it, as long as the client.
            self.loop.call_later(_ABORT_SECONDS, self.transport.abort)
        await super().send(message)


class RouterServer(uvicorn.Server):
    """A uvicorn server that drains the router before it closes connections."""

    def __init__(self, config: uvicorn.Config, app: RouterApp, *, reload: Reload | None = None) -> None:
        super().__init__(config)
        self._app = app
        self._reload = reload
        self._on_terminal = os.isatty(_STANDARD_INPUT)
        self._reloading: set[asyncio.Task[bool]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, and listen for SIGHUP."""
        await super().startup(sockets)
        if self._reload is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._on_hangup)

    def _on_hangup(self) -> None:
        # A terminal that is closed sends the same signal; it can then no longer be told from any other broken file.
        if self._on_terminal and not os.isatty(_STANDARD_INPUT):
            self.should_exit = True
        elif self._reload is not None:
            task = asyncio.ensure_future(self._reload())
            self._reloading.add(task)
            task.add_done_callback(self._reloading.discard)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Complete the subscriptions, then stop as uvicorn does."""
        await self._app.drain()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signal handlers get a frame
        """Stop for a signal; a second Ctrl-C does not wait for anybody.

        uvicorn would raise the signal again when it has stopped, and that would end the process before whoever started
        this server has closed the rest. Here `serve` just returns.
        """
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        else:
            self.should_exit = True


def create_server(
    app: RouterApp, config: RouterConfig, *, front: Any = None, reload: Reload | None = None, **options: Any
) -> RouterServer:
    """Make a server for the application.

    Args:
        app: the router, which is drained before the server stops.
        config: its settings.
        front: an ASGI application that is served in the router's place, and hands on to it what is the router's.
        reload: what a SIGHUP starts; None leaves the signal alone.
        options: go to `uvicorn.Config` and win over what is chosen here.
    """
    chosen: dict[str, Any] = {
        "host": config.host,
        "port": config.port,
        "loop": "uvloop",
        "http": "httptools",
        "ws": RouterWebSocketProtocol,
        "ws_max_size": config.limits.message_bytes,
        # Compression costs tens of kilobytes for each client, and most messages are short.
        "ws_per_message_deflate": False,
        "lifespan": "on",
        "access_log": False,
        "server_header": False,
        "log_config": None,
        "timeout_graceful_shutdown": max(1, int(config.shutdown_seconds / 2)),
    }
    return RouterServer(uvicorn.Config(front or app, **(chosen | options)), app, reload=reload)
