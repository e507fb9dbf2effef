"""Tables that several subgraphs have: each mixes these into its own declarative base."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from subgraphs.common.database import UtcDateTime


class OutboxMessageMixin:
    """Something that was decided here and must be told elsewhere: written with the decision, deleted once it arrived.

    Messages of one `partition` arrive in the order of their ids; different partitions do not wait for each other.
    """

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    partition: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands over the class
        return (Index("ix_outbox_available_at", "available_at"), Index("ix_outbox_partition_id", "partition", "id"))


class IdempotencyKeyMixin:
    """The answer that was given to a mutation, so that the same call again has no second effect."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(32), primary_key=True)  # the showtime, or "-": the shard
    person_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    operation: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    input_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None while the first call runs
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AuditEntryMixin:
    """One row for every change of state, in the transaction of the change (invariant I16)."""

    __tablename__ = "audit_log"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(64))  # a user's id, or `service:<name>`, or `system`
    subject: Mapped[str] = mapped_column(String(80), index=True)  # what changed: its id
    action: Mapped[str] = mapped_column(String(64))
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[str | None] = mapped_column(String(32))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
