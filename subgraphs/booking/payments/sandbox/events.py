"""Delivers the sandbox's events to the service's own webhook, again and again until they are taken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.sandbox import SandboxEvent
from subgraphs.booking.payments.sandbox.signature import SIGNATURE_HEADER, sign
from subgraphs.common.database import Database
from subgraphs.common.ids import new_id

log = structlog.get_logger(__name__)
Deliver = Callable[[bytes, dict[str, str]], Awaitable[int]]
"""Sends a body with headers to the webhook and gives the status of the answer."""

_BATCH: Final = 50
_LEASE: Final = timedelta(seconds=20)
_IDLE_SECONDS: Final = 1.0
_TRAVEL_SECONDS: Final = 0.3
_MOST_ATTEMPTS: Final = 20
_TAKEN: Final = range(200, 300)


class SandboxEvents:
    """The sandbox's outgoing events.

    Args:
        database: where they wait.
        webhook_secret: signs them.
        deliver: reaches the webhook.
    """

    def __init__(self, database: Database, *, webhook_secret: str, deliver: Deliver) -> None:
        self._database = database
        self._webhook_secret = webhook_secret
        self._deliver = deliver
        self._wake = asyncio.Event()

    def put(self, session: AsyncSession, content: dict[str, Any], *, due_at: datetime, copies: int) -> None:
        """Write an event in the caller's unit of work; with no copies it is lost, as happens."""
        if copies > 0:
            event_id = f"evt_{new_id()}"
            session.add(
                SandboxEvent(
                    id=event_id,
                    payload={"id": event_id, **content},
                    due_at=due_at,
                    deliveries_left=copies,
                    attempts=0,
                )
            )

    def wake(self) -> None:
        """Tell the loop that an event was committed."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver what is due, until cancelled."""
        while True:
            if await self.deliver_due() == 0:
                self._wake.clear()
                # Not `wait_for`: before Python 3.12 it loses a cancellation that comes with the event, and never ends.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_IDLE_SECONDS):
                        await self._wake.wait()
                # A real provider's event comes a moment after the answer, and does not compete with it.
                await asyncio.sleep(_TRAVEL_SECONDS)

    async def deliver_due(self) -> int:
        """Deliver up to 50 events that are due; gives how many were tried."""
        events = await self._lease()
        if events:
            await self._finish([(event, await self._send(event)) for event in events])
        return len(events)

    async def _lease(self) -> list[SandboxEvent]:
        now = self._database.clock.now()
        due = select(SandboxEvent).where(SandboxEvent.due_at <= now).order_by(SandboxEvent.due_at).limit(_BATCH)
        async with self._database.read() as session:
            if await session.scalar(due.with_only_columns(SandboxEvent.id).limit(1)) is None:
                return []
        async with self._database.write() as session:
            events = list(await session.scalars(due.with_for_update(skip_locked=True)))
            for event in events:
                event.due_at = now + _LEASE
            return events

    async def _send(self, event: SandboxEvent) -> bool:
        body = orjson.dumps(event.payload)
        signature = sign(body, secret=self._webhook_secret, at=int(self._database.clock.now().timestamp()))
        for _ in range(event.deliveries_left):
            try:
                status = await self._deliver(body, {SIGNATURE_HEADER: signature, "content-type": "application/json"})
            except Exception as error:  # noqa: BLE001 - whatever the webhook did, the event is sent again later
                log.warning("sandbox.delivery_failed", event_id=event.id, error=repr(error))
                return False
            if status not in _TAKEN:
                return False
        return True

    async def _finish(self, tried: Sequence[tuple[SandboxEvent, bool]]) -> None:
        now = self._database.clock.now()
        done = [event.id for event, taken in tried if taken or event.attempts + 1 >= _MOST_ATTEMPTS]
        async with self._database.write() as session:
            await session.execute(delete(SandboxEvent).where(SandboxEvent.id.in_(done)))
            for event, _ in tried:
                if event.id not in done:
                    pause = timedelta(seconds=min(2**event.attempts, 60))
                    values = {"attempts": event.attempts + 1, "due_at": now + pause}
                    await session.execute(update(SandboxEvent).where(SandboxEvent.id == event.id).values(values))
