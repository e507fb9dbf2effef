"""Alembic's entry: the connection comes from `subgraphs.common.migrations`."""

from __future__ import annotations

from subgraphs.common.migrations import run_environment
from subgraphs.seat.models.tables import Base

run_environment(Base.metadata)
