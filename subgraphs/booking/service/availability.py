"""Keeps a figure of free seats beside each showtime: from seat's events, and by asking where some were missed.

The figure is for searching. It may lag by seconds and decides nothing: whether a seat is free, seat alone says.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Final

import orjson
import structlog

from subgraphs.booking.repository.availability import AvailabilityRepository, Figure
from subgraphs.booking.seat_client import SeatClient
from subgraphs.common.bus import Bus, SlowConsumer
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import ServiceUnavailable

log = structlog.get_logger(__name__)
SUBJECT: Final = "seat.showtime.*"
_BATCH: Final = 50
_PAUSE_SECONDS: Final = 5.0


class AvailabilityKeeper:
    """Listens to seat's events, writes what they say in batches, asks seat where it may have missed one."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        seat: SeatClient,
        *,
        clock: Clock,
        flush_seconds: float,
        refresh_seconds: float,
    ) -> None:
        self._database = database
        self._bus = bus
        self._seat = seat
        self._clock = clock
        self._flush_seconds = flush_seconds
        self._refresh_after = timedelta(seconds=refresh_seconds)
        self._learnt: dict[str, Figure] = {}
        self._listening_since: datetime | None = None

    async def listen(self) -> None:
        """Collect events, until cancelled."""
        while True:
            subscription = await self._bus.subscribe(SUBJECT)
            # Whatever was told before this moment may have been missed.
            self._listening_since = self._clock.now()
            try:
                async for message in subscription:
                    self._hear(message.payload)
            except SlowConsumer:
                log.warning("availability.missed_events")
            else:
                return
            finally:
                await subscription.aclose()

    async def write(self) -> None:
        """Write what was collected, twice a second or so, until cancelled."""
        while True:
            await asyncio.sleep(self._flush_seconds)
            await self.flush()

    async def refresh(self) -> None:
        """Ask seat for figures that are old or may have missed an event, until cancelled."""
        while True:
            asked = 0
            with contextlib.suppress(ServiceUnavailable):
                asked = await self.refresh_batch()
            if asked < _BATCH:
                await asyncio.sleep(_PAUSE_SECONDS)

    async def flush(self) -> None:
        """Write what was collected."""
        if not self._learnt:
            return
        learnt, self._learnt = self._learnt, {}
        try:
            async with self._database.write() as session:
                await AvailabilityRepository(session).learn(learnt, now=self._clock.now())
        except BaseException:
            for showtime_id, figure in learnt.items():
                self._keep(showtime_id, figure)
            raise

    async def refresh_batch(self) -> int:
        """Ask seat for the oldest figures of showtimes to come; gives how many were asked for.

        Raises:
            ServiceUnavailable: seat does not answer.
        """
        now = self._clock.now()
        before = now - self._refresh_after
        if self._listening_since is not None:
            before = max(before, self._listening_since)
        async with self._database.read() as session:
            asked = await AvailabilityRepository(session).stale(before=before, now=now, limit=_BATCH)
        if not asked:
            return 0
        answers = await self._seat.available(list(asked))
        async with self._database.write() as session:
            await AvailabilityRepository(session).refresh(asked, answers, now=self._clock.now())
        return len(asked)

    def _hear(self, payload: bytes) -> None:
        try:
            event = orjson.loads(payload)
            figure = Figure(int(event["toVersion"]), int(event["counts"]["available"]))
            self._keep(str(event["showtimeId"]), figure)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("availability.unreadable_event", error=repr(error))

    def _keep(self, showtime_id: str, figure: Figure) -> None:
        known = self._learnt.get(showtime_id)
        if known is None or known.version < figure.version:
            self._learnt[showtime_id] = figure
