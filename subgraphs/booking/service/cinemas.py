"""Cinemas: finding, making, changing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from subgraphs.booking.paging import Page, PageRequest
from subgraphs.booking.repository.audit import AuditLog
from subgraphs.booking.repository.cinemas import CinemaQuery, CinemaRepository
from subgraphs.booking.repository.records import CinemaRecord
from subgraphs.booking.service.telling_seat import REGISTER_CINEMA, cinema_partition
from subgraphs.booking.text import fold
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import InvalidInput, NotFound
from subgraphs.common.ids import is_id, new_id
from subgraphs.common.outbox import Outbox
from subgraphs.common.texts import checked_text, optional_text

_LONGEST_NAME: Final = 120
_LONGEST_ADDRESS: Final = 300
_LONGEST_ZONE: Final = 64
_FOLDED_NAME: Final = 600
_FOLDED_CITY: Final = 360


@dataclass(frozen=True, slots=True)
class NewCinema:
    """A cinema to be made. `time_zone` is an IANA name."""

    name: str
    city: str
    address: str | None
    time_zone: str


class CinemaService:
    """What may be done with cinemas."""

    def __init__(self, database: Database, outbox: Outbox, *, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def by_ids(self, ids: Sequence[str]) -> dict[str, CinemaRecord]:
        """Read cinemas; unknown ids are left out."""
        async with self._database.read() as session:
            return await CinemaRepository(session).by_ids(ids)

    async def page(self, query: CinemaQuery, request: PageRequest) -> Page[CinemaRecord]:
        """Find cinemas."""
        async with self._database.read() as session:
            return await CinemaRepository(session).page(query, request)

    async def count(self, query: CinemaQuery) -> int:
        """Count the cinemas that fit."""
        async with self._database.read() as session:
            return await CinemaRepository(session).count(query)

    async def create(self, cinema: NewCinema, *, actor: str) -> CinemaRecord:
        """Make a cinema, and tell seat of it.

        Raises:
            InvalidInput: a value is refused.
        """
        now = self._clock.now()
        record = checked_cinema(cinema)
        partition = cinema_partition(record.id)
        async with self._database.write() as session:
            await CinemaRepository(session).insert_many([{**cinema_row(record), "created_at": now, "updated_at": now}])
            await AuditLog(session, now=now).record(record.id, "createCinema", actor=actor)
            self._outbox.put(session, REGISTER_CINEMA, {"cinemaId": record.id}, partition=partition)
        await self._outbox.deliver(partition)
        return record

    async def update(
        self, cinema_id: str, *, actor: str, name: str | None = None, address: str | None = None
    ) -> CinemaRecord:
        """Change name or address; None leaves it, an empty address removes it.

        Raises:
            InvalidInput: a value is refused.
            NotFound: there is no such cinema.
        """
        new_name = None if name is None else checked_text(name, field=["name"], longest=_LONGEST_NAME)
        new_address = optional_text(address, field=["address"], longest=_LONGEST_ADDRESS)
        now = self._clock.now()
        unknown = NotFound("There is no such cinema.", field=["id"])
        if not is_id(cinema_id):
            raise unknown
        async with self._database.write() as session:
            cinema = await CinemaRepository(session).lock(cinema_id)
            if cinema is None:
                raise unknown
            if new_name is not None:
                cinema.name, cinema.name_folded = new_name, fold(new_name)[:_FOLDED_NAME]
            if address is not None:
                cinema.address = new_address
            cinema.updated_at = now
            await AuditLog(session, now=now).record(cinema_id, "updateCinema", actor=actor)
            return CinemaRecord(cinema.id, cinema.name, cinema.city, cinema.address, cinema.time_zone)


def checked_cinema(cinema: NewCinema) -> CinemaRecord:
    """Check a new cinema and give it an id.

    Raises:
        InvalidInput: a value is refused.
    """
    return CinemaRecord(
        id=new_id(),
        name=checked_text(cinema.name, field=["name"], longest=_LONGEST_NAME),
        city=checked_text(cinema.city, field=["city"], longest=_LONGEST_NAME),
        address=optional_text(cinema.address, field=["address"], longest=_LONGEST_ADDRESS),
        time_zone=_checked_zone(cinema.time_zone),
    )


def cinema_row(record: CinemaRecord) -> dict[str, Any]:
    """Give a cinema's columns, all but the times of its making and its last change."""
    return {
        "id": record.id,
        "name": record.name,
        "name_folded": fold(record.name)[:_FOLDED_NAME],
        "city": record.city,
        "city_folded": fold(record.city)[:_FOLDED_CITY],
        "address": record.address,
        "time_zone": record.time_zone,
    }


def _checked_zone(name: str) -> str:
    zone = checked_text(name, field=["timeZone"], longest=_LONGEST_ZONE)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput("Send an IANA time zone, like Europe/Berlin.", field=["timeZone"]) from error
    return zone
