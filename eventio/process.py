"""The three subgraphs in one process: what the embedded system, and every command that works on their data, rests on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from eventio.errors import CannotRun
from eventio.services import NAMES, ServiceKind, service_kind
from subgraphs.common.app import Service
from subgraphs.common.bus import Bus
from subgraphs.common.clock import Clock, SystemClock
from subgraphs.common.migrations import DatabaseIsNewer
from subgraphs.common.settings import ServiceSettings
from subgraphs.common.wiring import Surroundings


class _Late:
    """An application that is named before it is made: services refer to each other in circles."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is None:
            raise RuntimeError("called before the process was put together")
        await self.app(scope, receive, send)


def settings_of(kind: ServiceKind, **changes: Any) -> ServiceSettings:
    """Read a subgraph's settings from the environment, with some replaced."""
    return kind.settings_type(**changes)


async def migrate_all(settings: Mapping[str, ServiceSettings]) -> None:
    """Bring all databases to this release's newest revision.

    Raises:
        CannotRun: one is newer than this release; it is left as it is.
    """
    await asyncio.gather(*(_migrate(service_kind(name), one) for name, one in settings.items()))


async def _migrate(kind: ServiceKind, settings: ServiceSettings) -> None:
    try:
        await kind.migrate(settings)
    except DatabaseIsNewer as error:
        raise CannotRun(f"{kind.name}: {error}") from error


@contextlib.asynccontextmanager
async def services_in_process(
    settings: Mapping[str, ServiceSettings], *, bus: Bus, clock: Clock | None = None
) -> AsyncIterator[Mapping[str, Service]]:
    """Start the three applications, wired to each other without a network; stop them in the end.

    Args:
        settings: by name; the databases are migrated already.
        bus: one for all.
        clock: the machine's by default.
    """
    late = {name: _Late() for name in NAMES}
    transports = {name: httpx.ASGITransport(app, raise_app_exceptions=False) for name, app in late.items()}
    surroundings = Surroundings(bus=bus, clock=clock or SystemClock(), transports=transports)
    services = {name: service_kind(name).create(settings[name], surroundings) for name in NAMES}
    for name, service in services.items():
        late[name].app = service
    async with contextlib.AsyncExitStack() as stack:
        for service in services.values():
            await stack.enter_async_context(service.running())
        yield services


def data_folder(path: Path) -> Path:
    """Make a data folder that only its owner reads: it holds keys.

    Raises:
        CannotRun: it cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotRun(
            f"cannot write to the data folder {path}: {error.strerror}; choose another with --data-dir"
        ) from error
    return path
