"""Limits how often something is tried, over a window that slides, counted in the database for all processes together.

Two numbered windows are kept: the uses of the one before count by the share of it that still lies within reach. The
counter goes up in one statement, so that callers at once cannot all slip under the limit.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.repository.throttles import ThrottleRepository
from subgraphs.auth.settings import AuthSettings
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import RateLimited

_IPV6_SITE_BITS: Final = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `uses` of a bucket within `seconds`."""

    bucket: str
    uses: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Uses that were counted, so that they can be given back: (bucket, slot)."""

    uses: tuple[tuple[str, int], ...]


class Throttle:
    """Counts uses and refuses too many."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def take(self, limits: Iterable[Limit]) -> Taken:
        """Count one use of each bucket, in a unit of work of its own; see `count`."""
        wanted = list(limits)
        if not wanted:
            return Taken(())
        async with self._database.write() as session:
            return await self.count(session, wanted)

    async def count(self, session: AsyncSession, limits: Iterable[Limit]) -> Taken:
        """Count one use of each bucket in the caller's unit of work, which a refusal rolls back.

        Raises:
            RateLimited: one of the buckets is used up.
        """
        # In key order, so that two callers never wait for each other in a circle.
        wanted = sorted(limits, key=lambda limit: limit.bucket)
        now = self._clock.now().timestamp()
        repository = ThrottleRepository(session)
        for limit in wanted:
            slot, into = divmod(now, limit.seconds)
            expires_at = datetime.fromtimestamp((slot + 2) * limit.seconds, UTC)
            before, hits = await repository.hit(limit.bucket, int(slot), expires_at=expires_at)
            if before * (1 - into / limit.seconds) + hits > limit.uses:
                raise RateLimited(f"Too many attempts: try again in {_minutes(limit.seconds)}.")
        return Taken(tuple((limit.bucket, int(now // limit.seconds)) for limit in wanted))

    async def give_back(self, session: AsyncSession, taken: Taken) -> None:
        """Uncount uses, in the caller's unit of work: what succeeded was no attempt at guessing."""
        repository = ThrottleRepository(session)
        for bucket, slot in taken.uses:
            await repository.take_back(bucket, slot)


def _minutes(seconds: int) -> str:
    minutes = math.ceil(seconds / timedelta(minutes=1).seconds)
    return "a minute" if minutes == 1 else f"{minutes} minutes"


class Limits:
    """The limits that the settings describe."""

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings

    def passwords(self, email_key: str, address: str) -> list[Limit]:
        """Wrong passwords: for one account, and from one address."""
        chosen, seconds = self._settings, self._settings.login_window_seconds
        account = Limit(f"password:account:{_digest(email_key)}", chosen.login_account_limit, seconds)
        return [account, *self._address("password", address, chosen.login_address_limit, seconds)]

    def mails(self, email_key: str, address: str) -> list[Limit]:
        """Mails with a token: to one mailbox, and asked for from one address."""
        chosen, seconds = self._settings, self._settings.reset_window_seconds
        account = Limit(f"mail:account:{_digest(email_key)}", chosen.reset_account_limit, seconds)
        return [account, *self._address("mail", address, chosen.reset_address_limit, seconds)]

    def guests(self, address: str) -> list[Limit]:
        """Guests made from one address."""
        chosen = self._settings
        return self._address("guest", address, chosen.signup_address_limit, chosen.signup_window_seconds)

    def accounts(self, address: str) -> list[Limit]:
        """Accounts made from one address."""
        chosen = self._settings
        return self._address("account", address, chosen.signup_address_limit, chosen.signup_window_seconds)

    def _address(self, kind: str, address: str, uses: int, seconds: int) -> list[Limit]:
        network, is_loopback = _network_of(address)
        if is_loopback and self._settings.exempt_loopback:
            return []
        return [Limit(f"{kind}:address:{network}", uses, seconds)]


def _digest(email_key: str) -> str:
    return hashlib.sha256(email_key.encode()).hexdigest()[:32]


def _network_of(address: str) -> tuple[str, bool]:
    """Give what counts as one address, and whether it is this machine. Of IPv6 a whole /64 belongs to one customer."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown", False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped), parsed.ipv4_mapped.is_loopback
        network = ipaddress.ip_network((int(parsed), _IPV6_SITE_BITS), strict=False)
        return str(network), parsed.is_loopback
    return str(parsed), parsed.is_loopback
