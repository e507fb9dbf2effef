"""What has to be tidied up now and then. Nothing depends on it: expiry is decided by comparing times."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from subgraphs.auth.repository.mail_tokens import MailTokenRepository
from subgraphs.auth.repository.sessions import SessionRepository
from subgraphs.auth.repository.throttles import ThrottleRepository
from subgraphs.auth.service.signing_keys import SigningKeys
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database

_FIRST_PAUSE_SECONDS: Final = 60
_PAUSE_SECONDS: Final = 600


class Housekeeping:
    """Deletes what has expired and rotates keys that are old. It may run in every process at once."""

    def __init__(self, database: Database, keys: SigningKeys, *, key_life: timedelta, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._key_life = key_life
        self._clock = clock

    async def run(self) -> None:
        """Tidy up every ten minutes, until cancelled; not at once, as a start has more urgent things to do."""
        await asyncio.sleep(_FIRST_PAUSE_SECONDS)
        while True:
            await self.tidy()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def tidy(self) -> None:
        """Tidy up once."""
        now = self._clock.now()
        async with self._database.write() as session:
            await SessionRepository(session).purge(now=now)
            await MailTokenRepository(session).purge(now=now)
            await ThrottleRepository(session).purge(now=now)
        await self._keys.purge()
        await self._keys.rotate_when_old(self._key_life)
