"""Rooms in the database: the locks of the programme."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models import Room


class RoomRepository:
    """Reads and writes rooms within one unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, rooms: Mapping[str, str]) -> None:
        """Take the programme of rooms (id to cinema's id) until this unit of work ends; unknown rooms are noted.

        Whoever plans in one of these rooms waits here, so what is read afterwards cannot change before the commit.
        """
        insert = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
        # Rows are locked in key order: two plans over the same rooms then wait for each other, never in a circle.
        for room_id in sorted(rooms):
            note = insert(Room).values(id=room_id, cinema_id=rooms[room_id], plans=0).on_conflict_do_nothing()
            await self._session.execute(note)
            await self._session.execute(update(Room).where(Room.id == room_id).values(plans=Room.plans + 1))
