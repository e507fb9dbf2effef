"""The all-in-one process: the router and the three subgraphs, SQLite files in one folder, an in-memory bus.

The services are the very applications that `eventio serve` starts one by one; here they call each other in the process.
"""

from __future__ import annotations

import contextlib
import fcntl
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from starlette.types import ASGIApp, Receive, Scope, Send

from eventio.errors import CannotRun
from eventio.payment_door import PAYMENT_PATHS
from eventio.process import Services, data_folder, migrate_all, services_in_process
from eventio.services import NAMES, service_kind
from eventio.supergraph import read_supergraph
from router.app import build_router
from router.config import RouterConfig
from router.server.app import RouterApp
from router.transport import AsgiTransport
from subgraphs.common.bus import MemoryBus
from subgraphs.common.clock import Clock
from subgraphs.common.settings import MailSettings

_LOCK_FILE: Final = "eventio.lock"


@dataclass(frozen=True)
class EmbeddedSystem:
    """The running parts.

    Attributes:
        app: what a server serves.
        router: the router within it, which has to be drained before the server ends.
        services: the three subgraphs.
        mail_folder: where mails become files; None where a mail server takes them.
    """

    app: ASGIApp
    router: RouterApp
    services: Services
    mail_folder: Path | None


class _FrontDoor:
    """Sends what belongs to payments to booking, everything else to the router."""

    def __init__(self, router: RouterApp, booking: ASGIApp) -> None:
        self._router = router
        self._booking = booking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PAYMENT_PATHS):
            await self._booking(scope, receive, send)
        else:
            await self._router(scope, receive, send)


@contextlib.contextmanager
def locked_folder(path: Path) -> Iterator[Path]:
    """Take a data folder for this process alone.

    Raises:
        CannotRun: it cannot be made or written, or another process uses it.
    """
    folder = data_folder(path)
    with (folder / _LOCK_FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(
                f"another Eventio uses the data folder {folder}: stop it, or choose another with --data-dir"
            ) from error
        yield folder


@contextlib.asynccontextmanager
async def embedded_system(
    folder: Path, *, router_config: RouterConfig, public_url: str, clock: Clock | None = None
) -> AsyncIterator[EmbeddedSystem]:
    """Migrate the databases, start everything, give it over, and stop it in the end.

    Args:
        folder: where the SQLite files, keys and mails are.
        router_config: the router's settings.
        public_url: where people reach the system; links in mails start with it.
        clock: the machine's by default.

    Raises:
        CannotRun: a database is newer than this release.
    """
    # Calls between services stay in this process: a secret of its own for each start is the safest.
    secret = secrets.token_urlsafe(32)
    settings = {
        name: service_kind(name).settings(data_dir=folder, public_url=public_url, service_secret=secret)
        for name in NAMES
    }
    await migrate_all(settings)
    async with services_in_process(settings, bus=MemoryBus(), clock=clock) as services:
        router = build_router(router_config, read_supergraph(), AsgiTransport(services.by_name()))
        booking = cast("MailSettings", settings["booking"])
        mail_folder = None if booking.mail_url.get_secret_value() else folder / "mail"
        yield EmbeddedSystem(_FrontDoor(router, services.booking), router, services, mail_folder)
