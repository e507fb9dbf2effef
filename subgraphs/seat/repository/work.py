"""Units of work of the seat database: one transaction and the repositories that share it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.idempotency import IdempotencyStore
from subgraphs.common.ids import new_id
from subgraphs.seat.models.tables import AuditEntryRow, IdempotencyKeyRow
from subgraphs.seat.repository.claims import ClaimRepository
from subgraphs.seat.repository.holds import HoldRepository
from subgraphs.seat.repository.openings import OpeningRepository
from subgraphs.seat.repository.rooms import RoomRepository
from subgraphs.seat.repository.showtimes import Now, ShowtimeRepository

_INSERT_AUDIT: Final = insert(cast("Table", AuditEntryRow.__table__))


class Work:
    """What one transaction works with.

    Attributes:
        is_alone: nobody else writes while it lasts (SQLite): what it has read stays, without locks on rows.
    """

    def __init__(self, session: AsyncSession, now: Now, *, is_alone: bool = False) -> None:
        self.session = session
        self.is_alone = is_alone
        self.showtimes = ShowtimeRepository(session, now)
        self.claims = ClaimRepository(session, now)
        self.holds = HoldRepository(session, now)
        self.rooms = RoomRepository(session)
        self.openings = OpeningRepository(session)

    async def audit(self, entries: list[dict[str, Any]] | dict[str, Any]) -> None:
        """Write rows of the audit log: `at`, `actor`, `subject`, `action`, and where they apply `before`, `after`."""
        rows = entries if isinstance(entries, list) else [entries]
        blank = {"before": None, "after": None, "details": None}
        await self.session.execute(_INSERT_AUDIT, [{"id": new_id(), **blank, **row} for row in rows])

    async def forget_answers(self, person_id: str) -> None:
        """Delete the answers that were stored for a person."""
        await self.session.execute(delete(IdempotencyKeyRow).where(IdempotencyKeyRow.person_id == person_id))


class SeatDatabase:
    """Opens units of work. The writing one commits when left (see `Database.write`)."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.keys = IdempotencyStore(IdempotencyKeyRow)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        """Open a unit of work that only reads."""
        async with self.database.read() as session:
            yield Work(session, self.database.now)

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        """Open a unit of work that commits when left; raises as `Database.write`."""
        async with self.database.write() as session:
            yield Work(session, self.database.now, is_alone=self.database.is_sqlite)
