"""Create the tables of what is sold: bookings, payments, refunds, changes, tickets; and the sandbox's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_bookings()
    _create_payments()
    _create_changes_and_tickets()
    _create_webhook_events()
    _create_sandbox()


def _scoped_key(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("showtime_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(65), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", "id", name=f"pk_{table}"),
    ]


def _of_booking(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        *_scoped_key(table),
        sa.Column("booking_id", sa.String(65), nullable=False),
        _booking_reference(table),
    ]


def _booking_reference(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["showtime_id", "booking_id"],
        ["bookings.showtime_id", "bookings.id"],
        name=f"fk_{table}_showtime_id_booking_id",
    )


def _create_bookings() -> None:
    op.create_table(
        "bookings",
        *_scoped_key("bookings"),
        sa.Column("reference", sa.String(12), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("hold_id", sa.String(65), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("contact_email", sa.String(254)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("kept_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.String(65)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("confirmed_at", UtcDateTime()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("leased_until", UtcDateTime()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("total_minor >= 0 AND kept_minor >= 0", name="ck_bookings_amounts"),
    )
    op.create_index("uq_bookings_reference", "bookings", ["reference"], unique=True)
    op.create_index("ix_bookings_user_id_created_at_id", "bookings", ["user_id", "created_at", "id"])
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_bookings_due_at", "bookings", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "booking_lines",
        sa.Column("showtime_id", sa.String(32), nullable=False),
        sa.Column("booking_id", sa.String(65), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seat_id", sa.String(48), nullable=False),
        sa.Column("category", sa.String(24), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", "booking_id", "position", name="pk_booking_lines"),
        _booking_reference("booking_lines"),
        sa.CheckConstraint("price_minor >= 0", name="ck_booking_lines_price"),
    )


def _create_payments() -> None:
    op.create_table(
        "payments",
        *_of_booking("payments"),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("provider_reference", sa.String(80)),
        sa.Column("method", sa.String(100)),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("captured_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunding_minor", sa.BigInteger(), nullable=False),
        sa.Column("decline_code", sa.String(64)),
        sa.Column("action_url", sa.String(2000)),
        sa.Column("action_secret", sa.String(200)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("ask_at", UtcDateTime()),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("abandon_at", UtcDateTime()),
        sa.Column("settled_at", UtcDateTime()),
        sa.CheckConstraint("captured_minor IN (0, amount_minor)", name="ck_payments_captured"),
        sa.CheckConstraint("refunding_minor >= 0 AND refunding_minor <= captured_minor", name="ck_payments_refunding"),
    )
    op.create_index("ix_payments_showtime_id_booking_id", "payments", ["showtime_id", "booking_id"])
    op.create_table(
        "refunds",
        *_of_booking("refunds"),
        sa.Column("payment_id", sa.String(65), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("provider_reference", sa.String(80)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["showtime_id", "payment_id"],
            ["payments.showtime_id", "payments.id"],
            name="fk_refunds_showtime_id_payment_id",
        ),
        sa.CheckConstraint("amount_minor > 0", name="ck_refunds_amount"),
    )
    op.create_index("ix_refunds_showtime_id_booking_id", "refunds", ["showtime_id", "booking_id"])


def _create_changes_and_tickets() -> None:
    op.create_table(
        "booking_changes",
        *_of_booking("booking_changes"),
        sa.Column("hold_id", sa.String(65), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.String(65)),
        sa.Column("failure", sa.JSON()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    _create_unique_where("uq_booking_changes_open", "booking_changes", ["showtime_id", "booking_id"], "status = 'OPEN'")
    op.create_table(
        "tickets",
        *_of_booking("tickets"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.String(48), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("voided_at", UtcDateTime()),
        sa.Column("checked_in_at", UtcDateTime()),
        sa.Column("checked_in_by", sa.String(32)),
    )
    op.create_index("ix_tickets_showtime_id_booking_id", "tickets", ["showtime_id", "booking_id"])
    _create_unique_where("uq_tickets_valid_seat", "tickets", ["showtime_id", "seat_id"], "status = 'VALID'")


def _create_unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _create_webhook_events() -> None:
    op.create_table(
        "webhook_events",
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("payment_id", sa.String(80)),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "event_id", name="pk_webhook_events"),
    )
    op.create_index("ix_webhook_events_received_at", "webhook_events", ["received_at"])


def _create_sandbox() -> None:
    op.create_table(
        "sandbox_payments",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("idempotency_key", sa.String(80), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("method", sa.String(100), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("captured_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("decline_code", sa.String(64)),
        sa.Column("action_token", sa.String(64)),
        sa.Column("visible_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sandbox_payments"),
        sa.UniqueConstraint("idempotency_key", name="uq_sandbox_payments_idempotency_key"),
        sa.UniqueConstraint("action_token", name="uq_sandbox_payments_action_token"),
        sa.CheckConstraint("captured_minor IN (0, amount_minor)", name="ck_sandbox_payments_captured"),
        sa.CheckConstraint("refunded_minor <= captured_minor", name="ck_sandbox_payments_refunded"),
    )
    op.create_table(
        "sandbox_refunds",
        sa.Column("idempotency_key", sa.String(80), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("payment_id", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("idempotency_key", name="pk_sandbox_refunds"),
        sa.UniqueConstraint("id", name="uq_sandbox_refunds_id"),
    )
    op.create_index("ix_sandbox_refunds_payment_id", "sandbox_refunds", ["payment_id"])
    op.create_table(
        "sandbox_events",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("deliveries_left", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sandbox_events"),
    )
    op.create_index("ix_sandbox_events_due_at", "sandbox_events", ["due_at"])


def downgrade() -> None:
    for table in (
        "sandbox_events",
        "sandbox_refunds",
        "sandbox_payments",
        "webhook_events",
        "tickets",
        "booking_changes",
        "refunds",
        "payments",
        "booking_lines",
        "bookings",
    ):
        op.drop_table(table)
