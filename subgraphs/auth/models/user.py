"""People: guests, customers, staff, admins, and the tombstones of those who left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.auth.models.base import Base
from subgraphs.common.database import UtcDateTime


class User(Base):
    """One person, or one guest.

    Attributes:
        email: as mail is sent to it.
        email_key: the same, folded so that spellings of one mailbox are equal; unique.
        role: the name of a `Role`.
        cinema_ids: the cinemas a STAFF is tied to; empty: all.
        password_hash: an Argon2id string; None for guests and tombstones.
        merged_into: the user that this guest became.
        deleted_at: set on a tombstone, from which everything personal is gone.
    """

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    name: Mapped[str | None] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(16), index=True)
    cinema_ids: Mapped[list[str]] = mapped_column(JSON)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
