"""All services of the seat subgraph, put together over one database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from subgraphs.common.bus import Bus
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.seat.repository.work import SeatDatabase
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.blocking import BlockService
from subgraphs.seat.service.feed import FeedReach, SeatMapFeed
from subgraphs.seat.service.holds import HoldLimits, HoldService
from subgraphs.seat.service.keeping import HoldKeeper
from subgraphs.seat.service.people import PeopleService
from subgraphs.seat.service.replay import ReplayCheck
from subgraphs.seat.service.rooms import Layouts, RoomService
from subgraphs.seat.service.seeding import BulkService
from subgraphs.seat.service.showtimes import ShowtimeService
from subgraphs.seat.service.steps import StepService
from subgraphs.seat.service.sweeper import Sweeper
from subgraphs.seat.settings import SeatSettings


@dataclass(frozen=True, slots=True)
class Services:
    """See each one's module."""

    layouts: Layouts
    rooms: RoomService
    showtimes: ShowtimeService
    holds: HoldService
    keeper: HoldKeeper
    steps: StepService
    blocking: BlockService
    people: PeopleService
    feed: SeatMapFeed
    sweeper: Sweeper
    replay: ReplayCheck
    bulk: BulkService


def make_services(database: Database, settings: SeatSettings, *, bus: Bus, clock: Clock) -> Services:
    """Build the services."""
    seats = SeatDatabase(database)
    announcer = Announcer(bus)
    layouts = Layouts(seats)
    limits = HoldLimits(settings.max_seats_per_hold, settings.max_holds_per_person)
    return Services(
        layouts=layouts,
        rooms=RoomService(seats, layouts, clock=clock),
        showtimes=ShowtimeService(seats, announcer),
        holds=HoldService(seats, layouts, announcer, limits=limits, clock=clock),
        keeper=HoldKeeper(seats, announcer),
        steps=StepService(seats, layouts, announcer),
        blocking=BlockService(seats, announcer),
        people=PeopleService(seats, announcer),
        feed=SeatMapFeed(seats, bus, reach=FeedReach(settings.feed_poll_seconds)),
        sweeper=Sweeper(
            seats,
            announcer,
            clock=clock,
            pause=timedelta(seconds=settings.sweep_seconds),
            keep_answers=timedelta(hours=settings.idempotency_hours),
            keep_holds=timedelta(days=settings.hold_retention_days),
        ),
        replay=ReplayCheck(seats),
        bulk=BulkService(seats, clock=clock),
    )
