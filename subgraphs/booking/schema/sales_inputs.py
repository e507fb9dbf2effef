"""Inputs of sales."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from subgraphs.booking.service.bookings import CreateBooking
from subgraphs.booking.service.cancelling import CancelBooking
from subgraphs.booking.service.changing import ChangeSeats
from subgraphs.booking.service.paying import PayBooking

_KEY = "Made by the client, new for each new request: the same call again then has no second effect."
_EXPECTED = "The total that was shown to the person: another one is refused, with the new total."


@strawberry.input(description="Makes a booking of a hold.")
class CreateBookingInput:
    """See `CreateBooking`."""

    hold_id: strawberry.ID = strawberry.field(description="A live hold of the caller.")
    contact_email: str | None = strawberry.field(
        default=None, description="Where tickets are sent; needed from guests, kept with the booking."
    )
    expected_total: Decimal | None = strawberry.field(default=None, description=_EXPECTED)
    idempotency_key: str = strawberry.field(description=_KEY)

    def to_command(self) -> CreateBooking:
        """Give it to the service."""
        return CreateBooking(self.hold_id, self.contact_email, self.expected_total, self.idempotency_key)


@strawberry.input(description="Pays a booking.")
class PayBookingInput:
    """See `PayBooking`."""

    booking_id: strawberry.ID = strawberry.field(description="A booking of the caller that waits for its payment.")
    payment_method: str = strawberry.field(description="A token of the payment provider, like pm_card_visa.")
    idempotency_key: str = strawberry.field(description=_KEY)

    def to_command(self) -> PayBooking:
        """Give it to the service."""
        return PayBooking(self.booking_id, self.payment_method, self.idempotency_key)


@strawberry.input(description="Gives a confirmed booking other seats.")
class ChangeBookingSeatsInput:
    """See `ChangeSeats`."""

    booking_id: strawberry.ID = strawberry.field(description="A confirmed booking of the caller.")
    hold_id: strawberry.ID = strawberry.field(description="A live hold of the caller for the same showtime.")
    payment_method: str | None = strawberry.field(
        default=None, description="Pays the difference; needed where the new seats cost more."
    )
    expected_total: Decimal | None = strawberry.field(default=None, description=_EXPECTED)
    idempotency_key: str = strawberry.field(description=_KEY)

    def to_command(self) -> ChangeSeats:
        """Give it to the service."""
        return ChangeSeats(
            self.booking_id, self.hold_id, self.payment_method, self.expected_total, self.idempotency_key
        )


@strawberry.input(description="Cancels a booking.")
class CancelBookingInput:
    """See `CancelBooking`."""

    booking_id: strawberry.ID = strawberry.field(description="A booking of the caller.")
    idempotency_key: str = strawberry.field(description=_KEY)

    def to_command(self) -> CancelBooking:
        """Give it to the service."""
        return CancelBooking(self.booking_id, self.idempotency_key)


@strawberry.input(description="Lets somebody in.")
class CheckInTicketInput:
    """A code that was read from a ticket."""

    code: str = strawberry.field(description="The text in the ticket's QR picture.")


@strawberry.federation.input(inaccessible=True, description="A guest became a user.")
class AdoptGuestBookingsInput:
    """From auth."""

    guest_id: strawberry.ID = strawberry.field(description="The guest.")
    user_id: strawberry.ID = strawberry.field(description="The user.")


@strawberry.federation.input(inaccessible=True, description="Somebody deleted their account.")
class ForgetPersonBookingsInput:
    """From auth."""

    user_id: strawberry.ID = strawberry.field(description="The person.")
