"""Batches what resolvers read: one statement for all that one moment asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from strawberry.dataloader import DataLoader

from subgraphs.seat.models.records import AuditoriumRecord, HoldRecord, ShowtimeRecord
from subgraphs.seat.seating.layout import Layout
from subgraphs.seat.service.services import Services


class Loaders:
    """One request's loaders.

    Rooms are remembered within a request; maps and holds never: a mutation beside them may have changed them.
    """

    def __init__(self, services: Services, *, long_lived: bool) -> None:
        self._services = services
        remember = not long_lived
        self.auditoriums = DataLoader(self._auditoriums, cache=remember)
        self.auditoriums_of_cinema = DataLoader(self._auditoriums_of_cinema, cache=remember)
        self.layouts = DataLoader(self._layouts, cache=remember)
        self.maps = DataLoader(self._maps, cache=False)
        self.holds = DataLoader(self._holds, cache=False)
        self.holds_of_owner = DataLoader(self._holds_of_owner, cache=False)

    async def _auditoriums(self, ids: list[str]) -> Sequence[AuditoriumRecord | None]:
        found = await self._services.rooms.auditoriums(ids)
        return [found.get(one) for one in ids]

    async def _auditoriums_of_cinema(self, ids: list[str]) -> Sequence[list[AuditoriumRecord]]:
        found = await self._services.rooms.auditoriums_of(ids)
        return [found.get(one, []) for one in ids]

    async def _layouts(self, ids: list[str]) -> Sequence[Layout | None]:
        found = await self._services.layouts.get_many(ids)
        return [found.get(one) for one in ids]

    async def _maps(self, ids: list[str]) -> Sequence[ShowtimeRecord | None]:
        found = await self._services.showtimes.maps(ids)
        return [found.get(one) for one in ids]

    async def _holds(self, ids: list[str]) -> Sequence[HoldRecord | None]:
        found = await self._services.keeper.find(ids)
        return [found.get(one) for one in ids]

    async def _holds_of_owner(self, ids: list[str]) -> Sequence[list[HoldRecord]]:
        found: dict[str, list[HoldRecord]] = defaultdict(list)
        for hold in await self._services.keeper.of_owners(ids):
            found[hold.owner_id].append(hold)
        return [found[one] for one in ids]
