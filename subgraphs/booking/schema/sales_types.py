"""The types of sales: bookings, what they consist of, how they were paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import strawberry

from subgraphs.booking.context import BookingInfo
from subgraphs.booking.money import Amount
from subgraphs.booking.paging import PageRequest
from subgraphs.booking.repository.sale_records import BookingRecord, LineRecord, PaymentRecord, TicketRecord
from subgraphs.booking.schema.connections import Connection, connection_of
from subgraphs.booking.schema.enums import BookingStatus, PaymentStatus, SeatCategory
from subgraphs.booking.schema.programme import ID_FIELD, Showtime, money_of
from subgraphs.booking.schema.stubs import Seat
from subgraphs.booking.service.bookings import HISTORY_SHAPE
from subgraphs.common.graphql_types import Money
from subgraphs.common.identity import require_person


@strawberry.type(description="What the person has to do before a payment goes on.")
class PaymentAction:
    """A second step."""

    url: str | None = strawberry.field(description="A page to open.")
    client_secret: str | None = strawberry.field(description="For the provider's own library in the client.")


@strawberry.type(description="One seat of a booking at its frozen price.")
class BookingLine:
    """See `LineRecord`."""

    seat: Seat = strawberry.field(description="The seat.")
    category: SeatCategory = strawberry.field(description="The kind of seat it was sold as.")
    price: Money = strawberry.field(description="What it costs.")


@strawberry.type(description="One attempt to pay.")
class Payment:
    """See `PaymentRecord`."""

    id: strawberry.ID = strawberry.field(description=ID_FIELD)
    amount: Money = strawberry.field(description="What it is about.")
    status: PaymentStatus = strawberry.field(description="Where it stands.")
    provider: str = strawberry.field(description="Who moves the money.")
    created_at: datetime = strawberry.field(description="When it was started.")
    next_action: PaymentAction | None = strawberry.field(
        description="What its person has to do; null when nothing is, and for anyone else."
    )

    @classmethod
    def of(cls, record: PaymentRecord, *, for_owner: bool) -> Payment:
        """Wrap a record. The second step is shown to the owner of the booking alone."""
        waits = for_owner and record.status is PaymentStatus.REQUIRES_ACTION
        return cls(
            id=strawberry.ID(record.id),
            amount=money_of(record.amount),
            status=record.status,
            provider=record.provider,
            created_at=record.created_at,
            next_action=PaymentAction(url=record.action_url, client_secret=record.action_secret) if waits else None,
        )


@strawberry.type(description="Lets one person in, once.")
class Ticket:
    """See `TicketRecord`."""

    record: strawberry.Private[TicketRecord]
    id: strawberry.ID = strawberry.field(description=ID_FIELD)
    seat: Seat = strawberry.field(description="The seat.")
    checked_in_at: datetime | None = strawberry.field(description="When it let somebody in.")

    @classmethod
    def of(cls, record: TicketRecord) -> Ticket:
        """Wrap a record."""
        return cls(
            record=record,
            id=strawberry.ID(record.id),
            seat=Seat(id=strawberry.ID(record.seat_id)),
            checked_in_at=record.checked_in_at,
        )

    @strawberry.field(description="The signed text in its QR picture.")
    def code(self, info: BookingInfo) -> str:
        return info.context.sales.tickets.code_of(self.record)

    @strawberry.field(description="Its QR picture, an SVG document.")
    async def qr_svg(self, info: BookingInfo) -> str:
        return await info.context.sales.tickets.qr_svg_of(self.record)


@strawberry.federation.type(keys=["id"], description="Seats that somebody buys.")
class Booking:
    """See `BookingRecord`."""

    record: strawberry.Private[BookingRecord]
    id: strawberry.ID = strawberry.field(description=ID_FIELD)
    reference: str = strawberry.field(description="Short and readable, for talking about it.")
    status: BookingStatus = strawberry.field(description="Where it stands.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="Until when it has to be paid.")
    confirmed_at: datetime | None = strawberry.field(description="When it was paid.")
    cancelled_at: datetime | None = strawberry.field(description="When it was cancelled.")

    @classmethod
    def of(cls, record: BookingRecord) -> Booking:
        """Wrap a record."""
        return cls(
            record=record,
            id=strawberry.ID(record.id),
            reference=record.reference,
            status=record.status,
            created_at=record.created_at,
            expires_at=record.expires_at,
            confirmed_at=record.confirmed_at,
            cancelled_at=record.cancelled_at,
        )

    @classmethod
    async def resolve_reference(cls, info: BookingInfo, id: strawberry.ID) -> Booking | None:
        """Answer the router for one booking, as `Query.booking` does."""
        person = info.context.caller.principal
        record = await info.context.sales_loaders.bookings.load(id)
        if record is None or person is None:
            return None
        if not person.owns(record.user_id):
            showtime = await info.context.loaders.showtimes.load(record.showtime_id)
            if showtime is None or not person.is_staff_of(showtime.cinema_id):
                return None
        return cls.of(record)

    @strawberry.field(description="Whose it is.")
    def user(self) -> User:
        return User(id=strawberry.ID(self.record.user_id))

    @strawberry.field(description="What it is for.")
    async def showtime(self, info: BookingInfo) -> Showtime:
        record = await info.context.loaders.showtimes.load(self.record.showtime_id)
        if record is None:
            raise LookupError(f"booking {self.id} has no showtime")
        return Showtime.of(record)

    @strawberry.field(description="Its seats.")
    async def seats(self, info: BookingInfo) -> list[Seat]:
        return [_seat(line) for line in await self._lines(info)]

    @strawberry.field(description="Its seats with their prices.")
    async def lines(self, info: BookingInfo) -> list[BookingLine]:
        return [
            BookingLine(
                seat=_seat(line),
                category=line.category,
                price=money_of(Amount(line.price_minor, self.record.currency)),
            )
            for line in await self._lines(info)
        ]

    @strawberry.field(description="What it costs, frozen when it was made.")
    def total(self) -> Money:
        return money_of(self.record.total)

    @strawberry.field(description="Every attempt to pay, oldest first.")
    async def payments(self, info: BookingInfo) -> list[Payment]:
        person = info.context.caller.principal
        for_owner = person is not None and person.owns(self.record.user_id)
        records = await info.context.sales_loaders.payments.load(self.record.id)
        return [Payment.of(record, for_owner=for_owner) for record in records]

    @strawberry.field(description="Its valid tickets: none before it is confirmed, none after it was cancelled.")
    async def tickets(self, info: BookingInfo) -> list[Ticket]:
        return [Ticket.of(record) for record in await info.context.sales_loaders.tickets.load(self.record.id)]

    async def _lines(self, info: BookingInfo) -> Sequence[LineRecord]:
        return await info.context.sales_loaders.lines.load(self.record.id)


@strawberry.federation.type(keys=["id"], description="A person.")
class User:
    """Auth's entity, with what a person has booked."""

    id: strawberry.ID = strawberry.field(description=ID_FIELD)

    @classmethod
    def resolve_reference(cls, id: strawberry.ID) -> User:
        """Answer the router: auth says who there is."""
        return cls(id=id)

    @strawberry.field(description="What the person has booked, newest first: for the person and staff.")
    async def bookings(
        self,
        info: BookingInfo,
        first: int | None = 20,
        after: str | None = None,
        status: list[BookingStatus] | None = None,
    ) -> Connection[Booking]:
        person = require_person(info.context.caller.principal)
        bookings, user_id = info.context.sales.bookings, str(self.id)
        page = await bookings.history(
            person, user_id, PageRequest.of(first, after, shape=HISTORY_SHAPE), statuses=status
        )
        count = partial(bookings.count, person, user_id, statuses=status)
        return connection_of(page, Booking.of, after=after, count=count)


def _seat(line: LineRecord) -> Seat:
    return Seat(id=strawberry.ID(line.seat_id))
