"""Writing a whole programme at once: demo data, and whoever brings a programme from elsewhere.

Seat is told by the caller, not through the outbox: hundreds of messages would say what one bulk call says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from subgraphs.booking.repository.audit import AuditLog
from subgraphs.booking.repository.cinemas import CinemaRepository
from subgraphs.booking.repository.movies import MovieRepository
from subgraphs.booking.repository.records import CinemaRecord
from subgraphs.booking.repository.rooms import RoomRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.seat_client import OpenShowtime
from subgraphs.booking.service.cinemas import NewCinema, checked_cinema, cinema_row
from subgraphs.booking.service.prices import NewPrice, checked_prices
from subgraphs.booking.service.scheduling import ShowtimePolicy, policy_row
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import NotAllowedNow, NotFound
from subgraphs.common.ids import new_id

_ACTOR = "system"


@dataclass(frozen=True, slots=True)
class ShowtimeSeed:
    """A showtime to be written. `capacity` is the number of the room's seats."""

    movie_id: str
    cinema_id: str
    auditorium_id: str
    capacity: int
    starts_at: datetime
    prices: tuple[NewPrice, ...]
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class ShowtimePlan:
    """Showtimes that are ready to be written, and what seat has to be told of them first."""

    rows: tuple[dict[str, Any], ...]
    openings: tuple[OpenShowtime, ...]


class CatalogueSeeder:
    """Writes cinemas and showtimes in bulk."""

    def __init__(self, database: Database, *, clock: Clock, policy: ShowtimePolicy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy

    async def write_cinemas(self, cinemas: Sequence[NewCinema]) -> list[CinemaRecord]:
        """Make cinemas; the caller registers them at seat.

        Raises:
            InvalidInput: a value is refused. Nothing was written.
        """
        now = self._clock.now()
        records = [checked_cinema(cinema) for cinema in cinemas]
        rows = [{**cinema_row(record), "created_at": now, "updated_at": now} for record in records]
        async with self._database.write() as session:
            await CinemaRepository(session).insert_many(rows)
            audit = AuditLog(session, now=now)
            await audit.record_many([(record.id, "createCinema", None) for record in records], actor=_ACTOR)
        return records

    async def plan(self, seeds: Sequence[ShowtimeSeed]) -> ShowtimePlan:
        """Work out showtimes, on sale from now until they start; nothing is written.

        The caller tells seat the plan's `openings`, then calls `write`: after a crash between the two, seat knows
        showtimes that nobody can find, and the whole is done anew.

        Raises:
            InvalidInput: prices are refused.
            NotFound: there is no such film.
        """
        now = self._clock.now()
        async with self._database.read() as session:
            films = await MovieRepository(session).by_ids(sorted({seed.movie_id for seed in seeds}))
        rows: list[dict[str, Any]] = []
        for seed in seeds:
            if seed.movie_id not in films:
                raise NotFound("There is no such film.", field=["movieId"])
            runtime = films[seed.movie_id].runtime_minutes or self._policy.default_runtime_minutes
            rows.append(self._row(seed, timedelta(minutes=runtime), now))
        return ShowtimePlan(tuple(rows), tuple(_opening(row) for row in rows))

    async def write(self, plan: ShowtimePlan) -> None:
        """Write planned showtimes in one transaction.

        Raises:
            NotAllowedNow: two of them, or one and a showtime that is there, overlap in a room. Nothing was written.
        """
        rooms = {row["auditorium_id"]: row["cinema_id"] for row in plan.rows}
        async with self._database.write() as session:
            await RoomRepository(session).lock(rooms)
            showtimes = ShowtimeRepository(session)
            taken = await showtimes.taken(sorted(rooms), since=min(row["starts_at"] for row in plan.rows))
            _refuse_overlaps([*taken, *((row["auditorium_id"], row["starts_at"], row["ends_at"]) for row in plan.rows)])
            await showtimes.insert_many(plan.rows)
            audit = AuditLog(session, now=self._clock.now())
            await audit.record_many([(row["id"], "scheduleShowtime", "PLANNED") for row in plan.rows], actor=_ACTOR)

    def _row(self, seed: ShowtimeSeed, runtime: timedelta, now: datetime) -> dict[str, Any]:
        prices = checked_prices(seed.prices)
        return {
            "id": seed.id,
            "movie_id": seed.movie_id,
            "cinema_id": seed.cinema_id,
            "auditorium_id": seed.auditorium_id,
            "starts_at": seed.starts_at,
            "ends_at": seed.starts_at + runtime,
            "sale_starts_at": now,
            "sale_ends_at": seed.starts_at,
            "currency": prices.currency,
            "prices": prices.minor,
            **policy_row(self._policy),
            "available": seed.capacity,
            "created_at": now,
        }


def _opening(row: dict[str, Any]) -> OpenShowtime:
    names = ("auditorium_id", "starts_at", "ends_at", "sale_starts_at", "sale_ends_at")
    limits = ("hold_seconds", "hold_cap_seconds", "revision")
    return OpenShowtime(showtime_id=row["id"], **{name: row[name] for name in (*names, *limits)})


def _refuse_overlaps(taken: Sequence[tuple[str, datetime, datetime]]) -> None:
    by_room: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for room, starts_at, ends_at in taken:
        by_room[room].append((starts_at, ends_at))
    for times in by_room.values():
        times.sort()
        for (_, ends_at), (starts_at, _) in pairwise(times):
            if starts_at < ends_at:
                raise NotAllowedNow("Two showtimes overlap in one room.", field=["startsAt"])
