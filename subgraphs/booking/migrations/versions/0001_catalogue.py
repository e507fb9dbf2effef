"""Create the programme's tables, and those that every subgraph has: outbox, idempotency keys, audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from subgraphs.common.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _sorted_text() -> sa.String:
    return sa.String(600, collation="C").with_variant(sa.String(600), "sqlite")


def upgrade() -> None:
    _create_common_tables()
    _create_movies()
    _create_cinemas()
    _create_showtimes()


def _create_common_tables() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("partition", sa.String(80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("available_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_available_at", "outbox", ["available_at"])
    op.create_index("ix_outbox_partition_id", "outbox", ["partition", "id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("input_hash", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "person_id", "operation", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "audit_log",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("before", sa.String(32)),
        sa.Column("after", sa.String(32)),
        sa.Column("details", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])


def _create_movies() -> None:
    op.create_table(
        "movies",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("original_title", sa.String(300)),
        sa.Column("title_folded", _sorted_text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("synopsis", sa.Text()),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("directors", sa.JSON(), nullable=False),
        sa.Column("runtime_minutes", sa.Integer()),
        sa.Column("certificate", sa.String(20)),
        sa.Column("release_date", sa.Date()),
        sa.Column("rating", sa.Float(53)),
        sa.Column("popularity", sa.Integer(), nullable=False),
        sa.Column("poster_url", sa.String(2000)),
        sa.Column("source_key", sa.String(64)),
        sa.Column("source_hash", sa.String(64)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_movies"),
        sa.UniqueConstraint("source_key", name="uq_movies_source_key"),
    )
    op.create_index("ix_movies_title_folded_id", "movies", ["title_folded", "id"])
    for table, column, width in (("movie_genres", "genre", 120), ("movie_trigrams", "trigram", 3)):
        op.create_table(
            table,
            sa.Column(column, sa.String(width), nullable=False),
            sa.Column("movie_id", sa.String(32), nullable=False),
            sa.PrimaryKeyConstraint(column, "movie_id", name=f"pk_{table}"),
            sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=f"fk_{table}_movie_id", ondelete="CASCADE"),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{table}_movie_id", table, ["movie_id"])


def _create_cinemas() -> None:
    op.create_table(
        "cinemas",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("name_folded", _sorted_text(), nullable=False),
        sa.Column("city", sa.String(120), nullable=False),
        sa.Column("city_folded", sa.String(360), nullable=False),
        sa.Column("address", sa.String(300)),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cinemas"),
    )
    op.create_index("ix_cinemas_city_folded", "cinemas", ["city_folded"])
    op.create_index("ix_cinemas_name_folded_id", "cinemas", ["name_folded", "id"])
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("cinema_id", sa.String(32), nullable=False),
        sa.Column("plans", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinemas.id"], name="fk_rooms_cinema_id"),
    )


def _create_showtimes() -> None:
    op.create_table(
        "showtimes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("movie_id", sa.String(32), nullable=False),
        sa.Column("cinema_id", sa.String(32), nullable=False),
        sa.Column("auditorium_id", sa.String(32), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("sale_starts_at", UtcDateTime(), nullable=False),
        sa.Column("sale_ends_at", UtcDateTime(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("prices", sa.JSON(), nullable=False),
        sa.Column("hold_seconds", sa.Integer(), nullable=False),
        sa.Column("hold_cap_seconds", sa.Integer(), nullable=False),
        sa.Column("refund_seconds", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("cancel_reason", sa.String(500)),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("available_version", sa.BigInteger(), nullable=False),
        sa.Column("available_at", UtcDateTime()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_showtimes"),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name="fk_showtimes_movie_id"),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinemas.id"], name="fk_showtimes_cinema_id"),
        sa.ForeignKeyConstraint(["auditorium_id"], ["rooms.id"], name="fk_showtimes_auditorium_id"),
    )
    op.create_index("ix_showtimes_starts_at_id", "showtimes", ["starts_at", "id"])
    for column in ("movie_id", "cinema_id", "auditorium_id"):
        op.create_index(f"ix_showtimes_{column}_starts_at", "showtimes", [column, "starts_at"])


def downgrade() -> None:
    for table in (
        "showtimes",
        "rooms",
        "cinemas",
        "movie_trigrams",
        "movie_genres",
        "movies",
        "audit_log",
        "idempotency_keys",
        "outbox",
    ):
        op.drop_table(table)
