"""The three subgraphs as this package knows them: settings, application, migrations, schema. Imported when needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from subgraphs.common.app import Service
from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate, require_current
from subgraphs.common.settings import ServiceSettings
from subgraphs.common.wiring import Surroundings

NAMES: Final = ("auth", "booking", "seat")
PORTS: Final = {"auth": 4001, "booking": 4002, "seat": 4003}
_SETTINGS: Final = {"auth": "AuthSettings", "booking": "BookingSettings", "seat": "SeatSettings"}


@dataclass(frozen=True)
class ServiceKind:
    """One of the subgraphs.

    Attributes:
        name: `auth`, `booking` or `seat`.
        settings_type: its settings, read from the environment when made without arguments.
        create: builds the application.
        migrations: the folder of its Alembic scripts.
    """

    name: str
    settings_type: type[ServiceSettings]
    create: Callable[[Any, Surroundings], Service]
    migrations: Path

    def settings(self, **changes: Any) -> ServiceSettings:
        """Read its settings from the environment, with some replaced."""
        return self.settings_type(**changes)

    async def require_current(self, settings: ServiceSettings) -> None:
        """Check that its database has this release's revision; raises as `subgraphs.common.migrations`."""
        database = Database(settings.database_url_for(self.name), clock=SystemClock())
        try:
            await require_current(database, self.migrations)
        finally:
            await database.close()

    async def migrate(self, settings: ServiceSettings, *, revision: str = "head") -> None:
        """Bring its database to a revision; raises as `subgraphs.common.migrations.migrate`."""
        database = Database(settings.database_url_for(self.name), clock=SystemClock())
        try:
            await migrate(database, self.migrations, revision=revision)
        finally:
            await database.close()


def service_kind(name: str) -> ServiceKind:
    """Import one subgraph."""
    app = importlib.import_module(f"subgraphs.{name}.app")
    settings = importlib.import_module(f"subgraphs.{name}.settings")
    return ServiceKind(
        name=name,
        settings_type=getattr(settings, _SETTINGS[name]),
        create=app.create_service,
        migrations=app.MIGRATIONS,
    )


def schema_of(name: str) -> str:
    """Give a subgraph's SDL as it is composed."""
    sdl: str = importlib.import_module(f"subgraphs.{name}.schema").schema.as_str()
    return sdl
