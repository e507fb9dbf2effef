"""Types of the calls between services: absent from the public schema."""

from __future__ import annotations

from datetime import datetime

import strawberry

from subgraphs.common.scalars import BigInt
from subgraphs.seat.models.records import AuditoriumRecord, ShowtimeSpec
from subgraphs.seat.seating.category import SeatCategory
from subgraphs.seat.seating.layout import Layout
from subgraphs.seat.service.steps import HoldStep, SeatClaimStatus, StepOutcome

strawberry.federation.enum(
    SeatClaimStatus, inaccessible=True, description="What became of a step. Without DONE nothing was changed."
)


@strawberry.federation.input(inaccessible=True, description="A cinema that may get auditoriums.")
class RegisterCinemaInput:
    """Of `registerCinema`."""

    cinema_id: strawberry.ID = strawberry.field(description="The cinema's id.")


@strawberry.federation.input(inaccessible=True, description="A showtime, or its new times where the revision is newer.")
class OpenShowtimeInput:
    """Of `openShowtime`."""

    showtime_id: strawberry.ID = strawberry.field(description="The showtime's id.")
    auditorium_id: strawberry.ID = strawberry.field(description="Where it is shown; never changes.")
    starts_at: datetime = strawberry.field(description="When the film starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    sale_starts_at: datetime = strawberry.field(description="From when seats are sold.")
    sale_ends_at: datetime = strawberry.field(description="Until when.")
    revision: int = strawberry.field(description="Grows with every change of the times.")
    hold_seconds: int | None = strawberry.field(default=None, description="A hold's life; null: the default.")
    hold_cap_seconds: int | None = strawberry.field(default=None, description="Its longest life; null: the default.")

    def to_spec(self, *, hold_seconds: int, hold_cap_seconds: int) -> ShowtimeSpec:
        """Give the service's value, with the defaults for what is left out."""
        return ShowtimeSpec(
            showtime_id=self.showtime_id,
            auditorium_id=self.auditorium_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            sale_starts_at=self.sale_starts_at,
            sale_ends_at=self.sale_ends_at,
            hold_seconds=hold_seconds if self.hold_seconds is None else self.hold_seconds,
            hold_cap_seconds=hold_cap_seconds if self.hold_cap_seconds is None else self.hold_cap_seconds,
            revision=self.revision,
        )


@strawberry.federation.input(inaccessible=True, description="A cancelled showtime.")
class CloseShowtimeInput:
    """Of `closeShowtime`."""

    showtime_id: strawberry.ID = strawberry.field(description="The showtime's id.")


@strawberry.federation.input(inaccessible=True, description="A hold that is to become a booking's.")
class BindHoldInput:
    """Of `bindHold`."""

    hold_id: strawberry.ID = strawberry.field(description="The hold's id.")
    booking_id: strawberry.ID = strawberry.field(description="The booking's id, of the same showtime.")
    owners: list[strawberry.ID] = strawberry.field(description="The ids of the person: one of them has the hold.")


@strawberry.federation.input(inaccessible=True, description="A step on a hold that is bound to a booking.")
class HoldStepInput:
    """Of `pinHold`, `unpinHold`, `claimSeats` and `swapSeats`."""

    hold_id: strawberry.ID = strawberry.field(description="The hold's id.")
    booking_id: strawberry.ID = strawberry.field(description="The booking that it is bound to.")
    fence: BigInt = strawberry.field(description="As `bindHold` gave it.")

    def to_step(self) -> HoldStep:
        """Give the service's value."""
        return HoldStep(self.hold_id, self.booking_id, self.fence)


@strawberry.federation.input(inaccessible=True, description="Seats to take for money that came late.")
class ReclaimSeatsInput:
    """Of `reclaimSeats`."""

    booking_id: strawberry.ID = strawberry.field(description="Whose money it was.")
    showtime_id: strawberry.ID = strawberry.field(description="The showtime's id.")
    seat_ids: list[strawberry.ID] = strawberry.field(description="All of them, or none.")


@strawberry.federation.input(inaccessible=True, description="A booking that gives its seats back.")
class ReleaseSeatsInput:
    """Of `releaseSeats`."""

    booking_id: strawberry.ID = strawberry.field(description="The booking's id.")
    showtime_id: strawberry.ID = strawberry.field(description="The showtime's id.")


@strawberry.federation.input(inaccessible=True, description="A guest who has become a user.")
class AdoptGuestInput:
    """Of `adoptGuest`."""

    guest_id: strawberry.ID = strawberry.field(description="Who they were.")
    user_id: strawberry.ID = strawberry.field(description="Who they are.")


@strawberry.federation.input(inaccessible=True, description="Somebody whose account is deleted.")
class ForgetPersonInput:
    """Of `forgetPerson`."""

    user_id: strawberry.ID = strawberry.field(description="Who they were.")


@strawberry.federation.type(inaccessible=True, description="It was understood.")
class Acknowledgement:
    """Of calls that have nothing to tell."""

    done: bool = strawberry.field(description="Whether there was such a thing.")


@strawberry.federation.type(inaccessible=True, description="Whether the showtime is open.")
class OpenShowtimePayload:
    """Of `openShowtime`."""

    opened: bool = strawberry.field(description="False: the auditorium is unknown.")
    version: BigInt | None = strawberry.field(description="The map's version.")


@strawberry.federation.type(inaccessible=True, description="A seat of a claim.")
class ClaimedSeat:
    """What booking keeps of a seat."""

    seat_id: strawberry.ID = strawberry.field(description="The seat's id.")
    category: SeatCategory = strawberry.field(description="Its price goes by this.")
    label: str = strawberry.field(description="What stands on the ticket.")


@strawberry.federation.type(inaccessible=True, description="The answer to a step.")
class SeatClaimPayload:
    """See `StepOutcome`."""

    status: SeatClaimStatus = strawberry.field(description="What became of it.")
    fence: BigInt | None = strawberry.field(description="Names the claim in the next steps.")
    showtime_id: strawberry.ID | None = strawberry.field(description="The seats' showtime.")
    seats: list[ClaimedSeat] = strawberry.field(description="In layout order.")
    expires_at: datetime | None = strawberry.field(description="When time frees the seats; null: it does not.")
    max_expires_at: datetime | None = strawberry.field(description="How far that may be extended.")

    @classmethod
    def of(cls, outcome: StepOutcome) -> SeatClaimPayload:
        """Build one from the service's answer."""
        return cls(
            status=outcome.status,
            fence=None if outcome.fence is None else BigInt(outcome.fence),
            showtime_id=None if outcome.showtime_id is None else strawberry.ID(outcome.showtime_id),
            seats=[
                ClaimedSeat(seat_id=strawberry.ID(seat.id), category=seat.category, label=seat.label)
                for seat in outcome.seats
            ],
            expires_at=outcome.expires_at,
            max_expires_at=outcome.max_expires_at,
        )


@strawberry.federation.type(inaccessible=True, description="What booking has to know of a room.")
class AuditoriumFacts:
    """An auditorium and its newest layout."""

    id: strawberry.ID = strawberry.field(description="The auditorium's id.")
    cinema_id: strawberry.ID = strawberry.field(description="Where it is.")
    name: str = strawberry.field(description="Unique within the cinema.")
    capacity: int = strawberry.field(description="How many seats it has.")
    layout_id: strawberry.ID = strawberry.field(description="The newest layout's id: seat ids begin with it.")
    layout_version: int = strawberry.field(description="The newest layout's version.")
    categories: list[SeatCategory] = strawberry.field(description="What needs a price.")

    @classmethod
    def of(cls, room: AuditoriumRecord, layout: Layout) -> AuditoriumFacts:
        """Build one from the records."""
        return cls(
            id=strawberry.ID(room.id),
            cinema_id=strawberry.ID(room.cinema_id),
            name=room.name,
            capacity=room.capacity,
            layout_id=strawberry.ID(layout.id),
            layout_version=layout.version,
            categories=list(layout.categories),
        )
