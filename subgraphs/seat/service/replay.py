"""Checks that the event log replays to the map, and that map and claims agree (invariants I2, I10, I14, I16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from subgraphs.seat.models.records import ClaimRecord, SeatEvent, ShowtimeRecord
from subgraphs.seat.repository.work import SeatDatabase, Work
from subgraphs.seat.seating.statuses import Counts, applied

_EVENTS_AT_ONCE: Final = 1_000


def replay_faults(showtime: ShowtimeRecord, events: Sequence[SeatEvent]) -> list[str]:
    """Replay a showtime's log from the first version on; gives a sentence for what is wrong.

    Args:
        showtime: with its map.
        events: all of the log up to the showtime's version, in order; what comes after is not looked at.
    """
    statuses, version = "A" * showtime.counts.total, 0
    for event in events:
        if version == showtime.version:
            break
        if event.version != version + 1:
            return [f"showtime {showtime.id}: the log has no version {version + 1}"]
        statuses, version = applied(statuses, event.changes), event.version
    if version != showtime.version:
        return [f"showtime {showtime.id}: the log ends at version {version} of {showtime.version}"]
    if statuses != showtime.statuses:
        return [f"showtime {showtime.id}: the log replays to another map than the showtime's"]
    return []


def claim_faults(showtime: ShowtimeRecord, claims: Sequence[ClaimRecord]) -> list[str]:
    """Compare a showtime's map with its counts and its claims; gives a sentence for each disagreement."""
    wrong = []
    if Counts.of(showtime.statuses) != showtime.counts:
        wrong.append(f"showtime {showtime.id}: the counts are not those of the map")
    if [claim.position for claim in claims] != list(range(showtime.counts.total)):
        return [*wrong, f"showtime {showtime.id}: there is not one claim for each seat"]
    return wrong + [
        f"showtime {showtime.id}, seat {claim.position}: the claim says {claim.status}, the map {letter}"
        for claim, letter in zip(claims, showtime.statuses, strict=True)
        if claim.status != letter
    ]


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
            events = await self._events(work, showtime)
            claims = await work.claims.all_of(showtime_id)
        return replay_faults(showtime, events) + claim_faults(showtime, claims)

    async def _events(self, work: Work, showtime: ShowtimeRecord) -> list[SeatEvent]:
        events: list[SeatEvent] = []
        while not events or events[-1].version < showtime.version:
            after = events[-1].version if events else 0
            more = await work.showtimes.events_after(showtime.id, after, limit=_EVENTS_AT_ONCE)
            if not more:
                break
            events += more
        return events

    async def check_all(self) -> list[str]:
        """Check every showtime."""
        async with self._database.read() as work:
            showtime_ids = await work.showtimes.all_ids()
        return [sentence for showtime_id in showtime_ids for sentence in await self.check(showtime_id)]
