"""Following one booking: what it is now, then each change. The bus only hints, the database tells."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from subgraphs.booking.repository.sale_records import BookingRecord, Sale
from subgraphs.booking.service.bookings import BookingService
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.common.bus import Message, SlowConsumer, Subscription
from subgraphs.common.errors import BadUserInput
from subgraphs.common.identity import Principal

_LOOK_SECONDS: Final = 10.0


class WatchingService:
    """Gives people the changes of their bookings."""

    def __init__(self, context: SaleContext, bookings: BookingService, *, look_seconds: float = _LOOK_SECONDS) -> None:
        self._context = context
        self._bookings = bookings
        self._look_seconds = look_seconds

    async def updates(self, person: Principal, booking_id: str) -> AsyncIterator[BookingRecord]:
        """Give the booking as it is, and again whenever it or one of its payments has changed.

        Raises:
            BadUserInput: there is no such booking for this person.
        """
        if await self._bookings.by_id(person, booking_id) is None:
            raise BadUserInput("There is no such booking.")
        seen: object = None
        # Listening starts before the first look: what changes between the two is not missed.
        async for _ in self._occasions(booking_id):
            sale = await self._context.reload(booking_id)
            now = _shown(sale)
            if now != seen:
                seen = now
                yield sale.booking

    async def _occasions(self, booking_id: str) -> AsyncIterator[None]:
        """Give an occasion to look: at first, at each message, and every ten seconds in case one was lost."""
        while True:
            subscription = await self._context.bus.subscribe(f"booking.changed.{booking_id}")
            async with contextlib.aclosing(_ticks(subscription, self._look_seconds)) as ticks:
                async for _ in ticks:
                    yield


async def _ticks(subscription: Subscription, seconds: float) -> AsyncGenerator[None, None]:
    messages = aiter(subscription)
    waiting: asyncio.Future[Message] = asyncio.ensure_future(anext(messages))
    try:
        yield
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
            if done:
                waiting.result()
                waiting = asyncio.ensure_future(anext(messages))
            yield
    except (StopAsyncIteration, SlowConsumer):
        return
    finally:
        waiting.cancel()
        await subscription.aclose()


def _shown(sale: Sale) -> object:
    booking = sale.booking
    payments = tuple((payment.id, payment.status, payment.refunding_minor) for payment in sale.payments)
    return booking.status, booking.total_minor, booking.hold_id, booking.expires_at, payments
