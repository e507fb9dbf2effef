"""Argon2id off the event loop, in a bounded pool of threads (argon2 lets go of the interpreter lock)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from subgraphs.common.errors import ServiceUnavailable

T = TypeVar("T")


class PasswordHasher:
    """Hashes and verifies passwords.

    Args:
        memory_kib: Argon2's memory.
        passes: its iterations.
        lanes: its parallelism.
        threads: how many are hashed at once.
        queue: how many more may wait; beyond that callers are turned away at once, rather than all kept waiting.
    """

    def __init__(self, *, memory_kib: int, passes: int, lanes: int, threads: int, queue: int) -> None:
        self._argon = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._places = threads + queue
        self._dummy = self._argon.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Hash a password; raises as `verify`."""
        return await self._run(lambda: self._argon.hash(password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Tell whether a password is the stored one. Without a stored one it takes just as long.

        Raises:
            ServiceUnavailable: too many are waiting.
        """
        matches = await self._run(lambda: self._matches(password, stored or self._dummy))
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._argon.check_needs_rehash(stored)

    async def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self._argon.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._places == 0:
            raise ServiceUnavailable
        self._places -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._places += 1
