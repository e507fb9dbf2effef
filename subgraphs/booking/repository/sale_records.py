"""Rows of sales as frozen values, and the whole of one sale as the saga sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from subgraphs.booking.models.catalogue import SeatCategory
from subgraphs.booking.models.sales import Booking, BookingChange, BookingLine, Payment, Refund, Ticket
from subgraphs.booking.models.states import (
    BookingStatus,
    ChangeStatus,
    PaymentPurpose,
    PaymentStatus,
    RefundStatus,
    TicketStatus,
)
from subgraphs.booking.money import Amount


@dataclass(frozen=True, slots=True)
class BookingRecord:
    """A booking; see the model for what the columns mean."""

    showtime_id: str
    id: str
    reference: str
    user_id: str
    hold_id: str
    fence: int
    status: BookingStatus
    contact_email: str | None
    currency: str
    total_minor: int
    kept_minor: int
    payment_id: str | None
    created_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    due_at: datetime | None
    leased_until: datetime | None
    tries: int

    @property
    def total(self) -> Amount:
        """What it costs."""
        return Amount(self.total_minor, self.currency)


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One seat of a booking at its price."""

    showtime_id: str
    booking_id: str
    position: int
    seat_id: str
    category: SeatCategory
    label: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """One attempt to pay; see the model."""

    showtime_id: str
    id: str
    booking_id: str
    purpose: PaymentPurpose
    status: PaymentStatus
    provider: str
    provider_reference: str | None
    method: str | None
    currency: str
    amount_minor: int
    captured_minor: int
    refunding_minor: int
    decline_code: str | None
    action_url: str | None
    action_secret: str | None
    created_at: datetime
    updated_at: datetime
    ask_at: datetime | None
    asked: int
    abandon_at: datetime | None
    settled_at: datetime | None

    @property
    def amount(self) -> Amount:
        """What it is about."""
        return Amount(self.amount_minor, self.currency)

    @property
    def is_stray(self) -> bool:
        """Whether money was taken for which no seats were given, and which is not on its way back either."""
        return (
            self.status is PaymentStatus.CAPTURED
            and self.settled_at is None
            and self.refunding_minor < self.captured_minor
        )


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """Money on its way back; see the model."""

    showtime_id: str
    id: str
    booking_id: str
    payment_id: str
    status: RefundStatus
    amount_minor: int
    reason: str
    provider_reference: str | None
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change of seats; see the model."""

    showtime_id: str
    id: str
    booking_id: str
    hold_id: str
    fence: int
    status: ChangeStatus
    lines: list[list[Any]]
    total_minor: int
    payment_id: str | None
    failure: dict[str, Any] | None
    created_at: datetime
    ended_at: datetime | None

    def new_lines(self) -> tuple[LineRecord, ...]:
        """Give the lines that the booking gets."""
        return tuple(
            LineRecord(self.showtime_id, self.booking_id, position, seat_id, SeatCategory(category), label, price)
            for position, (seat_id, category, label, price) in enumerate(self.lines)
        )


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """A ticket; see the model."""

    showtime_id: str
    id: str
    booking_id: str
    position: int
    seat_id: str
    status: TicketStatus
    issued_at: datetime
    voided_at: datetime | None
    checked_in_at: datetime | None
    checked_in_by: str | None


@dataclass(frozen=True, slots=True)
class Sale:
    """A booking with all that moves money or seats for it: what the saga decides by.

    Attributes:
        booking: the booking.
        payments: every attempt to pay, oldest first.
        refunds: those that are not done.
        change: the open change of seats.
    """

    booking: BookingRecord
    payments: tuple[PaymentRecord, ...] = ()
    refunds: tuple[RefundRecord, ...] = ()
    change: ChangeRecord | None = field(default=None)

    def payment(self, payment_id: str | None) -> PaymentRecord | None:
        """Find an attempt by its id."""
        return next((payment for payment in self.payments if payment.id == payment_id), None)


BOOKING_COLUMNS: Final = tuple(Booking.__table__.c[name] for name in BookingRecord.__slots__)
LINE_COLUMNS: Final = tuple(BookingLine.__table__.c[name] for name in LineRecord.__slots__)
PAYMENT_COLUMNS: Final = tuple(Payment.__table__.c[name] for name in PaymentRecord.__slots__)
REFUND_COLUMNS: Final = tuple(Refund.__table__.c[name] for name in RefundRecord.__slots__)
CHANGE_COLUMNS: Final = tuple(BookingChange.__table__.c[name] for name in ChangeRecord.__slots__)
TICKET_COLUMNS: Final = tuple(Ticket.__table__.c[name] for name in TicketRecord.__slots__)
