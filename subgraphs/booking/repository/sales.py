"""Reads sales: whole ones for the saga, pages and batches for answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.sales import Booking, BookingChange, BookingLine, Payment, Refund, Ticket
from subgraphs.booking.models.states import BookingStatus, ChangeStatus, RefundStatus, TicketStatus
from subgraphs.booking.paging import PageRequest
from subgraphs.booking.repository.sale_records import (
    BOOKING_COLUMNS,
    CHANGE_COLUMNS,
    LINE_COLUMNS,
    PAYMENT_COLUMNS,
    REFUND_COLUMNS,
    TICKET_COLUMNS,
    BookingRecord,
    ChangeRecord,
    LineRecord,
    PaymentRecord,
    RefundRecord,
    Sale,
    TicketRecord,
)
from subgraphs.common.ids import showtime_of

UNFINISHED: Final = (BookingStatus.PENDING_PAYMENT, BookingStatus.CONFIRMING, BookingStatus.CONFIRMED)


class SalesRepository:
    """Reads within one unit of work. Ids have been checked by their shape."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def booking(self, booking_id: str) -> BookingRecord | None:
        """Read one booking."""
        row = (await self._session.execute(_BOOKING, _one(booking_id))).one_or_none()
        return None if row is None else BookingRecord(*row)

    async def sale(self, booking_id: str) -> Sale | None:
        """Read a booking with its payments, unfinished refunds and open change."""
        booking = await self.booking(booking_id)
        if booking is None:
            return None
        payments = (await self.payments_of([booking_id])).get(booking_id, ())
        # What cannot be there is not asked for: only captured money goes back, only confirmed bookings change.
        may_refund = any(payment.refunding_minor for payment in payments)
        may_change = booking.status is BookingStatus.CONFIRMED
        return Sale(
            booking,
            payments,
            refunds=await self._unfinished_refunds(booking_id) if may_refund else (),
            change=await self.open_change_of(booking_id) if may_change else None,
        )

    async def bookings(self, booking_ids: Sequence[str]) -> dict[str, BookingRecord]:
        """Read bookings; unknown ids are left out."""
        rows = await self._session.execute(_BOOKINGS, _many(booking_ids))
        return {row.id: BookingRecord(*row) for row in rows}

    async def lines_of(self, booking_ids: Sequence[str]) -> dict[str, tuple[LineRecord, ...]]:
        """Read the lines of bookings, in their order."""
        found: defaultdict[str, list[LineRecord]] = defaultdict(list)
        for row in await self._session.execute(_LINES, _many(booking_ids)):
            found[row.booking_id].append(LineRecord(*row))
        return {booking_id: tuple(lines) for booking_id, lines in found.items()}

    async def payments_of(self, booking_ids: Sequence[str]) -> dict[str, tuple[PaymentRecord, ...]]:
        """Read the attempts to pay for bookings, oldest first."""
        found: defaultdict[str, list[PaymentRecord]] = defaultdict(list)
        for row in await self._session.execute(_PAYMENTS, _many(booking_ids)):
            found[row.booking_id].append(PaymentRecord(*row))
        return {booking_id: tuple(payments) for booking_id, payments in found.items()}

    async def valid_tickets_of(self, booking_ids: Sequence[str]) -> dict[str, tuple[TicketRecord, ...]]:
        """Read the valid tickets of bookings, in the order of their lines."""
        found: defaultdict[str, list[TicketRecord]] = defaultdict(list)
        for row in await self._session.execute(_TICKETS, _many(booking_ids)):
            found[row.booking_id].append(TicketRecord(*row))
        return {booking_id: tuple(tickets) for booking_id, tickets in found.items()}

    async def payment(self, payment_id: str) -> PaymentRecord | None:
        """Read one attempt to pay."""
        row = (await self._session.execute(_PAYMENT, _one(payment_id))).one_or_none()
        return None if row is None else PaymentRecord(*row)

    async def change(self, change_id: str) -> ChangeRecord | None:
        """Read one change of seats."""
        query = select(*CHANGE_COLUMNS).where(*_is(BookingChange, change_id))
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else ChangeRecord(*row)

    async def open_change_of(self, booking_id: str) -> ChangeRecord | None:
        """Read the change of seats that is under way for a booking."""
        query = select(*CHANGE_COLUMNS).where(
            BookingChange.showtime_id == showtime_of(booking_id),
            BookingChange.booking_id == booking_id,
            BookingChange.status == ChangeStatus.OPEN,
        )
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else ChangeRecord(*row)

    async def ticket(self, ticket_id: str) -> TicketRecord | None:
        """Read one ticket."""
        row = (await self._session.execute(select(*TICKET_COLUMNS).where(*_is(Ticket, ticket_id)))).one_or_none()
        return None if row is None else TicketRecord(*row)

    async def history(
        self, user_ids: Sequence[str], request: PageRequest, *, statuses: Sequence[BookingStatus] | None
    ) -> list[BookingRecord]:
        """Read up to `first + 1` bookings of a person, newest first. The key is (creation, id)."""
        query = select(*BOOKING_COLUMNS).where(Booking.user_id.in_(user_ids))
        if statuses is not None:
            query = query.where(Booking.status.in_(statuses))
        if request.after is not None:
            # A row comparison, which the index answers: the hundredth page costs what the first does.
            created_at, booking_id = request.after
            last = tuple_(literal(created_at, Booking.created_at.type), literal(booking_id))
            query = query.where(tuple_(Booking.created_at, Booking.id) < last)
        query = query.order_by(Booking.created_at.desc(), Booking.id.desc()).limit(request.first + 1)
        return [BookingRecord(*row) for row in await self._session.execute(query)]

    async def count_history(self, user_ids: Sequence[str], *, statuses: Sequence[BookingStatus] | None) -> int:
        """Count a person's bookings."""
        query = select(func.count()).select_from(Booking).where(Booking.user_id.in_(user_ids))
        if statuses is not None:
            query = query.where(Booking.status.in_(statuses))
        return await self._session.scalar(query) or 0

    async def due(self, now: datetime, *, limit: int) -> list[str]:
        """Find bookings that the saga has to look at and nobody works on."""
        query = (
            select(Booking.id)
            .where(Booking.due_at <= now, or_(Booking.leased_until.is_(None), Booking.leased_until <= now))
            .order_by(Booking.due_at)
            .limit(limit)
        )
        return list(await self._session.scalars(query))

    async def unfinished_of_showtime(self, showtime_id: str, *, after: str, limit: int) -> list[str]:
        """Find bookings of a showtime that are still to be cancelled, by id."""
        query = (
            select(Booking.id)
            .where(Booking.showtime_id == showtime_id, Booking.status.in_(UNFINISHED), Booking.id > after)
            .order_by(Booking.id)
            .limit(limit)
        )
        return list(await self._session.scalars(query))

    async def has_sales(self, showtime_id: str) -> bool:
        """Tell whether a showtime has bookings that hold or own seats."""
        query = select(Booking.id).where(Booking.showtime_id == showtime_id, Booking.status.in_(UNFINISHED)).limit(1)
        return await self._session.scalar(query) is not None

    async def _unfinished_refunds(self, booking_id: str) -> tuple[RefundRecord, ...]:
        query = select(*REFUND_COLUMNS).where(
            Refund.showtime_id == showtime_of(booking_id),
            Refund.booking_id == booking_id,
            Refund.status == RefundStatus.PENDING,
        )
        return tuple(RefundRecord(*row) for row in await self._session.execute(query.order_by(Refund.id)))


def _is(model: Any, scoped_id: str) -> tuple[ColumnElement[bool], ...]:
    return (model.showtime_id == showtime_of(scoped_id), model.id == scoped_id)


def _among(showtime_column: ColumnElement[str], id_column: ColumnElement[str]) -> ColumnElement[bool]:
    # The showtimes are named too: they begin every key, and tell a spread database where to look.
    return and_(
        showtime_column.in_(bindparam("showtimes", expanding=True)), id_column.in_(bindparam("ids", expanding=True))
    )


def _many(booking_ids: Sequence[str]) -> dict[str, Any]:
    return {"showtimes": sorted({showtime_of(booking_id) for booking_id in booking_ids}), "ids": list(booking_ids)}


def _one(scoped_id: str) -> dict[str, Any]:
    return {"showtime": showtime_of(scoped_id), "id": scoped_id}


# What every sale reads is built once: to build a statement costs more than to run it.
_B, _L, _P, _T = (cast("Table", model.__table__).c for model in (Booking, BookingLine, Payment, Ticket))
_BOOKING: Final = select(*BOOKING_COLUMNS).where(_B.showtime_id == bindparam("showtime"), _B.id == bindparam("id"))
_PAYMENT: Final = select(*PAYMENT_COLUMNS).where(_P.showtime_id == bindparam("showtime"), _P.id == bindparam("id"))
_BOOKINGS: Final = select(*BOOKING_COLUMNS).where(_among(_B.showtime_id, _B.id))
_LINES: Final = select(*LINE_COLUMNS).where(_among(_L.showtime_id, _L.booking_id)).order_by(_L.booking_id, _L.position)
_PAYMENTS: Final = (
    select(*PAYMENT_COLUMNS).where(_among(_P.showtime_id, _P.booking_id)).order_by(_P.booking_id, _P.created_at, _P.id)
)
_TICKETS: Final = (
    select(*TICKET_COLUMNS)
    .where(_among(_T.showtime_id, _T.booking_id), _T.status == TicketStatus.VALID)
    .order_by(_T.booking_id, _T.position)
)
