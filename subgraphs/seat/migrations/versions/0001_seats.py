"""Auditoriums, showtimes, claims, holds and the event log.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rooms()
    _showtimes()
    _claims()
    _holds()
    _events()
    _idempotency_keys()
    _audit_log()


def downgrade() -> None:
    for table in (
        "audit_log",
        "idempotency_keys",
        "seat_events",
        "holds",
        "seat_claims",
        "showtimes",
        "layouts",
        "auditoriums",
        "cinemas",
    ):
        op.drop_table(table)


def _rooms() -> None:
    op.create_table(
        "cinemas",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cinemas")),
    )
    op.create_table(
        "auditoriums",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("cinema_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditoriums")),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinemas.id"], name=op.f("fk_auditoriums_cinema_id")),
        sa.UniqueConstraint("cinema_id", "name", name=op.f("uq_auditoriums_cinema_id_name")),
    )
    op.create_table(
        "layouts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("auditorium_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layouts")),
        sa.ForeignKeyConstraint(["auditorium_id"], ["auditoriums.id"], name=op.f("fk_layouts_auditorium_id")),
        sa.UniqueConstraint("auditorium_id", "version", name=op.f("uq_layouts_auditorium_id_version")),
    )


def _showtimes() -> None:
    op.create_table(
        "showtimes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("cinema_id", sa.String(32), nullable=False),
        sa.Column("auditorium_id", sa.String(32), nullable=False),
        sa.Column("layout_id", sa.String(32), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("sale_starts_at", UtcDateTime(), nullable=False),
        sa.Column("sale_ends_at", UtcDateTime(), nullable=False),
        sa.Column("hold_seconds", sa.Integer(), nullable=False),
        sa.Column("hold_cap_seconds", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showtimes")),
        sa.ForeignKeyConstraint(["layout_id"], ["layouts.id"], name=op.f("fk_showtimes_layout_id")),
        sa.CheckConstraint("available + held + sold + blocked = total", name=op.f("ck_showtimes_counts")),
    )


def _claims() -> None:
    op.create_table(
        "seat_claims",
        sa.Column("showtime_id", sa.String(32), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(1), nullable=False),
        sa.Column("hold_id", sa.String(65), nullable=True),
        sa.Column("booking_id", sa.String(65), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("showtime_id", "position", name=op.f("pk_seat_claims")),
        sa.CheckConstraint("status IN ('A', 'H', 'S', 'B')", name=op.f("ck_seat_claims_status")),
        sa.CheckConstraint("(status = 'H') = (hold_id IS NOT NULL)", name=op.f("ck_seat_claims_held")),
        sa.CheckConstraint("status <> 'S' OR booking_id IS NOT NULL", name=op.f("ck_seat_claims_sold")),
        sqlite_with_rowid=False,
    )
    held = sa.text("status = 'H'")
    op.create_index("ix_seat_claims_lapsing", "seat_claims", ["expires_at"], postgresql_where=held, sqlite_where=held)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("showtime_id", sa.String(32), nullable=False),
        sa.Column("id", sa.String(65), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=False),
        sa.Column("positions", sa.JSON(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("booking_id", sa.String(65), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("max_expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("showtime_id", "id", name=op.f("pk_holds")),
        sa.CheckConstraint(
            "state IN ('LIVE', 'CLAIMED', 'RELEASED', 'EXPIRED', 'CLOSED')", name=op.f("ck_holds_state")
        ),
    )
    op.create_index("ix_holds_showtime_id_owner_id", "holds", ["showtime_id", "owner_id"])
    op.create_index("ix_holds_owner_id", "holds", ["owner_id"])
    op.create_index("ix_holds_ended_at", "holds", ["ended_at"])


def _events() -> None:
    op.create_table(
        "seat_events",
        sa.Column("showtime_id", sa.String(32), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(65), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", "version", name=op.f("pk_seat_events")),
        sqlite_with_rowid=False,
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("input_hash", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "person_id", "operation", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"])


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("before", sa.String(32), nullable=True),
        sa.Column("after", sa.String(32), nullable=True),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_subject"), "audit_log", ["subject"])
