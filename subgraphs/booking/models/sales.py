"""Tables of what is sold: bookings, payments, refunds, changes of seats, tickets.

Every key starts with the showtime, so that a database that is spread over machines keeps a showtime's sales together.
Amounts are whole minor units of the booking's currency.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.booking.models.base import Base
from subgraphs.booking.models.catalogue import SeatCategory
from subgraphs.booking.models.states import (
    BookingStatus,
    ChangeStatus,
    PaymentPurpose,
    PaymentStatus,
    RefundStatus,
    TicketStatus,
)
from subgraphs.common.database import UtcDateTime


def _state(kind: type[enum.Enum]) -> Enum:
    # Text on both databases: a new state then needs no change of type.
    return Enum(kind, native_enum=False, create_constraint=False, length=24)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _of_booking() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["showtime_id", "booking_id"], ["bookings.showtime_id", "bookings.id"])


class Booking(Base):
    """Seats that somebody buys.

    Attributes:
        id: the id of the hold it was made from, so that a hold becomes at most one booking.
        fence: names the claim on the seats in calls to seat.
        payment_id: the attempt to pay that the booking rests on at present.
        kept_minor: what policy keeps of the captured money after a late cancellation or a cheaper seat.
        due_at: when the saga has to look at it again; None when nothing is left to do.
        leased_until: a process works on it until then.
        tries: how often the saga failed in a row, for growing pauses.
    """

    __tablename__ = "bookings"

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(65), primary_key=True)
    reference: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[str] = mapped_column(String(32))
    hold_id: Mapped[str] = mapped_column(String(65))
    fence: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[BookingStatus] = mapped_column(_state(BookingStatus))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    kept_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    payment_id: Mapped[str | None] = mapped_column(String(65))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("total_minor >= 0 AND kept_minor >= 0", name="amounts"),
        # A database spread over machines can only keep this per showtime: see docs/operations.md.
        Index("uq_bookings_reference", "reference", unique=True),
        Index("ix_bookings_user_id_created_at_id", "user_id", "created_at", "id"),
        Index(
            "ix_bookings_due_at",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )


class BookingLine(Base):
    """One seat of a booking at its frozen price."""

    __tablename__ = "booking_lines"

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(65), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seat_id: Mapped[str] = mapped_column(String(48))
    category: Mapped[SeatCategory] = mapped_column(_state(SeatCategory))
    label: Mapped[str] = mapped_column(String(40))
    price_minor: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (_of_booking(), CheckConstraint("price_minor >= 0", name="price"))


class Payment(Base):
    """One attempt to pay. Its id is the idempotency key at the provider.

    Attributes:
        refunding_minor: what refunds were asked for, done or not; never more than was captured (invariant I5).
        ask_at: when the provider is to be asked what became of it; None when that is known.
        asked: how often it was asked about an attempt given up.
        abandon_at: when a second step that nobody took is given up.
        settled_at: when seats were given for the captured money; captured and never settled means: to be paid back.
    """

    __tablename__ = "payments"

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(65), primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(65))
    purpose: Mapped[PaymentPurpose] = mapped_column(_state(PaymentPurpose))
    status: Mapped[PaymentStatus] = mapped_column(_state(PaymentStatus))
    provider: Mapped[str] = mapped_column(String(16))
    provider_reference: Mapped[str | None] = mapped_column(String(80))
    method: Mapped[str | None] = mapped_column(String(100))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    captured_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunding_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    decline_code: Mapped[str | None] = mapped_column(String(64))
    action_url: Mapped[str | None] = mapped_column(String(2000))
    action_secret: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked: Mapped[int] = mapped_column(default=0)
    abandon_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        _of_booking(),
        Index("ix_payments_showtime_id_booking_id", "showtime_id", "booking_id"),
        CheckConstraint("captured_minor IN (0, amount_minor)", name="captured"),
        CheckConstraint("refunding_minor >= 0 AND refunding_minor <= captured_minor", name="refunding"),
    )


class Refund(Base):
    """Money on its way back. Its id is the idempotency key at the provider."""

    __tablename__ = "refunds"

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(65), primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(65))
    payment_id: Mapped[str] = mapped_column(String(65))
    status: Mapped[RefundStatus] = mapped_column(_state(RefundStatus))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(24))
    provider_reference: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        _of_booking(),
        ForeignKeyConstraint(["showtime_id", "payment_id"], ["payments.showtime_id", "payments.id"]),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_refunds_showtime_id_booking_id", "showtime_id", "booking_id"),
    )


class BookingChange(Base):
    """A change of seats: what the booking becomes once the new hold's seats are its own.

    Attributes:
        lines: the new lines, as `[seat id, category, label, price]`.
        payment_id: pays what the new seats cost more; None where they do not.
        failure: why it failed: the code of a domain error, with its data.
    """

    __tablename__ = "booking_changes"

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(65), primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(65))
    hold_id: Mapped[str] = mapped_column(String(65))
    fence: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[ChangeStatus] = mapped_column(_state(ChangeStatus))
    lines: Mapped[list[list[Any]]] = mapped_column(JSON)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    payment_id: Mapped[str | None] = mapped_column(String(65))
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        _of_booking(),
        Index("uq_booking_changes_open", "showtime_id", "booking_id", unique=True, **_where("status = 'OPEN'")),
    )


class Ticket(Base):
    """Lets one person in, once. Its code and picture are made from the id when they are read."""

    __tablename__ = "tickets"

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(65), primary_key=True)
    booking_id: Mapped[str] = mapped_column(String(65))
    position: Mapped[int]
    seat_id: Mapped[str] = mapped_column(String(48))
    status: Mapped[TicketStatus] = mapped_column(_state(TicketStatus))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_by: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (
        _of_booking(),
        Index("ix_tickets_showtime_id_booking_id", "showtime_id", "booking_id"),
        # Invariant I1: whatever the code does, a seat has at most one valid ticket.
        Index("uq_tickets_valid_seat", "showtime_id", "seat_id", unique=True, **_where("status = 'VALID'")),
    )


class WebhookEvent(Base):
    """Something that a payment provider told, recorded once by its id."""

    __tablename__ = "webhook_events"

    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payment_id: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(24))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
