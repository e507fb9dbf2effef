"""The tables. Those that are hot are keyed by showtime first, so that one showtime lies in one shard."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from subgraphs.common.database import UtcDateTime, new_metadata
from subgraphs.common.models import AuditEntryMixin, IdempotencyKeyMixin


class Base(DeclarativeBase):
    """The declarative base of the seat database."""

    metadata = new_metadata()


class CinemaRow(Base):
    """A cinema that booking has told of. Its name and address are booking's."""

    __tablename__ = "cinemas"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditoriumRow(Base):
    """A room."""

    __tablename__ = "auditoriums"
    __table_args__ = (UniqueConstraint("cinema_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    cinema_id: Mapped[str] = mapped_column(ForeignKey("cinemas.id"))
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LayoutRow(Base):
    """A version of a room's plan; never changed."""

    __tablename__ = "layouts"
    __table_args__ = (UniqueConstraint("auditorium_id", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    auditorium_id: Mapped[str] = mapped_column(ForeignKey("auditoriums.id"))
    version: Mapped[int]
    rows: Mapped[int]
    columns: Mapped[int]
    capacity: Mapped[int]
    seats: Mapped[list[Any]] = mapped_column(JSON)  # as `Layout.stored` gives them


class ShowtimeRow(Base):
    """What the seat subgraph knows of a showtime, and its packed map.

    `version`, `statuses` and the counts change in the transaction that changes the claims and writes the event: a read
    of this one row is a consistent map.
    """

    __tablename__ = "showtimes"
    __table_args__ = (CheckConstraint("available + held + sold + blocked = total", name="counts"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    cinema_id: Mapped[str] = mapped_column(String(32))
    auditorium_id: Mapped[str] = mapped_column(String(32))
    layout_id: Mapped[str] = mapped_column(ForeignKey("layouts.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sale_starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sale_ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hold_seconds: Mapped[int]
    hold_cap_seconds: Mapped[int]
    revision: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(BigInteger)
    statuses: Mapped[str] = mapped_column(Text)  # a letter a seat in layout order: A H S B
    total: Mapped[int]
    available: Mapped[int]
    held: Mapped[int]
    sold: Mapped[int]
    blocked: Mapped[int]


class SeatClaimRow(Base):
    """Who has a seat: the only arbiter. One row for each seat, written when the showtime opens.

    `expires_at` is set for a held seat whose hold is not pinned; a held seat past it is free to take.
    """

    __tablename__ = "seat_claims"
    __table_args__ = (
        CheckConstraint("status IN ('A', 'H', 'S', 'B')", name="status"),
        CheckConstraint("(status = 'H') = (hold_id IS NOT NULL)", name="held"),
        CheckConstraint("status <> 'S' OR booking_id IS NOT NULL", name="sold"),
        Index(
            "ix_seat_claims_lapsing",
            "expires_at",
            postgresql_where=text("status = 'H'"),
            sqlite_where=text("status = 'H'"),
        ),
        {"sqlite_with_rowid": False},
    )

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(1))
    hold_id: Mapped[str | None] = mapped_column(String(65))
    booking_id: Mapped[str | None] = mapped_column(String(65))
    fence: Mapped[int | None] = mapped_column(BigInteger)  # the showtime's version at which it was taken
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HoldRow(Base):
    """Seats kept for a person, for a time."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("state IN ('LIVE', 'CLAIMED', 'RELEASED', 'EXPIRED', 'CLOSED')", name="state"),
        Index("ix_holds_showtime_id_owner_id", "showtime_id", "owner_id"),
        Index("ix_holds_owner_id", "owner_id"),
        Index("ix_holds_ended_at", "ended_at"),
    )

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(65), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(32))
    positions: Mapped[list[int]] = mapped_column(JSON)
    fence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    booking_id: Mapped[str | None] = mapped_column(String(65))
    pinned: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    max_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SeatEventRow(Base):
    """The log: one row for each version of a showtime, without gaps. Replayed, it gives the packed map."""

    __tablename__ = "seat_events"
    __table_args__ = ({"sqlite_with_rowid": False},)

    showtime_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    cause: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(65))  # the hold, the booking or the showtime that it was about
    actor: Mapped[str] = mapped_column(String(64))  # a user's id, `service:<name>` or `system`
    changes: Mapped[str] = mapped_column(Text)  # as `packed_changes` writes them


class IdempotencyKeyRow(IdempotencyKeyMixin, Base):
    """Answers of the mutations that hold seats."""


class AuditEntryRow(AuditEntryMixin, Base):
    """Changes of state that move no seat: extended, bound, pinned, rooms made."""


# The hot statements are Core's, on these: the ORM's cost half as much again.
SHOWTIMES: Final = Base.metadata.tables["showtimes"]
CLAIMS: Final = Base.metadata.tables["seat_claims"]
HOLDS: Final = Base.metadata.tables["holds"]
EVENTS: Final = Base.metadata.tables["seat_events"]
