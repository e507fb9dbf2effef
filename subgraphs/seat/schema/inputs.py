"""Inputs and payloads of the public mutations."""

from __future__ import annotations

import strawberry

from subgraphs.common.graphql_types import UserError
from subgraphs.seat.schema.entities import SeatHold, SeatMap
from subgraphs.seat.schema.rooms import Auditorium
from subgraphs.seat.seating.category import SeatCategory
from subgraphs.seat.seating.plan import RowPlan, SeatNumbering
from subgraphs.seat.service.holds import HoldBestSeats, HoldSeats
from subgraphs.seat.service.rooms import CreateAuditorium

strawberry.enum(SeatNumbering, description="From which side a row's seats are counted, seen towards the screen.")


@strawberry.input(description="Which seats to hold.")
class HoldSeatsInput:
    """See `HoldSeats`."""

    showtime_id: strawberry.ID = strawberry.field(description="For which showtime.")
    seat_ids: list[strawberry.ID] = strawberry.field(description="All of them are held, or none.")
    idempotency_key: str = strawberry.field(description="A random text: the same call again has no second effect.")

    def to_command(self) -> HoldSeats:
        """Give the service's command."""
        return HoldSeats(self.showtime_id, tuple(self.seat_ids), self.idempotency_key)


@strawberry.input(description="What kind of seats to hold.")
class HoldBestSeatsInput:
    """See `HoldBestSeats`."""

    showtime_id: strawberry.ID = strawberry.field(description="For which showtime.")
    count: int = strawberry.field(description="How many, side by side.")
    idempotency_key: str = strawberry.field(description="A random text: the same call again has no second effect.")
    category: SeatCategory | None = strawberry.field(default=None, description="Only of this kind.")
    accessible: bool | None = strawberry.field(default=False, description="With a wheelchair place among them.")

    def to_command(self) -> HoldBestSeats:
        """Give the service's command."""
        return HoldBestSeats(self.showtime_id, self.count, self.category, bool(self.accessible), self.idempotency_key)


@strawberry.input(description="Which hold to extend.")
class ExtendHoldInput:
    """A hold of the caller."""

    hold_id: strawberry.ID = strawberry.field(description="The hold's id.")


@strawberry.input(description="Which hold to give back.")
class ReleaseHoldInput:
    """A hold of the caller."""

    hold_id: strawberry.ID = strawberry.field(description="The hold's id.")


@strawberry.input(description="One row of an auditorium.")
class RowInput:
    """See `RowPlan`."""

    label: str = strawberry.field(description="1 to 4 letters or digits, unique in the room.")
    seats: str = strawberry.field(
        description="A letter a place: s standard, p premium, r recliner, w wheelchair, c companion, . gap."
    )
    numbering: SeatNumbering | None = strawberry.field(
        default=SeatNumbering.LEFT_TO_RIGHT, description="From which side its seats are counted."
    )


@strawberry.input(description="A new auditorium.")
class CreateAuditoriumInput:
    """See `CreateAuditorium`."""

    cinema_id: strawberry.ID = strawberry.field(description="Where it is.")
    name: str = strawberry.field(description="Unique within the cinema.")
    rows: list[RowInput] = strawberry.field(description="From the screen backwards.")

    def to_command(self) -> CreateAuditorium:
        """Give the service's command."""
        rows = tuple(RowPlan(row.label, row.seats, row.numbering or SeatNumbering.LEFT_TO_RIGHT) for row in self.rows)
        return CreateAuditorium(self.cinema_id, self.name, rows)


@strawberry.input(description="Which seats to take out of the sale, or to put back.")
class BlockSeatsInput:
    """Seats of one showtime."""

    showtime_id: strawberry.ID = strawberry.field(description="For which showtime.")
    seat_ids: list[strawberry.ID] = strawberry.field(description="All of them, or none.")


@strawberry.type(description="The hold, or why there is none.")
class HoldPayload:
    """Of the mutations about holds."""

    hold: SeatHold | None = strawberry.field(default=None, description="Null when there are user errors.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to do about it.")

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> HoldPayload:
        return cls(user_errors=user_errors)


@strawberry.type(description="The auditorium, or why there is none.")
class AuditoriumPayload:
    """Of `createAuditorium`."""

    auditorium: Auditorium | None = strawberry.field(default=None, description="Null when there are user errors.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to do about it.")

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> AuditoriumPayload:
        return cls(user_errors=user_errors)


@strawberry.type(description="The map after the change, or why nothing was changed.")
class BlockSeatsPayload:
    """Of `blockSeats` and `unblockSeats`."""

    seat_map: SeatMap | None = strawberry.field(default=None, description="Null when there are user errors.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="What to do about it.")

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> BlockSeatsPayload:
        return cls(user_errors=user_errors)
