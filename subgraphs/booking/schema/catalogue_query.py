"""What everybody may ask about the programme."""

from __future__ import annotations

import strawberry

from subgraphs.booking.context import BookingInfo
from subgraphs.booking.schema.programme import Cinema, Movie, Showtime


@strawberry.type
class CatalogueQuery:
    """The programme's part of `Query`."""

    @strawberry.field(description="One film; null for an unknown id.")
    async def movie(self, info: BookingInfo, id: strawberry.ID) -> Movie | None:
        return await Movie.resolve_reference(info, id)

    @strawberry.field(description="One cinema; null for an unknown id.")
    async def cinema(self, info: BookingInfo, id: strawberry.ID) -> Cinema | None:
        return await Cinema.resolve_reference(info, id)

    @strawberry.field(description="One showtime; null for an unknown id.")
    async def showtime(self, info: BookingInfo, id: strawberry.ID) -> Showtime | None:
        return await Showtime.resolve_reference(info, id)
