"""Puts the booking subgraph together."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from subgraphs.booking.context import BookingContext
from subgraphs.booking.loaders import CatalogueLoaders, SalesLoaders
from subgraphs.booking.models import IdempotencyKeyRow, OutboxMessage
from subgraphs.booking.sales_parts import Selling, build_selling
from subgraphs.booking.schema import schema
from subgraphs.booking.seat_client import SeatClient
from subgraphs.booking.service.availability import AvailabilityKeeper
from subgraphs.booking.service.catalogue import Catalogue
from subgraphs.booking.service.cinemas import CinemaService
from subgraphs.booking.service.housekeeping import Housekeeping
from subgraphs.booking.service.importing import MovieImporter
from subgraphs.booking.service.movies import MovieService
from subgraphs.booking.service.scheduling import SchedulingService, ShowtimePolicy
from subgraphs.booking.service.seeding import CatalogueSeeder
from subgraphs.booking.service.showtimes import ShowtimeService
from subgraphs.booking.service.telling_seat import SeatTeller
from subgraphs.booking.settings import BookingSettings
from subgraphs.common.app import Service, ServiceParts
from subgraphs.common.clock import Clock
from subgraphs.common.context import Caller
from subgraphs.common.database import Database
from subgraphs.common.endpoint import Callers, GraphQLEndpoint
from subgraphs.common.idempotency import IdempotencyStore
from subgraphs.common.migrations import require_current
from subgraphs.common.outbox import MAIL_LEASE, MAILS_AT_ONCE, Outbox
from subgraphs.common.wiring import Surroundings, tokens_of, verifier_from

MIGRATIONS: Final = Path(__file__).parent / "migrations"


class BookingService(Service):
    """The booking subgraph, with what the command line needs of it beside the web.

    Attributes:
        database: booking's database.
        catalogue: films, cinemas, showtimes.
        outbox: what is still to be told elsewhere.
        mails: what people are still to be written.
        selling: bookings, payments, tickets (`selling.sales`), and the sandbox payment provider.
    """

    def __init__(
        self,
        parts: ServiceParts,
        *,
        database: Database,
        catalogue: Catalogue,
        outbox: Outbox,
        mails: Outbox,
        selling: Selling,
    ) -> None:
        super().__init__(parts)
        self.database = database
        self.catalogue = catalogue
        self.outbox = outbox
        self.mails = mails
        self.selling = selling
        selling.mount(self.web)


def create_service(settings: BookingSettings, surroundings: Surroundings) -> BookingService:
    """Build the service; nothing is opened before it starts."""
    clock = surroundings.clock
    database = Database(settings.database_url_for("booking"), clock=clock, pool_size=settings.pool_size)
    tokens = tokens_of("booking", settings)
    auth_client = surroundings.client_of("auth", settings, tokens)
    seat_client = surroundings.client_of("seat", settings, tokens)
    seat = SeatClient(seat_client)

    keys = IdempotencyStore(IdempotencyKeyRow)
    outbox = Outbox(database, OutboxMessage, SeatTeller(database, seat).handlers, clock=clock)
    catalogue = _catalogue(settings, database=database, seat=seat, outbox=outbox, clock=clock)
    availability = AvailabilityKeeper(
        database,
        surroundings.bus,
        seat,
        clock=clock,
        flush_seconds=settings.availability_flush_seconds,
        refresh_seconds=settings.availability_refresh_seconds,
    )
    housekeeping = Housekeeping(database, keys, clock=clock, kept=timedelta(hours=settings.idempotency_hours))

    mails = Outbox(database, OutboxMessage, {}, clock=clock, batch=MAILS_AT_ONCE, lease=MAIL_LEASE)
    selling = build_selling(
        settings,
        database=database,
        seat=seat,
        auth=auth_client,
        bus=surroundings.bus,
        outbox=outbox,
        mails=mails,
        keys=keys,
    )

    def make_context(caller: Caller, long_lived: bool) -> BookingContext:  # noqa: FBT001 - a `ContextFactory`
        return BookingContext(
            caller=caller,
            long_lived=long_lived,
            catalogue=catalogue,
            loaders=CatalogueLoaders(catalogue, remember=not long_lived),
            sales=selling.sales,
            sales_loaders=SalesLoaders(selling.sales.bookings, remember=not long_lived),
        )

    callers = Callers(verifier_from(auth_client, clock=clock), tokens)
    parts = ServiceParts(
        name="booking",
        graphql=GraphQLEndpoint(schema, callers, make_context),
        checks={"database": database.check},
        start=[partial(require_current, database, MIGRATIONS), selling.start],
        background={
            "outbox": outbox.run,
            "mails": mails.run,
            "housekeeping": housekeeping.run,
            "availability.listen": availability.listen,
            "availability.write": availability.write,
            "availability.refresh": availability.refresh,
            **selling.background,
        },
        stop=[
            database.close,
            auth_client.close,
            seat_client.close,
            selling.webhook_client.close,
            selling.providers.close,
        ],
    )
    return BookingService(parts, database=database, catalogue=catalogue, outbox=outbox, mails=mails, selling=selling)


def _catalogue(
    settings: BookingSettings, *, database: Database, seat: SeatClient, outbox: Outbox, clock: Clock
) -> Catalogue:
    policy = ShowtimePolicy(
        hold_seconds=settings.hold_seconds,
        hold_cap_seconds=settings.hold_cap_seconds,
        refund_seconds=settings.refund_seconds,
        default_runtime_minutes=settings.default_runtime_minutes,
    )
    return Catalogue(
        movies=MovieService(database, clock=clock),
        cinemas=CinemaService(database, outbox, clock=clock),
        showtimes=ShowtimeService(database, clock=clock),
        scheduling=SchedulingService(database, seat, outbox, clock=clock, policy=policy),
        importer=MovieImporter(database, clock=clock),
        seeder=CatalogueSeeder(database, clock=clock, policy=policy),
    )
