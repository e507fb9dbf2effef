"""Checks that the event log replays to the map, and that map and claims agree (invariants I2, I10, I14, I16)."""

from __future__ import annotations

from typing import Final

from subgraphs.seat.models.records import ClaimRecord, ShowtimeRecord
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.seating.statuses import Counts, applied

_EVENTS_AT_ONCE: Final = 1_000


class ReplayCheck:
    """Reads a showtime and says what is wrong with it."""

    def __init__(self, database: SeatDatabase) -> None:
        self._database = database

    async def check(self, showtime_id: str) -> list[str]:
        """Give a sentence for each disagreement; while seats move, look again before believing it."""
        async with self._database.read() as work:
            showtime = await work.showtimes.find(showtime_id)
            if showtime is None:
                return [f"showtime {showtime_id} is unknown"]
            wrong, replayed = await self._replayed(work, showtime)
            claims = await work.claims.all_of(showtime_id)
        if replayed != showtime.statuses:
            wrong.append(f"showtime {showtime_id}: the log replays to another map than the showtime's")
        if Counts.of(showtime.statuses) != showtime.counts:
            wrong.append(f"showtime {showtime_id}: the counts are not those of the map")
        return wrong + _claims_against_map(showtime, claims)

    async def _replayed(self, work: Work, showtime: ShowtimeRecord) -> tuple[list[str], str]:
        statuses, version = "A" * showtime.counts.total, 0
        while version < showtime.version:
            events = await work.showtimes.events_after(showtime.id, version, limit=_EVENTS_AT_ONCE)
            for event in events:
                if event.version != version + 1:
                    return [f"showtime {showtime.id}: the log has no version {version + 1}"], statuses
                if event.version > showtime.version:
                    break
                statuses, version = applied(statuses, event.changes), event.version
            if not events:
                return [f"showtime {showtime.id}: the log ends at version {version} of {showtime.version}"], statuses
        return [], statuses

    async def check_all(self) -> list[str]:
        """Check every showtime."""
        async with self._database.read() as work:
            showtime_ids = await work.showtimes.all_ids()
        return [sentence for showtime_id in showtime_ids for sentence in await self.check(showtime_id)]


def _claims_against_map(showtime: ShowtimeRecord, claims: list[ClaimRecord]) -> list[str]:
    if [claim.position for claim in claims] != list(range(showtime.counts.total)):
        return [f"showtime {showtime.id}: there is not one claim for each seat"]
    return [
        f"showtime {showtime.id}, seat {claim.position}: the claim says {claim.status}, the map {letter}"
        for claim, letter in zip(claims, showtime.statuses, strict=True)
        if claim.status != letter
    ]
