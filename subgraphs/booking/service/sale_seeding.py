"""Writing many sold bookings at once: demo data, consistent with every invariant, in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from subgraphs.booking.models.base import AuditEntry, Base
from subgraphs.booking.models.catalogue import SeatCategory
from subgraphs.booking.models.sales import Booking, BookingLine, Payment, Ticket
from subgraphs.booking.models.sandbox import SandboxPayment
from subgraphs.booking.models.states import BookingStatus, PaymentPurpose, PaymentStatus, TicketStatus
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, LineRecord, PaymentRecord
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.seat_client import ClaimedSeat
from subgraphs.booking.service.drafts import new_reference, priced_lines
from subgraphs.common.database import Database
from subgraphs.common.errors import NotFound
from subgraphs.common.ids import new_id, new_scoped_id, showtime_of

_METHOD = "pm_card_visa"
_ROWS_A_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class SeededSeat:
    """A seat that is sold. `label`: what stands on it, like `F12`."""

    seat_id: str
    category: SeatCategory
    label: str


@dataclass(frozen=True, slots=True)
class SeededBooking:
    """A booking that is confirmed and paid. Seat has to be told the same `id` and seats, with the same fence.

    Attributes:
        id: `new_scoped_id(showtime_id)`.
        user_id: whose it is.
        contact_email: where its tickets were sent.
        seats: not sold to anybody else.
        fence: the fence of the claim at seat.
    """

    id: str
    user_id: str
    contact_email: str | None
    seats: tuple[SeededSeat, ...]
    fence: int = field(default=1)


class SaleSeeder:
    """Writes confirmed bookings with tickets and captured payments of the sandbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, bookings: Sequence[SeededBooking]) -> None:
        """Write bookings of any number of showtimes in one transaction.

        Raises:
            NotFound: a showtime is unknown.
            NotAllowedNow: a showtime has no price for a seat's category.
            IntegrityError: a seat is sold already, or a booking is there already.
        """
        rows: dict[type[Base], list[dict[str, Any]]] = {
            model: [] for model in (Booking, BookingLine, Payment, Ticket, SandboxPayment, AuditEntry)
        }
        showtimes = await self._showtimes({showtime_of(booking.id) for booking in bookings})
        now = self._database.clock.now()
        for booking in bookings:
            showtime = showtimes.get(showtime_of(booking.id))
            if showtime is None:
                raise NotFound("There is no such showtime.")
            for model, row in _rows_of(booking, showtime, now):
                rows[model].append(row)
        async with self._database.write() as session:
            for model, many in rows.items():
                for start in range(0, len(many), _ROWS_A_STATEMENT):
                    await session.execute(insert(model), many[start : start + _ROWS_A_STATEMENT])

    async def _showtimes(self, showtime_ids: set[str]) -> dict[str, ShowtimeRecord]:
        async with self._database.read() as session:
            return await ShowtimeRepository(session).by_ids(sorted(showtime_ids))


def _rows_of(
    seeded: SeededBooking, showtime: ShowtimeRecord, now: datetime
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    seats = [ClaimedSeat(seat.seat_id, seat.category, seat.label) for seat in seeded.seats]
    lines = priced_lines(seats, showtime, booking_id=seeded.id)
    booking, payment = _booking(seeded, showtime, lines, now), _payment(seeded, showtime, lines, now)
    yield Booking, asdict(booking)
    yield Payment, asdict(payment)
    if payment.amount_minor:
        yield SandboxPayment, _sandbox_payment(payment, now)
    for line in lines:
        yield BookingLine, asdict(line)
        yield Ticket, _ticket(line, now)
    yield AuditEntry, _audit(booking.id, "booking.seeded", booking.status.value, now)
    yield AuditEntry, _audit(payment.id, "payment.seeded", payment.status.value, now)


def _booking(
    seeded: SeededBooking, showtime: ShowtimeRecord, lines: Sequence[LineRecord], now: datetime
) -> BookingRecord:
    return BookingRecord(
        showtime_id=showtime.id,
        id=seeded.id,
        reference=new_reference(),
        user_id=seeded.user_id,
        hold_id=seeded.id,
        fence=seeded.fence,
        status=BookingStatus.CONFIRMED,
        contact_email=seeded.contact_email,
        currency=showtime.currency,
        total_minor=sum(line.price_minor for line in lines),
        kept_minor=0,
        # One payment a booking: its own part of the id serves for both.
        payment_id=seeded.id,
        created_at=now,
        expires_at=None,
        confirmed_at=now,
        cancelled_at=None,
        due_at=None,
        leased_until=None,
        tries=0,
    )


def _payment(
    seeded: SeededBooking, showtime: ShowtimeRecord, lines: Sequence[LineRecord], now: datetime
) -> PaymentRecord:
    amount = sum(line.price_minor for line in lines)
    own = seeded.id.partition(".")[2]
    return PaymentRecord(
        showtime_id=showtime.id,
        id=seeded.id,
        booking_id=seeded.id,
        purpose=PaymentPurpose.BOOKING,
        status=PaymentStatus.CAPTURED,
        provider="sandbox" if amount else "free",
        provider_reference=f"sbx_{own}" if amount else f"free_{showtime.currency}_{own}",
        method=_METHOD,
        currency=showtime.currency,
        amount_minor=amount,
        captured_minor=amount,
        refunding_minor=0,
        decline_code=None,
        action_url=None,
        action_secret=None,
        created_at=now,
        updated_at=now,
        ask_at=None,
        asked=0,
        abandon_at=None,
        settled_at=now,
    )


def _sandbox_payment(payment: PaymentRecord, now: datetime) -> dict[str, Any]:
    return {
        "id": payment.provider_reference,
        "idempotency_key": payment.id,
        "status": "captured",
        "method": _METHOD,
        "currency": payment.currency,
        "amount_minor": payment.amount_minor,
        "captured_minor": payment.amount_minor,
        "refunded_minor": 0,
        "visible_at": now,
        "created_at": now,
    }


def _ticket(line: LineRecord, now: datetime) -> dict[str, Any]:
    return {
        "showtime_id": line.showtime_id,
        "id": new_scoped_id(line.showtime_id),
        "booking_id": line.booking_id,
        "position": line.position,
        "seat_id": line.seat_id,
        "status": TicketStatus.VALID,
        "issued_at": now,
    }


def _audit(subject: str, action: str, after: str, now: datetime) -> dict[str, Any]:
    return {"id": new_id(), "at": now, "actor": "system", "subject": subject, "action": action, "after": after}
