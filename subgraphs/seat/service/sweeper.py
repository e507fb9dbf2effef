"""Tidies up holds whose time is over: writes their events, so that maps show the seats as free.

Nothing depends on it: whoever wants a lapsed seat takes it without waiting for the sweeper.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from subgraphs.common.clock import Clock
from subgraphs.seat.repository.ledger import ShowtimeLedger
from subgraphs.seat.repository.work import SeatDatabase
from subgraphs.seat.service.announcer import Announcer
from subgraphs.seat.service.endings import end_lapsed

_SEATS_AT_ONCE: Final = 500
_PURGE_EVERY: Final = timedelta(minutes=10)


class Sweeper:
    """A loop; every process may run one, seats that one has locked are passed over by the others."""

    def __init__(
        self,
        database: SeatDatabase,
        announcer: Announcer,
        *,
        clock: Clock,
        pause: timedelta,
        keep_answers: timedelta,
        keep_holds: timedelta,
    ) -> None:
        self._database = database
        self._announcer = announcer
        self._clock = clock
        self._pause = pause
        self._keep_answers = keep_answers
        self._keep_holds = keep_holds

    async def run(self) -> None:
        """Sweep until cancelled."""
        purge_at = self._clock.now()
        while True:
            await asyncio.sleep(self._pause.total_seconds())
            await self.sweep()
            if self._clock.now() >= purge_at:
                await self.purge()
                purge_at = self._clock.now() + _PURGE_EVERY

    async def sweep(self) -> int:
        """End what has lapsed, one transaction a showtime; gives how many showtimes had something to tidy up."""
        async with self._database.read() as work:
            showtime_ids = await work.claims.lapsed_showtimes(limit=_SEATS_AT_ONCE)
        for showtime_id in showtime_ids:
            async with self._database.write() as work:
                claims = await work.claims.lock_lapsed(showtime_id)
                showtime = await work.showtimes.lock(showtime_id)
                if showtime is None or not claims:
                    continue
                ledger = ShowtimeLedger(showtime)
                await end_lapsed(work, ledger, claims)
                await work.showtimes.write(ledger)
            await self._announcer.tell(ledger.delta())
        return len(showtime_ids)

    async def purge(self) -> None:
        """Delete stored answers and ended holds that are beyond their retention."""
        now = self._clock.now()
        async with self._database.write() as work:
            await self._database.keys.purge(work.session, before=now - self._keep_answers)
            await work.holds.forget_ended(before=now - self._keep_holds)
