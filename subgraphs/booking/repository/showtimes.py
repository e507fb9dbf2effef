"""Showtimes in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Cinema, Showtime
from subgraphs.booking.models.sales import Booking
from subgraphs.booking.models.states import BookingStatus
from subgraphs.booking.paging import Page, PageRequest, SortPart, follows
from subgraphs.booking.repository.records import SHOWTIME_COLUMNS, ShowtimeRecord

_SORT: Final = (SortPart(Showtime.__table__.c.starts_at, datetime), SortPart(Showtime.__table__.c.id, str))
SHOWTIME_SORT_SHAPE: Final = (datetime, str)
_BY_IDS: Final = select(*SHOWTIME_COLUMNS).where(Showtime.__table__.c.id.in_(bindparam("ids", expanding=True)))
_SHARED: Final = (
    select(*SHOWTIME_COLUMNS)
    .where(Showtime.__table__.c.id == bindparam("id"))
    .with_for_update(read=True, key_share=True)
)
_TAKES_SEATS: Final = (BookingStatus.PENDING_PAYMENT, BookingStatus.CONFIRMING, BookingStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ShowtimeQuery:
    """Which showtimes.

    Attributes:
        starts_from: they start then or later; None: now.
        starts_to: and before this.
        movie_id: of this film.
        cinema_id: at this cinema.
        city: in this city, folded.
        min_available: with at least so many free seats, as far as is known here.
        with_cancelled: cancelled ones, too.
    """

    starts_from: datetime | None = None
    starts_to: datetime | None = None
    movie_id: str | None = None
    cinema_id: str | None = None
    city: str | None = None
    min_available: int | None = None
    with_cancelled: bool = False


class ShowtimeRepository:
    """Reads and writes showtimes within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_ids(self, ids: Sequence[str]) -> dict[str, ShowtimeRecord]:
        """Read showtimes; unknown ids are left out."""
        rows = await self._session.execute(_BY_IDS, {"ids": list(ids)})
        return {row.id: showtime_record(row) for row in rows}

    async def page(self, query: ShowtimeQuery, request: PageRequest, *, now: datetime) -> Page[ShowtimeRecord]:
        """Read a page of showtimes, by start."""
        statement = select(*SHOWTIME_COLUMNS).where(*_conditions(query, now))
        if request.after is not None:
            statement = statement.where(follows(_SORT, request.after))
        statement = statement.order_by(Showtime.starts_at, Showtime.id).limit(request.first + 1)
        rows = await self._session.execute(statement)
        return Page.of([showtime_record(row) for row in rows], request, key=_sort_key)

    async def count(self, query: ShowtimeQuery, *, now: datetime) -> int:
        """Count the showtimes that fit."""
        statement = select(func.count()).select_from(Showtime).where(*_conditions(query, now))
        return await self._session.scalar(statement) or 0

    async def pages_of_movies(
        self, movie_ids: Sequence[str], query: ShowtimeQuery, request: PageRequest, *, now: datetime
    ) -> dict[str, Page[ShowtimeRecord]]:
        """Read the same page of several films' showtimes in one statement; films without any are left out."""
        conditions = [Showtime.movie_id.in_(movie_ids), *_conditions(query, now)]
        if request.after is not None:
            conditions.append(follows(_SORT, request.after))
        place = func.row_number().over(partition_by=Showtime.movie_id, order_by=(Showtime.starts_at, Showtime.id))
        ranked = select(*SHOWTIME_COLUMNS, place.label("place")).where(*conditions).subquery()
        columns = [ranked.c[column.key] for column in SHOWTIME_COLUMNS]
        statement = (
            select(*columns)
            .where(ranked.c.place <= request.first + 1)
            .order_by(ranked.c.movie_id, ranked.c.starts_at, ranked.c.id)
        )
        found: defaultdict[str, list[ShowtimeRecord]] = defaultdict(list)
        for row in await self._session.execute(statement):
            found[row.movie_id].append(showtime_record(row))
        return {movie_id: Page.of(rows, request, key=_sort_key) for movie_id, rows in found.items()}

    async def counts_of_movies(
        self, movie_ids: Sequence[str], query: ShowtimeQuery, *, now: datetime
    ) -> dict[str, int]:
        """Count several films' showtimes in one statement; films without any are left out."""
        statement = (
            select(Showtime.movie_id, func.count())
            .where(Showtime.movie_id.in_(movie_ids), *_conditions(query, now))
            .group_by(Showtime.movie_id)
        )
        return dict((await self._session.execute(statement)).all())

    async def lock(self, showtime_id: str) -> Showtime | None:
        """Read a showtime to change it; other changes of it wait, and so does whoever has to rest on it (`share`)."""
        return await self._session.get(Showtime, showtime_id, with_for_update=True)

    async def share(self, showtime_id: str) -> ShowtimeRecord | None:
        """Read a showtime that stays as it is until this unit of work ends; others may rest on it at the same time."""
        row = (await self._session.execute(_SHARED, {"id": showtime_id})).one_or_none()
        return None if row is None else showtime_record(row)

    async def overlaps(
        self, auditorium_id: str, *, starts_at: datetime, ends_at: datetime, but: str | None = None
    ) -> bool:
        """Tell whether the room is taken at a time, by a showtime other than `but`. Ask under the room's lock."""
        conditions = [
            Showtime.auditorium_id == auditorium_id,
            Showtime.cancelled_at.is_(None),
            Showtime.starts_at < ends_at,
            Showtime.ends_at > starts_at,
        ]
        if but is not None:
            conditions.append(Showtime.id != but)
        return bool(await self._session.scalar(select(exists().where(*conditions))))

    async def taken(
        self, auditorium_ids: Sequence[str], *, since: datetime
    ) -> Sequence[tuple[str, datetime, datetime]]:
        """Give when rooms are taken by showtimes that end after a moment: room, start, end. Ask under their locks."""
        statement = select(Showtime.auditorium_id, Showtime.starts_at, Showtime.ends_at).where(
            Showtime.auditorium_id.in_(auditorium_ids), Showtime.cancelled_at.is_(None), Showtime.ends_at > since
        )
        return (await self._session.execute(statement)).all()

    async def is_sold(self, showtime_id: str) -> bool:
        """Tell whether there is a booking that has seats, or may still get them."""
        booked = exists().where(Booking.showtime_id == showtime_id, Booking.status.in_(_TAKES_SEATS))
        return bool(await self._session.scalar(select(booked)))

    async def insert_many(self, showtimes: Sequence[dict[str, Any]]) -> None:
        """Write showtimes, given by column."""
        await self._session.execute(insert(Showtime), showtimes)


def showtime_record(row: Any) -> ShowtimeRecord:
    """Build the record from a row of `SHOWTIME_COLUMNS`."""
    return ShowtimeRecord(*row)


def _sort_key(showtime: ShowtimeRecord) -> tuple[datetime, str]:
    return (showtime.starts_at, showtime.id)


def _conditions(query: ShowtimeQuery, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Showtime.starts_at >= (query.starts_from or now)]
    if query.starts_to is not None:
        conditions.append(Showtime.starts_at < query.starts_to)
    if query.movie_id is not None:
        conditions.append(Showtime.movie_id == query.movie_id)
    if query.cinema_id is not None:
        conditions.append(Showtime.cinema_id == query.cinema_id)
    if query.city is not None:
        conditions.append(Showtime.cinema_id.in_(select(Cinema.id).where(Cinema.city_folded == query.city)))
    if query.min_available is not None:
        conditions.append(Showtime.available >= query.min_available)
    if not query.with_cancelled:
        conditions.append(Showtime.cancelled_at.is_(None))
    return conditions
