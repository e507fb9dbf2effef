"""Tables of the sandbox payment provider: what a real one would keep on its own side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.booking.models.base import Base
from subgraphs.common.database import UtcDateTime


class SandboxPayment(Base):
    """A payment as the sandbox knows it.

    Attributes:
        idempotency_key: the same key again gives the same payment.
        status: `processing`, `requires_action`, `authorized`, `captured`, `declined`, `voided`.
        visible_at: before that the sandbox does not know it yet: its answer comes late.
        action_token: whoever has it may take the second step.
    """

    __tablename__ = "sandbox_payments"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    status: Mapped[str] = mapped_column(String(24))
    method: Mapped[str] = mapped_column(String(100))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    captured_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    decline_code: Mapped[str | None] = mapped_column(String(64))
    action_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    visible_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("captured_minor IN (0, amount_minor)", name="captured"),
        CheckConstraint("refunded_minor <= captured_minor", name="refunded"),
    )


class SandboxRefund(Base):
    """A refund as the sandbox knows it."""

    __tablename__ = "sandbox_refunds"

    idempotency_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    id: Mapped[str] = mapped_column(String(40), unique=True)
    payment_id: Mapped[str] = mapped_column(String(40), index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SandboxEvent(Base):
    """An event that the sandbox has to deliver to the webhook."""

    __tablename__ = "sandbox_events"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deliveries_left: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_sandbox_events_due_at", "due_at"),)
