"""Alembic's environment for auth's database."""

from subgraphs.auth.models import Base
from subgraphs.common.migrations import run_environment

run_environment(Base.metadata)
