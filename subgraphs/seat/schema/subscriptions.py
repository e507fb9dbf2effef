"""Live seat maps."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from subgraphs.common.errors import BadUserInput
from subgraphs.common.scalars import BigInt
from subgraphs.seat.context import Info
from subgraphs.seat.schema.entities import Showtime
from subgraphs.seat.seating.layout import seat_id
from subgraphs.seat.seating.statuses import SeatStatus
from subgraphs.seat.service.feed import MapDelta, MapEvent, MapSnapshot


@strawberry.type(description="A seat and its new status.")
class SeatChange:
    """A part of a delta."""

    seat_id: strawberry.ID = strawberry.field(description="The seat's id.")
    status: SeatStatus = strawberry.field(description="What it is now.")


@strawberry.type(description="The whole map as of a version: forget what you knew.")
class SeatMapSnapshot:
    """See `MapSnapshot`."""

    showtime: Showtime = strawberry.field(description="Whose map it is.")
    version: BigInt = strawberry.field(description="As of this version.")
    statuses: str = strawberry.field(description="As `SeatMap.statuses`.")

    @classmethod
    def of(cls, event: MapSnapshot) -> SeatMapSnapshot:
        """Build one from the feed's event."""
        showtime = Showtime(id=strawberry.ID(event.showtime_id))
        return cls(showtime=showtime, version=BigInt(event.version), statuses=event.statuses)


@strawberry.type(description="What changed between two versions, each seat once. Apply it if you are at `fromVersion`.")
class SeatMapDelta:
    """See `MapDelta`."""

    showtime: Showtime = strawberry.field(description="Whose map it is.")
    from_version: BigInt = strawberry.field(description="The version that it follows.")
    to_version: BigInt = strawberry.field(description="The version after it.")
    changes: list[SeatChange] = strawberry.field(description="In layout order.")

    @classmethod
    def of(cls, event: MapDelta) -> SeatMapDelta:
        """Build one from the feed's event."""
        return cls(
            showtime=Showtime(id=strawberry.ID(event.showtime_id)),
            from_version=BigInt(event.from_version),
            to_version=BigInt(event.version),
            changes=[
                SeatChange(seat_id=strawberry.ID(seat_id(event.layout_id, position)), status=SeatStatus(letter))
                for position, letter in event.changes
            ],
        )


SeatMapEvent = Annotated[
    SeatMapSnapshot | SeatMapDelta, strawberry.union("SeatMapEvent", description="What a live seat map is told.")
]


@strawberry.type
class Subscription:
    """The root."""

    @strawberry.subscription(
        description="A snapshot, or what was missed since `afterVersion`; then every change as it happens."
    )
    async def seat_map_updates(
        self, info: Info, showtime_id: strawberry.ID, after_version: BigInt | None = None
    ) -> AsyncGenerator[SeatMapEvent, None]:
        events = info.context.services.feed.events(showtime_id, after_version=after_version)
        known = False
        async with contextlib.aclosing(events):
            async for event in events:
                known = True
                yield _told(event)
        if not known:
            raise BadUserInput("There is no such showtime.")


def _told(event: MapEvent) -> SeatMapSnapshot | SeatMapDelta:
    return SeatMapSnapshot.of(event) if isinstance(event, MapSnapshot) else SeatMapDelta.of(event)
