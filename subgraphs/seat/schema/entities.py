"""Showtimes, their maps, holds, and people as far as they hold seats."""

from __future__ import annotations

from datetime import datetime

import strawberry

from subgraphs.common.errors import Forbidden, ServiceUnavailable
from subgraphs.common.identity import Role, require_person
from subgraphs.common.scalars import BigInt
from subgraphs.seat.context import Info
from subgraphs.seat.models.records import HoldRecord, ShowtimeRecord
from subgraphs.seat.schema.rooms import Seat, SeatLayout, SeatState


@strawberry.type(description="Who may sit where at a showtime, as of one version.")
class SeatMap:
    """The packed map is read; the list is made of objects that exist already."""

    version: BigInt = strawberry.field(description="Grows with every change, without gaps.")
    layout: SeatLayout = strawberry.field(description="The room's seats, in the order of `statuses`.")
    statuses: str = strawberry.field(
        description="The statuses, packed: one letter a seat in layout order: A available, H held, S sold, B blocked."
    )

    @strawberry.field(description="The statuses as a list: one for each seat, in layout order.")
    def seats(self) -> list[SeatState]:
        states = self.layout.states
        return [states[letter][position] for position, letter in enumerate(self.statuses)]


@strawberry.type(description="How many seats of a showtime can be had.")
class Availability:
    """The counts of a map."""

    total: int = strawberry.field(description="All seats.")
    available: int = strawberry.field(description="Seats that can be had.")
    held: int = strawberry.field(description="Seats that somebody is about to book.")
    sold: int = strawberry.field(description="Seats that are sold.")
    blocked: int = strawberry.field(description="Seats that staff have taken out of the sale.")


@strawberry.federation.type(keys=["id"], description="A film shown in an auditorium at a time.")
class Showtime:
    """Booking's, extended with its seats."""

    id: strawberry.ID = strawberry.field(description="Unique among all showtimes.")
    record: strawberry.Private[ShowtimeRecord | None] = None

    @strawberry.field(description="Who may sit where.")
    async def seat_map(self, info: Info) -> SeatMap:
        return await seat_map_of(info, await self._read(info))

    @strawberry.field(description="How many seats can be had.")
    async def availability(self, info: Info) -> Availability:
        counts = (await self._read(info)).counts
        return Availability(
            total=counts.total,
            available=counts.available,
            held=counts.held,
            sold=counts.sold,
            blocked=counts.blocked,
        )

    async def _read(self, info: Info) -> ShowtimeRecord:
        record = self.record or await info.context.loaders.maps.load(self.id)
        if record is None:
            raise ServiceUnavailable("The seats of this showtime are not known yet: try again shortly.")
        return record

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> Showtime | None:
        record = await info.context.loaders.maps.load(id)
        return cls(id=id, record=record) if record is not None else None


async def seat_map_of(info: Info, showtime: ShowtimeRecord) -> SeatMap:
    """Build the map that a record has."""
    layout = await info.context.loaders.layouts.load(showtime.layout_id)
    if layout is None:
        raise LookupError(f"showtime {showtime.id} has no layout")
    return SeatMap(version=BigInt(showtime.version), layout=SeatLayout.of(layout), statuses=showtime.statuses)


@strawberry.federation.type(keys=["id"], description="Seats kept for a person, for a time.")
class SeatHold:
    """Seen by its owner, staff, and the services."""

    id: strawberry.ID = strawberry.field(description="Unique among all holds.")
    showtime: Showtime = strawberry.field(description="What the seats are for.")
    expires_at: datetime = strawberry.field(description="Until when the seats are kept.")
    max_expires_at: datetime = strawberry.field(description="How far that may be extended.")
    server_time: datetime = strawberry.field(description="The deciding clock when this was read: count down from it.")
    record: strawberry.Private[HoldRecord]

    @strawberry.field(description="The seats, in layout order.")
    async def seats(self, info: Info) -> list[Seat]:
        layout = await info.context.loaders.layouts.load(self.record.layout_id)
        if layout is None:
            raise LookupError(f"hold {self.id} has no layout")
        seats = SeatLayout.of(layout).seats
        return [seats[position] for position in sorted(self.record.positions)]

    @classmethod
    def of(cls, hold: HoldRecord) -> SeatHold:
        """Build one from the record."""
        return cls(
            id=strawberry.ID(hold.id),
            showtime=Showtime(id=strawberry.ID(hold.showtime_id)),
            expires_at=hold.expires_at,
            max_expires_at=hold.max_expires_at,
            server_time=hold.now,
            record=hold,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> SeatHold | None:
        hold = await info.context.loaders.holds.load(id)
        return cls.of(hold) if hold is not None and may_see(info, hold) else None


def may_see(info: Info, hold: HoldRecord) -> bool:
    """Tell whether the caller is the hold's owner, staff of its cinema, or a service."""
    caller = info.context.caller
    if isinstance(caller.service, str):
        return True
    person = caller.principal
    return person is not None and (person.owns(hold.owner_id) or person.is_staff_of(hold.cinema_id))


@strawberry.federation.type(keys=["id"], description="A person.")
class User:
    """Auth's, extended with the person's holds."""

    id: strawberry.ID = strawberry.field(description="Unique among all people.")

    @strawberry.field(description="The seats kept for the person at the moment. For the person and for staff.")
    async def holds(self, info: Info) -> list[SeatHold]:
        caller = info.context.caller
        owner_ids: tuple[str, ...] = (self.id,)
        if not isinstance(caller.service, str):
            person = require_person(caller.principal)
            if person.owns(self.id):
                owner_ids = person.ids
            elif person.role not in {Role.STAFF, Role.ADMIN}:
                raise Forbidden
        found = await info.context.loaders.holds_of_owner.load_many(owner_ids)
        return [SeatHold.of(hold) for holds in found for hold in holds if may_see(info, hold)]

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> User:
        return cls(id=id)
