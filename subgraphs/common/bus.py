"""Publish and subscribe between services: NATS, or memory within one process.

A message is a hint that something was committed; what must not be lost goes through the outbox, and who missed a
message reads the log it stands in. So a bus that is down loses nothing and blocks nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import nats
import nats.errors
import structlog
from nats.aio.client import Client as NatsClient
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSource

log = structlog.get_logger(__name__)
_BUFFERED_MESSAGES = 1_024
_CONNECT_SECONDS = 2
_RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Message:
    """What was published, and under which subject (`seat.showtime.<id>`)."""

    subject: str
    payload: bytes


class SlowConsumer(Exception):
    """The subscriber fell too far behind: its subscription ended, it must read the log and subscribe again."""


class Subscription(Protocol):
    """An open subscription: iterate for messages. It is in force from the moment it was given."""

    def __aiter__(self) -> AsyncIterator[Message]: ...

    async def aclose(self) -> None: ...


class Bus(Protocol):
    """The one interface. Subjects are dotted; in a subscription `*` stands for one part."""

    async def publish(self, subject: str, payload: bytes) -> None:
        """Tell all who listen now. Never raises for a bus that is down, never waits for long."""
        ...

    async def subscribe(self, subject: str) -> Subscription:
        """Listen from now on.

        Raises:
            SlowConsumer: while iterating, when more than 1,024 messages wait.
        """
        ...

    async def close(self) -> None:
        """End all subscriptions."""
        ...


class _Queue:
    """A bounded buffer of messages that ends with a sentinel, or with SlowConsumer when it overflows."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(_BUFFERED_MESSAGES)
        self._overflowed = False

    def put(self, message: Message) -> None:
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._overflowed = True

    def end(self) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._queue.put_nowait(None)

    async def messages(self) -> AsyncIterator[Message]:
        while True:
            if self._overflowed:
                raise SlowConsumer
            message = await self._queue.get()
            if message is None:
                return
            yield message


class MemoryBus:
    """A bus within one process."""

    def __init__(self) -> None:
        self._exact: dict[str, set[_MemorySubscription]] = {}
        self._patterns: set[_MemorySubscription] = set()

    async def publish(self, subject: str, payload: bytes) -> None:
        message = Message(subject, payload)
        for subscription in tuple(self._exact.get(subject, ())):
            subscription.queue.put(message)
        for subscription in tuple(self._patterns):
            if _matches(subscription.subject, subject):
                subscription.queue.put(message)

    async def subscribe(self, subject: str) -> Subscription:
        subscription = _MemorySubscription(self, subject)
        if "*" in subject:
            self._patterns.add(subscription)
        else:
            self._exact.setdefault(subject, set()).add(subscription)
        return subscription

    def _forget(self, subscription: _MemorySubscription) -> None:
        self._patterns.discard(subscription)
        listeners = self._exact.get(subscription.subject)
        if listeners is not None:
            listeners.discard(subscription)
            if not listeners:
                del self._exact[subscription.subject]

    async def close(self) -> None:
        for subscription in (*self._patterns, *(one for many in self._exact.values() for one in many)):
            subscription.queue.end()


class _MemorySubscription:
    def __init__(self, bus: MemoryBus, subject: str) -> None:
        self._bus = bus
        self.subject = subject
        self.queue = _Queue()

    def __aiter__(self) -> AsyncIterator[Message]:
        return self.queue.messages()

    async def aclose(self) -> None:
        self._bus._forget(self)  # noqa: SLF001 - one thing in two classes
        self.queue.end()


def _matches(pattern: str, subject: str) -> bool:
    parts, wanted = subject.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(want in ("*", part) for part, want in zip(parts, wanted, strict=True))


class NatsBus:
    """A bus over NATS. One connection a process; once made, it reconnects by itself, for ever."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: NatsClient | None = None
        self._lock = asyncio.Lock()
        self._try_again_at = float("-inf")
        self._open: set[_NatsSubscription] = set()

    async def _connected(self) -> NatsClient:
        """Give the connection, made at the first need.

        Raises:
            OSError, nats.errors.Error: there is no server; for a moment after a failure, at once.
        """
        if self._client is not None:
            return self._client
        async with self._lock:
            if self._client is None:
                if time.monotonic() < self._try_again_at:
                    raise ConnectionRefusedError("the bus did not answer a moment ago")
                try:
                    # The library tries for ever once told to reconnect: the first connection has a limit of its own.
                    async with asyncio.timeout(_CONNECT_SECONDS):
                        self._client = await nats.connect(
                            self._url, max_reconnect_attempts=-1, reconnect_time_wait=0.5, error_cb=_on_error
                        )
                except TimeoutError as error:
                    self._try_again_at = time.monotonic() + _RETRY_SECONDS
                    raise ConnectionRefusedError("the bus does not answer") from error
        return self._client

    async def publish(self, subject: str, payload: bytes) -> None:
        if self._client is None and self._lock.locked():
            return  # nobody waits for a bus that is being looked for; what was missed is in the log
        try:
            client = await self._connected()
            await client.publish(subject, payload)
        except (nats.errors.Error, OSError) as error:
            log.warning("bus.publish_failed", subject=subject, error=str(error))

    async def subscribe(self, subject: str) -> Subscription:
        client = await self._connected()
        subscription = _NatsSubscription(self._open)

        async def receive(message: Msg) -> None:
            subscription.queue.put(Message(message.subject, message.data))

        subscription.source = await client.subscribe(subject, cb=receive)
        # The server has the subscription once it answers the ping that follows it.
        await client.flush()
        self._open.add(subscription)
        return subscription

    async def close(self) -> None:
        for subscription in tuple(self._open):
            subscription.queue.end()
        if self._client is not None:
            await self._client.close()


class _NatsSubscription:
    def __init__(self, siblings: set[_NatsSubscription]) -> None:
        self._siblings = siblings
        self.queue = _Queue()
        self.source: NatsSource | None = None

    def __aiter__(self) -> AsyncIterator[Message]:
        return self.queue.messages()

    async def aclose(self) -> None:
        self._siblings.discard(self)
        self.queue.end()
        if self.source is not None:
            with contextlib.suppress(nats.errors.Error):
                await self.source.unsubscribe()


async def _on_error(error: Exception) -> None:
    log.warning("bus.error", error=str(error) or type(error).__name__)


def bus_for(url: str) -> Bus:
    """Make the bus that a URL names: `memory://` or `nats://…`.

    Raises:
        ValueError: neither.
    """
    if url.startswith("memory:"):
        return MemoryBus()
    if url.startswith(("nats://", "tls://")):
        return NatsBus(url)
    raise ValueError(f"the bus address must start with memory:// or nats://, not {url!r}")
