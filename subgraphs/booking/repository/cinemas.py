"""Cinemas in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Cinema
from subgraphs.booking.paging import Page, PageRequest, SortPart, follows
from subgraphs.booking.repository.records import CINEMA_COLUMNS, CinemaRecord

_SORT: Final = (SortPart(Cinema.__table__.c.name_folded, str), SortPart(Cinema.__table__.c.id, str))
CINEMA_SORT_SHAPE: Final = (str, str)


@dataclass(frozen=True, slots=True)
class CinemaQuery:
    """Which cinemas: in a city, with this in their name; both folded."""

    city: str | None = None
    name: str | None = None


class CinemaRepository:
    """Reads and writes cinemas within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_ids(self, ids: Sequence[str]) -> dict[str, CinemaRecord]:
        """Read cinemas; unknown ids are left out."""
        rows = await self._session.execute(select(*CINEMA_COLUMNS).where(Cinema.id.in_(ids)))
        return {row.id: CinemaRecord(*row) for row in rows}

    async def page(self, query: CinemaQuery, request: PageRequest) -> Page[CinemaRecord]:
        """Read a page of cinemas, by name."""
        statement = select(*CINEMA_COLUMNS, Cinema.name_folded).where(*_conditions(query))
        if request.after is not None:
            statement = statement.where(follows(_SORT, request.after))
        statement = statement.order_by(Cinema.name_folded, Cinema.id).limit(request.first + 1)
        rows = (await self._session.execute(statement)).all()
        page = Page.of(rows, request, key=lambda row: (row.name_folded, row.id))
        return Page(tuple(CinemaRecord(*row[:-1]) for row in page.items), page.keys, page.has_next)

    async def count(self, query: CinemaQuery) -> int:
        """Count the cinemas that fit."""
        return await self._session.scalar(select(func.count()).select_from(Cinema).where(*_conditions(query))) or 0

    async def lock(self, cinema_id: str) -> Cinema | None:
        """Read a cinema to change it; another change of it waits."""
        return await self._session.get(Cinema, cinema_id, with_for_update=True)

    async def insert_many(self, cinemas: Sequence[dict[str, Any]]) -> None:
        """Write cinemas, given by column."""
        await self._session.execute(insert(Cinema), cinemas)


def _conditions(query: CinemaQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.city is not None:
        conditions.append(Cinema.city_folded == query.city)
    if query.name is not None:
        # A term of signs only has no letters left: nothing has it in the name, while everything contains an empty text.
        conditions.append(Cinema.name_folded.contains(query.name, autoescape=True) if query.name else false())
    return conditions
