"""What can be asked of the seat subgraph."""

from __future__ import annotations

import strawberry

from subgraphs.common.identity import require_person
from subgraphs.seat.context import Info
from subgraphs.seat.schema.entities import SeatHold
from subgraphs.seat.schema.internal_types import AuditoriumFacts


@strawberry.type
class Query:
    """The root."""

    @strawberry.field(description="A live hold of the person who asks, so that a reloaded page finds it again.")
    async def hold(self, info: Info, id: strawberry.ID) -> SeatHold | None:
        person = require_person(info.context.caller.principal)
        found = (await info.context.services.keeper.find([id])).get(id)
        return SeatHold.of(found) if found is not None and found.is_live and person.owns(found.owner_id) else None

    @strawberry.federation.field(inaccessible=True, description="For services: what booking has to know of a room.")
    async def auditorium_facts(self, info: Info, id: strawberry.ID) -> AuditoriumFacts | None:
        info.context.caller.require_service()
        found = await info.context.services.rooms.layout_of_facts(id)
        return AuditoriumFacts.of(*found) if found is not None else None
