"""Removes what is kept for a time only."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.idempotency import IdempotencyStore

_PAUSE_SECONDS: Final = 600.0


class Housekeeping:
    """Forgets answers to idempotency keys after their time."""

    def __init__(self, database: Database, keys: IdempotencyStore, *, clock: Clock, kept: timedelta) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._kept = kept

    async def run(self) -> None:
        """Tidy up every ten minutes, until cancelled."""
        while True:
            await self.tidy()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def tidy(self) -> None:
        """Delete what is over its time."""
        async with self._database.write() as session:
            await self._keys.purge(session, before=self._clock.now() - self._kept)
