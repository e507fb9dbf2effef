"""Tables of booking's database. Every module with tables is imported here, so that `Base.metadata` is complete."""

from subgraphs.booking.models.base import AuditEntry, Base, IdempotencyKeyRow, OutboxMessage
from subgraphs.booking.models.catalogue import (
    Cinema,
    Movie,
    MovieGenre,
    MovieTrigram,
    Room,
    SeatCategory,
    Showtime,
    ShowtimeStatus,
)
from subgraphs.booking.models.sales import (
    Booking,
    BookingChange,
    BookingLine,
    Payment,
    Refund,
    Ticket,
    WebhookEvent,
)
from subgraphs.booking.models.sandbox import SandboxEvent, SandboxPayment, SandboxRefund

__all__ = [
    "AuditEntry",
    "Base",
    "Booking",
    "BookingChange",
    "BookingLine",
    "Cinema",
    "IdempotencyKeyRow",
    "Movie",
    "MovieGenre",
    "MovieTrigram",
    "OutboxMessage",
    "Payment",
    "Refund",
    "Room",
    "SandboxEvent",
    "SandboxPayment",
    "SandboxRefund",
    "SeatCategory",
    "Showtime",
    "ShowtimeStatus",
    "Ticket",
    "WebhookEvent",
]
