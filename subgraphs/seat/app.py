"""Puts the seat subgraph together."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from subgraphs.common.app import Service, ServiceParts
from subgraphs.common.context import Caller
from subgraphs.common.database import Database
from subgraphs.common.endpoint import Callers, GraphQLEndpoint
from subgraphs.common.migrations import require_current
from subgraphs.common.wiring import Surroundings, tokens_of, verifier_from
from subgraphs.seat.context import SeatContext
from subgraphs.seat.loaders import Loaders
from subgraphs.seat.schema import schema
from subgraphs.seat.service.services import Services, make_services
from subgraphs.seat.settings import SeatSettings

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class SeatService(Service):
    """The seat subgraph, with what seeding and checks need of it."""

    def __init__(self, parts: ServiceParts, *, database: Database, services: Services) -> None:
        super().__init__(parts)
        self.database = database
        self.services = services


def create_service(settings: SeatSettings, surroundings: Surroundings) -> SeatService:
    """Build the service. Nothing is opened before it starts, which a database that lacks migrations refuses."""
    database = Database(settings.database_url_for("seat"), clock=surroundings.clock, pool_size=settings.pool_size)
    tokens = tokens_of("seat", settings)
    auth = surroundings.client_of("auth", settings, tokens)
    services = make_services(database, settings, bus=surroundings.bus, clock=surroundings.clock)

    def make_context(caller: Caller, long_lived: bool) -> SeatContext:  # noqa: FBT001 - `ContextFactory` says so
        return SeatContext(caller, long_lived, services, Loaders(services, long_lived=long_lived), settings)

    async def start() -> None:
        await require_current(database, MIGRATIONS)

    callers = Callers(verifier_from(auth, clock=surroundings.clock), tokens)
    parts = ServiceParts(
        name="seat",
        graphql=GraphQLEndpoint(schema, callers, make_context),
        checks={"database": database.check},
        start=[start],
        background={"sweeper": services.sweeper.run},
        stop=[database.close, auth.close, services.feed.close],
    )
    return SeatService(parts, database=database, services=services)
