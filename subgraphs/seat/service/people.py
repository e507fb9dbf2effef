"""What auth tells of people: a guest became somebody, somebody is to be forgotten."""

from __future__ import annotations

from subgraphs.common.errors import InvalidInput
from subgraphs.common.ids import is_id
from subgraphs.seat.repository.work import SeatDatabase
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.keeping import release_hold


class PeopleService:
    """Keeps holds in step with accounts. Every method may be repeated."""

    def __init__(self, database: SeatDatabase, announcer: Announcer) -> None:
        self._database = database
        self._announcer = announcer

    async def adopt(self, *, guest_id: str, user_id: str) -> None:
        """Make a guest's holds the user's.

        Raises:
            InvalidInput: an id is malformed.
        """
        _check(guestId=guest_id, userId=user_id)
        async with self._database.write() as work:
            await work.holds.change_owner(from_id=guest_id, to_id=user_id)

    async def forget(self, user_id: str) -> None:
        """Release a person's live holds that no booking has, and delete the answers stored for them.

        One transaction a hold, so that no lock waits for another showtime's.

        Raises:
            InvalidInput: the id is malformed.
        """
        _check(userId=user_id)
        async with self._database.read() as work:
            holds = await work.holds.live_of_owners([user_id])
        for seen in holds:
            async with self._database.write() as work:
                await work.claims.lock(seen.showtime_id, seen.positions)
                await work.showtimes.lock(seen.showtime_id)
                hold = await work.holds.find(seen.id, lock=True)
                if hold is None or not hold.is_live or hold.booking_id is not None:
                    continue
                delta = await release_hold(work, hold, actor=user_id, cause="forget")
            await self._announcer.tell(delta)
        async with self._database.write() as work:
            await work.forget_answers(user_id)


def _check(**ids: str) -> None:
    for name, value in ids.items():
        if not is_id(value):
            raise InvalidInput("This is not a person's id.", field=[name])
