"""Writes sales: every change of state moves along an arrow, from the state that was read, with its audit row."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Table, Update, bindparam, case, delete, insert, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.base import AuditEntry
from subgraphs.booking.models.sales import Booking, BookingChange, BookingLine, Payment, Refund, Ticket
from subgraphs.booking.models.states import (
    BookingStatus,
    ChangeStatus,
    PaymentStatus,
    RefundStatus,
    TicketStatus,
    require_arrow,
)
from subgraphs.booking.repository.sale_records import (
    BookingRecord,
    ChangeRecord,
    LineRecord,
    PaymentRecord,
    RefundRecord,
)
from subgraphs.common.ids import new_id, new_scoped_id

_BOOKINGS: Final = cast("Table", Booking.__table__)
_PAYMENTS: Final = cast("Table", Payment.__table__)
_INSERT_BOOKING: Final = insert(_BOOKINGS)
_INSERT_LINE: Final = insert(cast("Table", BookingLine.__table__))
_INSERT_PAYMENT: Final = insert(_PAYMENTS)
_INSERT_TICKET: Final = insert(cast("Table", Ticket.__table__))
_INSERT_NOTE: Final = insert(cast("Table", AuditEntry.__table__))


class Overtaken(Exception):
    """The row is not in the state any more that was read: somebody else moved it. Read again and decide anew."""


class Ledger:
    """Writes within one unit of work.

    Args:
        session: the unit of work.
        actor: who causes it: a user's id, or `system`.
        now: the moment that all of it happens at.
    """

    def __init__(self, session: AsyncSession, *, actor: str, now: datetime) -> None:
        self._session = session
        self._actor = actor
        self._notes: list[dict[str, Any]] = []
        self._detailed: list[dict[str, Any]] = []
        self.now = now

    async def add_booking(self, booking: BookingRecord, lines: Sequence[LineRecord]) -> None:
        """Insert a booking with its lines.

        Raises:
            IntegrityError: there is one with this id (the hold was booked before) or this reference.
        """
        await self._session.execute(_INSERT_BOOKING, asdict(booking))
        await self._add_lines(lines)
        self.note(booking.id, "booking.created", after=booking.status.value)

    async def move_booking(
        self, booking: BookingRecord, to: BookingStatus, action: str, *, release: bool = False, **values: Any
    ) -> BookingRecord:
        """Move a booking along an arrow; `release` gives it back as `release()` does, with nothing left to do.

        Raises:
            ForbiddenArrow: there is none.
            Overtaken: the booking is not where it was read.
        """
        require_arrow(booking.status, to)
        await self._write(_BOOKINGS, booking, {"status": to, **values}, frees=booking if release else None)
        if release:
            values.update(leased_until=None, due_at=None, tries=0)
        self.note(booking.id, action, before=booking.status.value, after=to.value)
        return replace(booking, status=to, **values)

    async def touch_booking(self, booking: BookingRecord, **values: Any) -> BookingRecord:
        """Write columns that are not the state.

        Raises:
            Overtaken: the booking is not where it was read.
        """
        await self._write(_BOOKINGS, booking, values)
        return replace(booking, **values)

    async def lease(self, booking_id: str, *, showtime_id: str, until: datetime) -> bool:
        """Take a booking to work on it; False when somebody else does."""
        free = or_(Booking.leased_until.is_(None), Booking.leased_until <= self.now)
        statement = update(Booking).where(Booking.showtime_id == showtime_id, Booking.id == booking_id, free)
        return await self._count(statement.values(leased_until=until)) == 1

    async def release(self, booking: BookingRecord, *, due_at: datetime | None) -> BookingRecord:
        """Give a booking back after work on it, to be looked at again at a moment.

        A webhook may have asked for a look meanwhile: then its moment stays.

        Raises:
            Overtaken: the booking is not where it was read.
        """
        await self._write(_BOOKINGS, booking, {}, frees=booking, due_at=due_at)
        return replace(booking, leased_until=None, due_at=due_at, tries=0)

    async def make_due(self, booking_id: str, *, showtime_id: str) -> None:
        """Have the saga look at a booking soon."""
        await self._session.execute(
            update(Booking).where(Booking.showtime_id == showtime_id, Booking.id == booking_id).values(due_at=self.now)
        )

    async def replace_lines(self, booking: BookingRecord, lines: Sequence[LineRecord]) -> None:
        """Give a booking other seats."""
        old = delete(BookingLine).where(
            BookingLine.showtime_id == booking.showtime_id, BookingLine.booking_id == booking.id
        )
        await self._session.execute(old)
        await self._add_lines(lines)

    async def add_payment(self, payment: PaymentRecord) -> None:
        """Insert an attempt to pay: the intent, before the provider hears of it."""
        await self._session.execute(_INSERT_PAYMENT, asdict(payment))
        self.note(payment.id, "payment.created", after=payment.status.value)

    async def move_payment(
        self, payment: PaymentRecord, to: PaymentStatus, action: str, **values: Any
    ) -> PaymentRecord:
        """Move an attempt along an arrow; raises as `move_booking`."""
        require_arrow(payment.status, to)
        values["updated_at"] = self.now
        if to is PaymentStatus.CAPTURED:
            values["captured_minor"] = payment.amount_minor
        await self._write(_PAYMENTS, payment, {"status": to, **values})
        details = {"declineCode": values["decline_code"]} if values.get("decline_code") else None
        self.note(payment.id, action, before=payment.status.value, after=to.value, details=details)
        return replace(payment, status=to, **values)

    async def touch_payment(self, payment: PaymentRecord, **values: Any) -> PaymentRecord:
        """Write columns that are not the state; raises as `touch_booking`."""
        values["updated_at"] = self.now
        await self._write(_PAYMENTS, payment, values)
        return replace(payment, **values)

    async def add_refund(
        self, payment: PaymentRecord, amount_minor: int, *, reason: str
    ) -> tuple[PaymentRecord, RefundRecord]:
        """Decide to pay back a part of a captured payment, or what is left of it.

        Raises:
            Overtaken: the payment is not as it was read, so that refunds together never exceed the capture.
        """
        refunding = payment.refunding_minor + amount_minor
        await self._set(
            _payment(payment)
            .where(Payment.refunding_minor == payment.refunding_minor)
            .values(refunding_minor=refunding, updated_at=self.now)
        )
        payment = replace(payment, refunding_minor=refunding, updated_at=self.now)
        if refunding == payment.captured_minor:
            payment = await self.move_payment(payment, PaymentStatus.REFUND_PENDING, f"payment.refunding.{reason}")
        refund = RefundRecord(
            showtime_id=payment.showtime_id,
            id=new_scoped_id(payment.showtime_id),
            booking_id=payment.booking_id,
            payment_id=payment.id,
            status=RefundStatus.PENDING,
            amount_minor=amount_minor,
            reason=reason,
            provider_reference=None,
            created_at=self.now,
            done_at=None,
        )
        await self._session.execute(insert(Refund).values(**asdict(refund)))
        details = {"payment": payment.id, "minor": amount_minor, "reason": reason}
        self.note(refund.id, "refund.created", after=refund.status.value, details=details)
        return payment, refund

    async def finish_refund(self, refund: RefundRecord, *, reference: str) -> None:
        """Write that the money went back; raises Overtaken when that was written before."""
        statement = update(Refund).where(
            Refund.showtime_id == refund.showtime_id, Refund.id == refund.id, Refund.status == refund.status
        )
        values = {"status": RefundStatus.DONE, "provider_reference": reference, "done_at": self.now}
        await self._set(statement.values(**values))
        self.note(refund.id, "refund.done", before=refund.status.value, after=RefundStatus.DONE.value)

    async def issue_tickets(self, booking: BookingRecord, lines: Sequence[LineRecord]) -> None:
        """Give one valid ticket for each line.

        Raises:
            IntegrityError: a seat has a valid ticket already.
        """
        tickets = [
            {
                "showtime_id": booking.showtime_id,
                "id": new_scoped_id(booking.showtime_id),
                "booking_id": booking.id,
                "position": line.position,
                "seat_id": line.seat_id,
                "status": TicketStatus.VALID,
                "issued_at": self.now,
            }
            for line in lines
        ]
        await self._session.execute(_INSERT_TICKET, tickets)
        self.note(booking.id, "tickets.issued")

    async def void_tickets(self, booking: BookingRecord, *, unused: bool = False) -> int:
        """Make the valid tickets of a booking void, `unused`: only those that let nobody in yet; gives how many."""
        statement = update(Ticket).where(
            Ticket.showtime_id == booking.showtime_id,
            Ticket.booking_id == booking.id,
            Ticket.status == TicketStatus.VALID,
        )
        if unused:
            statement = statement.where(Ticket.checked_in_at.is_(None))
        count = await self._count(statement.values(status=TicketStatus.VOID, voided_at=self.now))
        if count:
            self.note(booking.id, "tickets.voided", details={"count": count})
        return count

    async def check_in(self, ticket_id: str, *, showtime_id: str, by: str) -> bool:
        """Use a ticket, if it is valid and was not used (invariant I17)."""
        statement = update(Ticket).where(
            Ticket.showtime_id == showtime_id,
            Ticket.id == ticket_id,
            Ticket.status == TicketStatus.VALID,
            Ticket.checked_in_at.is_(None),
        )
        used = await self._count(statement.values(checked_in_at=self.now, checked_in_by=by)) == 1
        if used:
            self.note(ticket_id, "ticket.checkedIn", before="VALID", after="VALID")
        return used

    async def open_change(self, change: ChangeRecord) -> None:
        """Insert a change of seats.

        Raises:
            IntegrityError: the booking has an open one.
        """
        await self._session.execute(insert(BookingChange).values(**asdict(change)))
        self.note(change.id, "change.opened", after=change.status.value)

    async def end_change(
        self, change: ChangeRecord, to: ChangeStatus, *, failure: dict[str, Any] | None = None
    ) -> ChangeRecord:
        """Finish an open change; raises Overtaken when it was finished before."""
        statement = update(BookingChange).where(
            BookingChange.showtime_id == change.showtime_id,
            BookingChange.id == change.id,
            BookingChange.status == ChangeStatus.OPEN,
        )
        await self._set(statement.values(status=to, failure=failure, ended_at=self.now))
        self.note(change.id, "change.ended", before=change.status.value, after=to.value, details=failure)
        return replace(change, status=to, failure=failure, ended_at=self.now)

    def note(
        self,
        subject: str,
        action: str,
        *,
        before: str | None = None,
        after: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Write a row of the audit log (invariant I16); all of a transaction's are inserted at its end."""
        entry = {
            "id": new_id(),
            "at": self.now,
            "actor": self._actor,
            "subject": subject,
            "action": action,
            "before": before,
            "after": after,
        }
        if details is not None:
            self._detailed.append({**entry, "details": details})
        else:
            self._notes.append(entry)

    async def close(self) -> None:
        """Insert the rows of the audit log; the unit of work is committed right after."""
        for entries in filter(None, (self._notes, self._detailed)):
            await self._session.execute(_INSERT_NOTE, entries)

    async def _add_lines(self, lines: Sequence[LineRecord]) -> None:
        await self._session.execute(_INSERT_LINE, [asdict(line) for line in lines])

    async def _write(
        self,
        table: Table,
        read: BookingRecord | PaymentRecord,
        values: dict[str, Any],
        *,
        frees: BookingRecord | None = None,
        due_at: datetime | None = None,
    ) -> None:
        parameters = {f"to_{name}": value for name, value in values.items()}
        parameters |= {"at_showtime": read.showtime_id, "at_id": read.id, "at_status": read.status}
        if frees is not None:
            parameters |= {"at_due_at": frees.due_at, "to_due_at": due_at}
        result = await self._session.execute(_guarded(table, tuple(values), frees=frees is not None), parameters)
        if cast("CursorResult[Any]", result).rowcount != 1:
            raise Overtaken

    async def _set(self, statement: Update) -> None:
        if await self._count(statement) != 1:
            raise Overtaken

    async def _count(self, statement: Update) -> int:
        result = await self._session.execute(statement.execution_options(synchronize_session=False))
        return result.rowcount if isinstance(result, CursorResult) else 0


@functools.cache
def _guarded(table: Table, columns: tuple[str, ...], *, frees: bool) -> Update:
    """Give the update of a row in the state in which it was read. Building it costs more than running it: it is kept.

    Its parameters: `at_showtime`, `at_id`, `at_status`, `to_<column>`; and `at_due_at`, `to_due_at` where it `frees` a
    booking from work on it.
    """
    row = table.c
    values: dict[str, Any] = {name: bindparam(f"to_{name}", type_=row[name].type) for name in columns}
    if frees:
        as_read = row.due_at.is_not_distinct_from(bindparam("at_due_at", type_=row.due_at.type))
        moment = bindparam("to_due_at", type_=row.due_at.type)
        values |= {"leased_until": None, "tries": 0, "due_at": case((as_read, moment), else_=row.due_at)}
    return (
        update(table)
        .where(
            row.showtime_id == bindparam("at_showtime"),
            row.id == bindparam("at_id"),
            row.status == bindparam("at_status"),
        )
        .values(values)
    )


def _payment(payment: PaymentRecord) -> Update:
    return update(Payment).where(
        Payment.showtime_id == payment.showtime_id, Payment.id == payment.id, Payment.status == payment.status
    )
