"""SQL of cinemas, auditoriums and layouts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from subgraphs.seat.models.records import AuditoriumRecord
from subgraphs.seat.models.tables import AuditoriumRow, CinemaRow, LayoutRow
from subgraphs.seat.seating.layout import Layout


class RoomRepository:
    """Reads and writes rooms within the caller's unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def register_cinemas(self, cinema_ids: Sequence[str], *, at: datetime) -> None:
        """Write cinemas; those that are known stay as they are."""
        dialect_insert = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
        rows = [{"id": cinema_id, "registered_at": at} for cinema_id in cinema_ids]
        await self._session.execute(dialect_insert(CinemaRow).values(rows).on_conflict_do_nothing())

    async def knows_cinema(self, cinema_id: str) -> bool:
        """Tell whether booking has told of a cinema."""
        return await self._session.scalar(select(CinemaRow.id).where(CinemaRow.id == cinema_id)) is not None

    async def add(self, *, name: str, cinema_id: str, layout: Layout, at: datetime) -> None:
        """Write an auditorium with its first layout.

        Raises:
            sqlalchemy.exc.IntegrityError: the cinema has an auditorium of that name.
        """
        await self._session.execute(
            insert(AuditoriumRow).values(id=layout.auditorium_id, cinema_id=cinema_id, name=name, created_at=at)
        )
        await self._session.execute(
            insert(LayoutRow).values(
                id=layout.id,
                auditorium_id=layout.auditorium_id,
                version=layout.version,
                rows=layout.rows,
                columns=layout.columns,
                capacity=len(layout.seats),
                seats=layout.stored(),
            )
        )

    def _auditoriums(self) -> Select[str, str, str, int, str, int]:
        version = aliased(LayoutRow)
        newest = (
            select(version.id)
            .where(version.auditorium_id == AuditoriumRow.id)
            .order_by(version.version.desc())
            .limit(1)
            .scalar_subquery()
        )
        row = AuditoriumRow
        return (
            select(row.id, row.cinema_id, row.name, LayoutRow.capacity, LayoutRow.id, LayoutRow.version)
            .join(LayoutRow, LayoutRow.id == newest)
            .order_by(row.name, row.id)
        )

    async def auditoriums(self, auditorium_ids: Sequence[str]) -> dict[str, AuditoriumRecord]:
        """Read auditoriums with one statement, by id; unknown ones are left out."""
        rows = await self._session.execute(self._auditoriums().where(AuditoriumRow.id.in_(auditorium_ids)))
        return {row[0]: AuditoriumRecord(*row) for row in rows}

    async def auditoriums_of(self, cinema_ids: Sequence[str]) -> dict[str, list[AuditoriumRecord]]:
        """Read the auditoriums of some cinemas with one statement, by cinema, each list by name."""
        found: dict[str, list[AuditoriumRecord]] = {cinema_id: [] for cinema_id in cinema_ids}
        for row in await self._session.execute(self._auditoriums().where(AuditoriumRow.cinema_id.in_(cinema_ids))):
            found[row[1]].append(AuditoriumRecord(*row))
        return found

    async def layouts(self, layout_ids: Sequence[str]) -> dict[str, Layout]:
        """Read layouts with one statement, by id; unknown ones are left out."""
        row = LayoutRow
        rows = await self._session.execute(
            select(row.id, row.auditorium_id, row.version, row.rows, row.columns, row.seats).where(
                row.id.in_(layout_ids)
            )
        )
        return {
            row[0]: Layout.restored(
                layout_id=row[0], auditorium_id=row[1], version=row[2], rows=row[3], columns=row[4], stored=row[5]
            )
            for row in rows
        }
