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

__all__ = [
    "AuditEntry",
    "Base",
    "Cinema",
    "IdempotencyKeyRow",
    "Movie",
    "MovieGenre",
    "MovieTrigram",
    "OutboxMessage",
    "Room",
    "SeatCategory",
    "Showtime",
    "ShowtimeStatus",
]
