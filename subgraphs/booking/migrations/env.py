"""Runs booking's migrations on the connection that `subgraphs.common.migrations` hands over."""

from subgraphs.booking.models import Base
from subgraphs.common.migrations import run_environment

run_environment(Base.metadata)
