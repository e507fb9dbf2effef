"""The outbox: what was decided here is told elsewhere, at least once, after any crash.

A message is written in the transaction of the decision. The relay leases messages that are due, hands each to the
handler for its kind, and deletes it when that returns; a failure is tried again with growing pauses. Handlers are
idempotent at the receiver. Every process runs a relay: leases (and SKIP LOCKED on PostgreSQL) keep them apart.

Several relays may share a table, each with its own kinds: a mail server that hangs must not keep seats from being
freed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.ids import new_id
from subgraphs.common.models import OutboxMessageMixin

log = structlog.get_logger(__name__)
Handler = Callable[[dict[str, Any]], Awaitable[None]]

_LEASE: Final = timedelta(seconds=30)
_BATCH: Final = 50
_AT_ONCE: Final = 4
MAILS_AT_ONCE: Final = 20
MAIL_LEASE: Final = timedelta(seconds=120)
"""For relays of mail: twenty, four at a time, to a server that lets each wait its 15 s, are through in 75 s."""

_IDLE_SECONDS: Final = 1.0
_FIRST_PAUSE: Final = timedelta(milliseconds=200)
_LONGEST_PAUSE: Final = timedelta(seconds=60)
_LONGEST_ERROR: Final = 500


class Outbox:
    """One subgraph's outbox and a relay for some kinds of its messages.

    Args:
        database: where the table is.
        model: the table.
        handlers: by kind; other kinds are left to other relays.
        clock: tells what is due.
        batch: how many messages a relay takes at a time. All of them have to be through within the lease, or another
            process takes them as well.
        lease: for how long it takes them.
    """

    def __init__(
        self,
        database: Database,
        model: type[OutboxMessageMixin],
        handlers: Mapping[str, Handler],
        *,
        clock: Clock,
        batch: int = _BATCH,
        lease: timedelta = _LEASE,
    ) -> None:
        self._database = database
        self._model = model
        self._handlers = dict(handlers)
        self._clock = clock
        self._batch = batch
        self._lease_time = lease
        self._wake = asyncio.Event()

    def handle(self, kind: str, handler: Handler) -> None:
        """Add a handler: for those whose owner needs the outbox itself, and so is made after it."""
        self._handlers[kind] = handler

    def put(self, session: AsyncSession, kind: str, payload: dict[str, Any], *, partition: str) -> str:
        """Write a message in the caller's unit of work; gives its id.

        Raises:
            KeyError: no handler has this kind.
        """
        if kind not in self._handlers:
            raise KeyError(kind)
        now = self._clock.now()
        message = self._model()
        message.id, message.kind, message.partition, message.payload = new_id(), kind, partition, payload
        message.created_at, message.available_at, message.attempts = now, now, 0
        session.add(message)
        return message.id

    def wake(self) -> None:
        """Tell the relay that a message was committed."""
        self._wake.set()

    async def deliver(self, *partitions: str) -> None:
        """Try what these partitions hold at once, so that an answer can rest on it. What fails stays for the relay."""
        for partition in partitions:
            while await self._deliver_batch(partition) == self._batch:
                pass

    async def run(self) -> None:
        """Be the relay: deliver what is due, until cancelled."""
        while True:
            # Before the look: a message that is committed while it lasts is seen at once, not after the idle pause.
            self._wake.clear()
            try:
                delivered = await self._deliver_batch(None)
            except Exception:
                # The database may be away for a while: the relay outlives that.
                log.exception("outbox.relay_failed")
                delivered = 0
            if delivered == 0:
                # Not `wait_for`: before Python 3.12 it loses a cancellation that comes with the event, and never ends.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_IDLE_SECONDS):
                        await self._wake.wait()

    async def pending(self) -> int:
        """Count what of this relay's kinds has not arrived yet."""
        mine = self._model.kind.in_(tuple(self._handlers))
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(self._model).where(mine)) or 0

    async def _deliver_batch(self, partition: str | None) -> int:
        messages = await self._lease(partition)
        partitions: dict[str, list[OutboxMessageMixin]] = {}
        for message in messages:
            partitions.setdefault(message.partition, []).append(message)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def in_order(waiting: list[OutboxMessageMixin]) -> None:
            async with gate:
                for message in waiting:
                    if not await self._deliver_one(message):
                        return

        # All of them end before a failure is told: none goes on unwatched, none is cancelled in the middle of a call.
        ended = await asyncio.gather(*map(in_order, partitions.values()), return_exceptions=True)
        for outcome in ended:
            if outcome is not None:
                raise outcome
        return len(messages)

    async def _lease(self, partition: str | None) -> list[OutboxMessageMixin]:
        model, earlier, now = self._model, aliased(self._model), self._clock.now()
        free = or_(model.leased_until.is_(None), model.leased_until < now)
        # Within a partition, nothing overtakes a message that another process holds or that waits for its next try.
        blocked = exists().where(
            earlier.partition == model.partition,
            earlier.id < model.id,
            or_(earlier.leased_until >= now, earlier.available_at > now),
        )
        mine = model.kind.in_(tuple(self._handlers))
        due = select(model).where(mine, model.available_at <= now, free, ~blocked).order_by(model.id).limit(self._batch)
        if partition is not None:
            due = due.where(model.partition == partition)
        async with self._database.read() as session:
            # Most looks find nothing: they cost no write transaction.
            if await session.scalar(due.with_only_columns(model.id).limit(1)) is None:
                return []
        async with self._database.write() as session:
            messages = list(await session.scalars(due.with_for_update(skip_locked=True)))
            for message in messages:
                message.leased_until = now + self._lease_time
            return messages

    async def _deliver_one(self, message: OutboxMessageMixin) -> bool:
        model = self._model
        try:
            await self._handlers[message.kind](message.payload)
        except Exception as error:  # noqa: BLE001 - whatever it is: it stays, is told, and is tried again
            attempts = message.attempts + 1
            pause = min(_FIRST_PAUSE * 2 ** min(attempts, 16), _LONGEST_PAUSE)
            log.warning(
                "outbox.delivery_failed", kind=message.kind, id=message.id, attempts=attempts, error=repr(error)
            )
            values = {
                "attempts": attempts,
                "available_at": self._clock.now() + pause,
                "leased_until": None,
                "last_error": repr(error)[:_LONGEST_ERROR],
            }
            async with self._database.write() as session:
                await session.execute(update(model).where(model.id == message.id).values(values))
            return False
        async with self._database.write() as session:
            await session.execute(delete(model).where(model.id == message.id))
        return True
