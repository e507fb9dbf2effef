"""Rooms, layouts and seats as clients see them."""

from __future__ import annotations

from typing import Annotated
from weakref import WeakKeyDictionary

import strawberry

from subgraphs.seat.context import Info
from subgraphs.seat.models.records import AuditoriumRecord
from subgraphs.seat.seating.category import SeatCategory
from subgraphs.seat.seating.layout import Layout, parse_seat_id
from subgraphs.seat.seating.layout import Seat as SeatValue
from subgraphs.seat.seating.statuses import SeatStatus

strawberry.enum(SeatCategory, description="What kind of place a seat is. Prices go by it.")
strawberry.enum(SeatStatus, description="Whether a seat can be had.")


@strawberry.federation.type(keys=["id"], description="A place in an auditorium.")
class Seat:
    """A plain object with plain attributes: one exists for each seat of a layout, whoever asks."""

    id: strawberry.ID = strawberry.field(description="Unique among all seats.")
    row: str = strawberry.field(description="The label of its row.")
    number: int = strawberry.field(description="Its number within the row.")
    label: str = strawberry.field(description="What stands on the ticket, like F12.")
    category: SeatCategory = strawberry.field(description="What kind of place it is.")
    x: float = strawberry.field(description="Column from the left, 0 first; gaps count.")
    y: float = strawberry.field(description="Row from the screen, 0 first.")
    accessible: bool = strawberry.field(description="Whether it is a wheelchair place, or its companion's.")

    @classmethod
    def of(cls, seat: SeatValue) -> Seat:
        """Build one from the value."""
        return cls(
            id=strawberry.ID(seat.id),
            row=seat.row,
            number=seat.number,
            label=seat.label,
            category=seat.category,
            x=seat.x,
            y=seat.y,
            accessible=seat.accessible,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> Seat | None:
        parsed = parse_seat_id(id)
        if parsed is None:
            return None
        layout = await info.context.loaders.layouts.load(parsed[0])
        if layout is None or parsed[1] >= len(layout.seats):
            return None
        return SeatLayout.of(layout).seats[parsed[1]]


@strawberry.type(description="A seat and whether it can be had.")
class SeatState:
    """One for each seat and status, made once."""

    seat: Seat = strawberry.field(description="The seat.")
    status: SeatStatus = strawberry.field(description="Whether it can be had.")


@strawberry.type(description="All places of an auditorium. Immutable per version: cache it for ever.")
class SeatLayout:
    """Kept as long as the layout's value is."""

    version: int = strawberry.field(description="Grows when the room is rebuilt.")
    rows: int = strawberry.field(description="How many rows the room has.")
    columns: int = strawberry.field(description="How many places wide it is, gaps included.")
    seats: list[Seat] = strawberry.field(description="In layout order, which is that of every seat map.")
    states: strawberry.Private[dict[str, list[SeatState]]]

    @classmethod
    def of(cls, layout: Layout) -> SeatLayout:
        """Give the one object for a layout."""
        made = _LAYOUTS.get(layout)
        if made is None:
            seats = [Seat.of(seat) for seat in layout.seats]
            states = {status.value: [SeatState(seat=seat, status=status) for seat in seats] for status in SeatStatus}
            made = cls(version=layout.version, rows=layout.rows, columns=layout.columns, seats=seats, states=states)
            _LAYOUTS[layout] = made
        return made


_LAYOUTS: WeakKeyDictionary[Layout, SeatLayout] = WeakKeyDictionary()


@strawberry.federation.type(keys=["id"], description="A room with a screen.")
class Auditorium:
    """Its layout is read when it is asked for."""

    id: strawberry.ID = strawberry.field(description="Unique among all auditoriums.")
    name: str = strawberry.field(description="Unique within its cinema.")
    capacity: int = strawberry.field(description="How many seats it has.")
    cinema: Annotated[Cinema, strawberry.lazy("subgraphs.seat.schema.rooms")] = strawberry.field(
        description="Where it is."
    )
    layout_id: strawberry.Private[str]

    @strawberry.field(description="The newest layout.")
    async def layout(self, info: Info) -> SeatLayout:
        layout = await info.context.loaders.layouts.load(self.layout_id)
        if layout is None:
            raise LookupError(f"auditorium {self.id} has no layout")
        return SeatLayout.of(layout)

    @classmethod
    def of(cls, room: AuditoriumRecord) -> Auditorium:
        """Build one from the record."""
        return cls(
            id=strawberry.ID(room.id),
            name=room.name,
            capacity=room.capacity,
            cinema=Cinema(id=strawberry.ID(room.cinema_id)),
            layout_id=room.layout_id,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> Auditorium | None:
        room = await info.context.loaders.auditoriums.load(id)
        return cls.of(room) if room is not None else None


@strawberry.federation.type(keys=["id"], description="A cinema.")
class Cinema:
    """Booking's, extended with its rooms."""

    id: strawberry.ID = strawberry.field(description="Unique among all cinemas.")

    @strawberry.field(description="Its rooms, by name.")
    async def auditoriums(self, info: Info) -> list[Auditorium]:
        return [Auditorium.of(room) for room in await info.context.loaders.auditoriums_of_cinema.load(self.id)]

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> Cinema:
        return cls(id=id)
