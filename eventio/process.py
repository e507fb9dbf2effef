"""The three subgraphs in one process: for the embedded system, and every command that works on their data."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from eventio.errors import CannotRun
from eventio.services import NAMES, ServiceKind, service_kind
from subgraphs.auth.app import AuthService
from subgraphs.booking.app import BookingService
from subgraphs.common.app import Service
from subgraphs.common.bus import Bus, bus_for
from subgraphs.common.clock import Clock, SystemClock
from subgraphs.common.errors import DatabaseIsNewer
from subgraphs.common.settings import ServiceSettings
from subgraphs.common.wiring import Surroundings
from subgraphs.seat.app import SeatService


@dataclass(frozen=True)
class Services:
    """The three applications of a process."""

    auth: AuthService
    booking: BookingService
    seat: SeatService

    def by_name(self) -> dict[str, Service]:
        """Give them by the names that the supergraph uses."""
        return {"auth": self.auth, "booking": self.booking, "seat": self.seat}


class _Late:
    """An application that is named before it is made: services refer to each other in circles."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app is None:
            raise RuntimeError("called before the process was put together")
        await self.app(scope, receive, send)


async def migrate_all(settings: Mapping[str, ServiceSettings]) -> None:
    """Bring all databases to this release's newest revision.

    Raises:
        CannotRun: one is newer than this release; it is left as it is.
    """
    # One after the other: Alembic's context is one for the process.
    for name, one in settings.items():
        await _migrate(service_kind(name), one)


async def _migrate(kind: ServiceKind, settings: ServiceSettings) -> None:
    try:
        await kind.migrate(settings)
    except DatabaseIsNewer as error:
        raise CannotRun(f"{kind.name}: {error}") from error


@contextlib.asynccontextmanager
async def services_in_process(
    settings: Mapping[str, ServiceSettings], *, bus: Bus, clock: Clock | None = None
) -> AsyncIterator[Services]:
    """Start the three applications, wired to each other without a network; stop them in the end.

    Args:
        settings: by name; the databases are migrated already.
        bus: one for all.
        clock: the machine's by default.
    """
    late = {name: _Late() for name in NAMES}
    transports = {name: httpx.ASGITransport(app, raise_app_exceptions=False) for name, app in late.items()}
    surroundings = Surroundings(bus=bus, clock=clock or SystemClock(), transports=transports)
    made: dict[str, Any] = {name: service_kind(name).create(settings[name], surroundings) for name in NAMES}
    for name, service in made.items():
        late[name].app = service
    async with contextlib.AsyncExitStack() as stack:
        for service in made.values():
            await stack.enter_async_context(service.running())
        yield Services(**made)


@contextlib.asynccontextmanager
async def configured_services(*, data_dir: Path | None = None, migrate: bool = False) -> AsyncIterator[Services]:
    """Start the three applications on the databases that the environment names, for a command's own use.

    Args:
        data_dir: in place of the environment's.
        migrate: whether the databases are migrated first.

    Raises:
        subgraphs.common.migrations.DatabaseIsOlder: `eventio migrate` has to run first.
    """
    changes = {} if data_dir is None else {"data_dir": data_folder(data_dir)}
    settings = {name: service_kind(name).settings(**changes) for name in NAMES}
    if migrate:
        await migrate_all(settings)
    bus = bus_for(settings["seat"].bus_url)
    try:
        async with services_in_process(settings, bus=bus) as services:
            yield services
    finally:
        await bus.close()


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
