"""Auditoriums and their layouts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import IntegrityError

from subgraphs.common.clock import Clock
from subgraphs.common.errors import InvalidInput, NotFound
from subgraphs.common.identity import Principal, require_staff
from subgraphs.common.ids import is_id, new_id
from subgraphs.common.texts import checked_text
from subgraphs.seat.models.records import AuditoriumRecord
from subgraphs.seat.repository.work import SeatDatabase
from subgraphs.seat.seating.layout import Layout
from subgraphs.seat.seating.plan import PlanRefused, RowPlan, build_layout, check_plan

_LONGEST_NAME: Final = 100
_KEPT_LAYOUTS: Final = 500


@dataclass(frozen=True, slots=True)
class CreateAuditorium:
    """What makes an auditorium."""

    cinema_id: str
    name: str
    rows: tuple[RowPlan, ...]


class Layouts:
    """Layouts by id, kept in memory: they never change.

    Ask outside of a unit of work: one that is not in memory takes a connection of its own.
    """

    def __init__(self, database: SeatDatabase) -> None:
        self._database = database
        self._kept: OrderedDict[str, Layout] = OrderedDict()

    async def get(self, layout_id: str) -> Layout:
        """Give one that is known to exist."""
        return (await self.get_many([layout_id]))[layout_id]

    async def get_many(self, layout_ids: Iterable[str]) -> dict[str, Layout]:
        """Give those of the layouts that exist, by id: at most one statement."""
        wanted = set(layout_ids)
        found = {layout_id: self._kept[layout_id] for layout_id in wanted if layout_id in self._kept}
        missing = sorted(wanted - found.keys())
        if missing:
            async with self._database.read() as work:
                read = await work.rooms.layouts(missing)
            # Another request may have read the same meanwhile: the first instance stays, caches go by it.
            found |= {layout_id: self._kept.setdefault(layout_id, layout) for layout_id, layout in read.items()}
            while len(self._kept) > _KEPT_LAYOUTS:
                self._kept.popitem(last=False)
        return found


class RoomService:
    """Makes rooms and tells about them."""

    def __init__(self, database: SeatDatabase, layouts: Layouts, *, clock: Clock) -> None:
        self._database = database
        self._layouts = layouts
        self._clock = clock

    async def create(self, principal: Principal | None, command: CreateAuditorium) -> AuditoriumRecord:
        """Make an auditorium.

        Raises:
            Unauthenticated, Forbidden: the caller is not staff of that cinema.
            InvalidInput: its name or its plan is refused, or the cinema has an auditorium of that name.
            NotFound: no such cinema.
        """
        staff = require_staff(principal)
        name = checked_text(command.name, longest=_LONGEST_NAME, field=["name"])
        try:
            check_plan(command.rows)
        except PlanRefused as refused:
            raise InvalidInput(refused.message, field=["rows", *refused.path]) from refused
        if not is_id(command.cinema_id):
            raise _no_cinema()
        require_staff(staff, cinema_id=command.cinema_id)
        layout = build_layout(command.rows, layout_id=new_id(), auditorium_id=new_id(), version=1)
        await self._write(name, command.cinema_id, layout, actor=staff.id)
        return AuditoriumRecord(
            layout.auditorium_id, command.cinema_id, name, len(layout.seats), layout.id, layout.version
        )

    async def _write(self, name: str, cinema_id: str, layout: Layout, *, actor: str) -> None:
        now = self._clock.now()
        async with self._database.read() as work:
            if not await work.rooms.knows_cinema(cinema_id):
                raise _no_cinema()
        try:
            async with self._database.write() as work:
                await work.rooms.add(name=name, cinema_id=cinema_id, layout=layout, at=now)
                await work.audit(
                    {
                        "at": now,
                        "actor": actor,
                        "subject": layout.auditorium_id,
                        "action": "auditorium.create",
                        "after": "OPEN",
                        "details": {"cinemaId": cinema_id, "name": name, "seats": len(layout.seats)},
                    }
                )
        except IntegrityError as error:
            raise InvalidInput(
                f"The cinema has an auditorium named {name!r}: choose another name.", field=["name"]
            ) from error

    async def add_in_bulk(
        self, cinema_id: str, rooms: Sequence[tuple[str, Sequence[RowPlan]]], *, actor: str
    ) -> list[AuditoriumRecord]:
        """Make several rooms of a cinema, which becomes known with them, in one transaction: for data of the house.

        Raises:
            PlanRefused: a plan cannot be built.
        """
        now = self._clock.now()
        made: list[AuditoriumRecord] = []
        async with self._database.write() as work:
            await work.rooms.register_cinemas([cinema_id], at=now)
            for name, rows in rooms:
                check_plan(rows)
                layout = build_layout(rows, layout_id=new_id(), auditorium_id=new_id(), version=1)
                await work.rooms.add(name=name, cinema_id=cinema_id, layout=layout, at=now)
                made.append(AuditoriumRecord(layout.auditorium_id, cinema_id, name, len(layout.seats), layout.id, 1))
            await work.audit(
                [
                    {"at": now, "actor": actor, "subject": room.id, "action": "auditorium.create", "after": "OPEN"}
                    for room in made
                ]
            )
        return made

    async def register_cinema(self, cinema_id: str) -> None:
        """Take note of a cinema.

        Raises:
            InvalidInput: the id is malformed.
        """
        if not is_id(cinema_id):
            raise InvalidInput("This is not a cinema's id.", field=["cinemaId"])
        async with self._database.write() as work:
            await work.rooms.register_cinemas([cinema_id], at=self._clock.now())

    async def auditoriums(self, auditorium_ids: Sequence[str]) -> dict[str, AuditoriumRecord]:
        """Read auditoriums by ids of any shape; unknown ones are left out. One statement."""
        known = [auditorium_id for auditorium_id in auditorium_ids if is_id(auditorium_id)]
        if not known:
            return {}
        async with self._database.read() as work:
            return await work.rooms.auditoriums(known)

    async def auditoriums_of(self, cinema_ids: Sequence[str]) -> dict[str, list[AuditoriumRecord]]:
        """Read the auditoriums of cinemas by ids of any shape. One statement."""
        known = [cinema_id for cinema_id in cinema_ids if is_id(cinema_id)]
        if not known:
            return {}
        async with self._database.read() as work:
            return await work.rooms.auditoriums_of(known)

    async def layout_of_facts(self, auditorium_id: str) -> tuple[AuditoriumRecord, Layout] | None:
        """Give an auditorium with its newest layout, None when it is unknown."""
        room = (await self.auditoriums([auditorium_id])).get(auditorium_id)
        return None if room is None else (room, await self._layouts.get(room.layout_id))


def _no_cinema() -> NotFound:
    return NotFound("There is no such cinema.", field=["cinemaId"])
