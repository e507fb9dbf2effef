"""The application around a subgraph's schema: health, readiness, background tasks, one life."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import FastAPI, Response
from starlette.types import ASGIApp, Receive, Scope, Send

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ServiceParts:
    """What a subgraph is made of, as its `app.py` puts it together.

    Attributes:
        name: `auth`, `booking` or `seat`.
        graphql: the ASGI application for `/graphql`.
        checks: what must answer for the service to be ready, by name; each raises when it does not.
        start: called in order before the service is ready (check migrations, subscribe).
        background: loops that run as long as the service does (relay, sweeper); each is started anew when it fails.
        stop: called in reverse order at the end (close pools).
    """

    name: str
    graphql: ASGIApp
    checks: Mapping[str, Callable[[], Awaitable[None]]]
    start: Sequence[Callable[[], Awaitable[None]]] = ()
    background: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=dict)
    stop: Sequence[Callable[[], Awaitable[None]]] = ()


class Service:
    """An ASGI application: `/graphql` directly, everything else (`/health`, `/ready`, routes of its own) by FastAPI."""

    def __init__(self, parts: ServiceParts) -> None:
        self.parts = parts
        self.web = FastAPI(
            title=f"Eventio {parts.name}", lifespan=self._life, docs_url=None, redoc_url=None, openapi_url=None
        )
        self._ready = False
        self.web.add_api_route("/health", self._health, methods=["GET"])
        self.web.add_api_route("/ready", self._readiness, methods=["GET"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"] == "/graphql":
            await self.parts.graphql(scope, receive, send)
        else:
            await self.web(scope, receive, send)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the service, give it over, stop it: for whoever runs it without a lifespan protocol."""
        async with contextlib.AsyncExitStack() as stack:
            for stop in self.parts.stop:
                stack.push_async_callback(stop)
            for start in self.parts.start:
                await start()
            tasks = [
                asyncio.create_task(_keep_running(f"{self.parts.name}.{name}", loop), name=f"{self.parts.name}.{name}")
                for name, loop in self.parts.background.items()
            ]
            stack.push_async_callback(_end, tasks)
            self._ready = True
            try:
                yield
            finally:
                self._ready = False

    @contextlib.asynccontextmanager
    async def _life(self, _web: FastAPI) -> AsyncIterator[None]:
        async with self.running():
            yield

    async def _health(self) -> dict[str, str]:
        return {"status": "up", "service": self.parts.name}

    async def _readiness(self, response: Response) -> dict[str, Any]:
        checks = {name: await _passes(check) for name, check in self.parts.checks.items()}
        ready = self._ready and all(checks.values())
        response.status_code = 200 if ready else 503
        return {"status": "ready" if ready else "not ready", "checks": checks}


async def _passes(check: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(2):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        log.warning("readiness.failed", error=repr(error))
        return False
    return True


async def _keep_running(name: str, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
    pause = 0.1
    while True:
        try:
            await loop()
        except Exception:
            log.exception("background.failed", task=name)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 10.0)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
