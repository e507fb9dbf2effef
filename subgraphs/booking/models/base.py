"""The declarative base of the booking subgraph and the tables that every subgraph has."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.database import new_metadata
from subgraphs.common.models import AuditEntryMixin, IdempotencyKeyMixin, OutboxMessageMixin


class Base(DeclarativeBase):
    """Base of all tables in booking's database."""

    metadata = new_metadata()


class OutboxMessage(OutboxMessageMixin, Base):
    """What was decided here and must be told elsewhere."""


class IdempotencyKeyRow(IdempotencyKeyMixin, Base):
    """What was answered under an idempotency key."""


class AuditEntry(AuditEntryMixin, Base):
    """One change of state."""
