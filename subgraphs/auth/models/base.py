"""The declarative base of auth's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.database import new_metadata


class Base(DeclarativeBase):
    """Auth's own metadata: no table of another subgraph is in it."""

    metadata = new_metadata()
