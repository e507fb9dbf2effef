"""Migrations of the seat database (Alembic)."""
