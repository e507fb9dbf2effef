"""Booking's databases."""

from __future__ import annotations

from subgraphs.booking.app import MIGRATIONS
from tests.support.databases import migrated_database_url

database_url = migrated_database_url(MIGRATIONS)
