"""What people ask, do and follow with bookings. The role is checked before any input is looked at."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from subgraphs.booking.context import BookingInfo
from subgraphs.booking.schema.sales_inputs import (
    AdoptGuestBookingsInput,
    CancelBookingInput,
    ChangeBookingSeatsInput,
    CheckInTicketInput,
    CreateBookingInput,
    ForgetPersonBookingsInput,
    PayBookingInput,
)
from subgraphs.booking.schema.sales_types import Booking, Ticket
from subgraphs.common.graphql_types import UserError
from subgraphs.common.identity import require_person, require_staff
from subgraphs.common.payloads import Refusals

_ERRORS = "Why nothing was done; empty when it was."


@strawberry.type(description="What became of a booking.")
class BookingPayload:
    """The booking, or user errors."""

    booking: Booking | None = strawberry.field(description="The booking; null with user errors.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> BookingPayload:
        """See `Refusable`."""
        return cls(booking=None, user_errors=user_errors)


@strawberry.type(description="What became of a ticket at the door.")
class CheckInTicketPayload:
    """The ticket, or user errors."""

    ticket: Ticket | None = strawberry.field(description="The ticket, used now; null with user errors.")
    user_errors: list[UserError] = strawberry.field(description=_ERRORS)

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> CheckInTicketPayload:
        """See `Refusable`."""
        return cls(ticket=None, user_errors=user_errors)


@strawberry.federation.type(inaccessible=True, description="It was done.")
class BookingAcknowledgement:
    """The answer to another service."""

    done: bool = strawberry.field(description="Always true: what fails is an error.")


@strawberry.type
class SalesQuery:
    """The part of `Query` about sales."""

    @strawberry.field(description="One booking, for its owner and staff; null to anyone else, and for an unknown id.")
    async def booking(self, info: BookingInfo, id: strawberry.ID) -> Booking | None:
        return await Booking.resolve_reference(info, id)


@strawberry.type
class SalesMutation:
    """The part of `Mutation` about sales."""

    @strawberry.mutation(
        description="Make a booking of a hold: the seats stay held for it, and their prices are frozen.",
        extensions=[Refusals(BookingPayload)],
    )
    async def create_booking(self, info: BookingInfo, input: CreateBookingInput) -> BookingPayload:
        person = require_person(info.context.caller.principal)
        booking = await info.context.sales.bookings.create(person, input.to_command())
        return BookingPayload(booking=Booking.of(booking), user_errors=[])

    @strawberry.mutation(
        description="Pay a booking. While the provider takes its time it comes back CONFIRMING: follow its updates.",
        extensions=[Refusals(BookingPayload)],
    )
    async def pay_booking(self, info: BookingInfo, input: PayBookingInput) -> BookingPayload:
        person = require_person(info.context.caller.principal)
        booking = await info.context.sales.paying.pay(person, input.to_command())
        return BookingPayload(booking=Booking.of(booking), user_errors=[])

    @strawberry.mutation(
        description="Give a confirmed booking other seats of its showtime; a difference is paid or refunded.",
        extensions=[Refusals(BookingPayload)],
    )
    async def change_booking_seats(self, info: BookingInfo, input: ChangeBookingSeatsInput) -> BookingPayload:
        person = require_person(info.context.caller.principal)
        booking = await info.context.sales.changing.change(person, input.to_command())
        return BookingPayload(booking=Booking.of(booking), user_errors=[])

    @strawberry.mutation(
        description="Cancel a booking: what was paid is refunded until the showtime's deadline for that.",
        extensions=[Refusals(BookingPayload)],
    )
    async def cancel_booking(self, info: BookingInfo, input: CancelBookingInput) -> BookingPayload:
        person = require_person(info.context.caller.principal)
        booking = await info.context.sales.cancelling.cancel(person, input.to_command())
        return BookingPayload(booking=Booking.of(booking), user_errors=[])

    @strawberry.mutation(
        description="Staff of the cinema: let somebody in with a ticket, once.",
        extensions=[Refusals(CheckInTicketPayload)],
    )
    async def check_in_ticket(self, info: BookingInfo, input: CheckInTicketInput) -> CheckInTicketPayload:
        staff = require_staff(info.context.caller.principal)
        ticket = await info.context.sales.tickets.check_in(staff, input.code)
        return CheckInTicketPayload(ticket=Ticket.of(ticket), user_errors=[])

    @strawberry.federation.mutation(inaccessible=True, description="Auth: a guest's bookings become a user's.")
    async def adopt_guest_bookings(self, info: BookingInfo, input: AdoptGuestBookingsInput) -> BookingAcknowledgement:
        info.context.caller.require_service()
        await info.context.sales.people.adopt_guest(input.guest_id, user_id=input.user_id)
        return BookingAcknowledgement(done=True)

    @strawberry.federation.mutation(inaccessible=True, description="Auth: erase a person, keep the ledger.")
    async def forget_person_bookings(
        self, info: BookingInfo, input: ForgetPersonBookingsInput
    ) -> BookingAcknowledgement:
        info.context.caller.require_service()
        await info.context.sales.people.forget_person(input.user_id)
        return BookingAcknowledgement(done=True)


@strawberry.type
class SalesSubscription:
    """The part of `Subscription` about sales."""

    @strawberry.subscription(description="A booking as it is, and again at each change: for its owner and staff.")
    async def booking_updates(self, info: BookingInfo, booking_id: strawberry.ID) -> AsyncGenerator[Booking, None]:
        person = require_person(info.context.caller.principal)
        async for booking in info.context.sales.watching.updates(person, booking_id):
            yield Booking.of(booking)
