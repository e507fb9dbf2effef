"""Drives sales: asks what comes next, has it done, until there is only waiting left. Any process may go on at any line.

A booking is worked on by one process at a time, by a lease that ends by itself. The lease is for economy; what keeps a
sale right is that every write names the state that it was decided on.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, assert_never

import structlog

from subgraphs.booking.models.states import BookingStatus
from subgraphs.booking.payments.provider import ProviderError
from subgraphs.booking.repository.ledger import Overtaken
from subgraphs.booking.repository.sale_records import PaymentRecord, Sale
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.service.change_steps import ChangeSteps
from subgraphs.booking.service.decisions import (
    Ask,
    Attempt,
    CheckHold,
    DropChange,
    FinishRefund,
    PayBack,
    Reclaim,
    Reopen,
    Rest,
    Resume,
    ReturnStray,
    Settle,
    Step,
    Swap,
    next_step,
)
from subgraphs.booking.service.money_steps import MoneySteps
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.booking.service.seat_steps import SeatSteps
from subgraphs.common.errors import ServiceUnavailable
from subgraphs.common.ids import showtime_of
from subgraphs.common.service_client import RemoteRefusal

log = structlog.get_logger(__name__)
_MOST_STEPS: Final = 40
_BATCH: Final = 50
_AT_ONCE: Final = 8
_IDLE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 60


class Driver:
    """The saga's engine: used by the calls of clients, and by a loop that finishes what they left."""

    def __init__(self, context: SaleContext) -> None:
        self._context = context
        self._money = MoneySteps(context)
        self._seats = SeatSteps(context, self._money)
        self._changes = ChangeSteps(context, self._money)
        self._wake = asyncio.Event()

    async def lease(self, booking_id: str) -> Sale | None:
        """Take a booking to work on it; None when another process or call does."""
        async with self._context.writing() as (_, ledger):
            until = ledger.now + self._context.patience.lease
            if not await ledger.lease(booking_id, showtime_id=showtime_of(booking_id), until=until):
                return None
        return await self._context.reload(booking_id)

    async def drive(self, sale: Sale, *, attempting: str | None = None) -> Sale:
        """Work on a leased sale until it rests, and give the lease back."""
        for _ in range(_MOST_STEPS):
            step = next_step(sale, now=self._context.now(), attempting=attempting)
            try:
                if isinstance(step, Rest):
                    return await self._rest(sale, step)
                sale = await self._do(step, sale)
                await self._context.told(sale.booking)
            except Overtaken:
                sale = await self._context.reload(sale.booking.id)
            except (ProviderError, ServiceUnavailable, RemoteRefusal) as error:
                return await self._stumble(sale, step, error)
        log.error("sale.restless", booking=sale.booking.id)
        return await self._stumble(sale, Rest(None), None)

    async def abandon(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Void a payment that waits for its person, in a leased sale, and drive on.

        Raises:
            ServiceUnavailable: the provider does not answer.
        """
        try:
            sale = await self._money.abandon(sale, payment)
        except ProviderError as error:
            await self._stumble(sale, Rest(None), error)
            raise ServiceUnavailable from error
        return await self.drive(sale)

    async def finish(self, booking_id: str, *, attempting: str | None = None) -> Sale:
        """Drive a booking if nobody else does; gives it as it is afterwards."""
        sale = await self.lease(booking_id)
        if sale is None:
            return await self._context.reload(booking_id)
        return await self.drive(sale, attempting=attempting)

    def wake(self) -> None:
        """Tell the loop that something is due."""
        self._wake.set()

    async def run(self) -> None:
        """Be the loop (expiry, reconciliation, refunds): drive what is due, until cancelled."""
        while True:
            self._wake.clear()
            if await self.run_due() < _BATCH:
                # Not `wait_for`: before Python 3.12 it loses a cancellation that comes with the event, and never ends.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_IDLE_SECONDS):
                        await self._wake.wait()

    async def run_due(self) -> int:
        """Drive up to 50 bookings that are due; gives how many there were."""
        async with self._context.database.read() as session:
            due = await SalesRepository(session).due(self._context.now(), limit=_BATCH)
        # In another order in each process, so that they seldom reach for the same booking.
        random.shuffle(due)
        await self._drive_all(due)
        return len(due)

    async def _drive_all(self, booking_ids: Sequence[str]) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(booking_id: str) -> None:
            async with gate:
                try:
                    await self.finish(booking_id)
                except Exception:
                    # One sale that cannot be driven must not stop the others; its lease ends by itself.
                    log.exception("sale.failed", booking=booking_id)

        await asyncio.gather(*(one(booking_id) for booking_id in booking_ids))

    async def _do(self, step: Step, sale: Sale) -> Sale:  # noqa: C901, PLR0911, PLR0912 - one flat table of the steps
        match step:
            case Ask(payment):
                return await self._money.ask(sale, payment)
            case Attempt(payment):
                if sale.change is not None and sale.change.payment_id == payment.id:
                    return await self._changes.attempt(sale, sale.change, payment)
                return await self._seats.attempt(sale, payment)
            case Settle(payment):
                return await self._seats.settle(sale, payment)
            case Reopen():
                return await self._seats.reopen(sale)
            case Resume(payment):
                return await self._seats.resume(sale, payment)
            case Reclaim(payment):
                return await self._seats.reclaim(sale, payment)
            case CheckHold():
                return await self._seats.check_hold(sale)
            case Swap(change, payment):
                return await self._changes.swap(sale, change, payment)
            case DropChange(change, payment):
                return await self._changes.drop(sale, change, payment)
            case PayBack(refund, payment):
                return await self._money.pay_back(sale, refund, payment)
            case ReturnStray(payment):
                return await self._money.return_stray(sale, payment)
            case FinishRefund():
                async with self._context.writing() as (_, ledger):
                    booking = await ledger.move_booking(
                        sale.booking, BookingStatus.REFUNDED, "booking.refunded", release=True
                    )
                return replace(sale, booking=booking)
            case Rest():
                return sale
            case _ as unknown:
                assert_never(unknown)

    async def _rest(self, sale: Sale, rest: Rest) -> Sale:
        booking = sale.booking
        if booking.leased_until is None and booking.due_at == rest.until:
            return sale
        async with self._context.writing() as (_, ledger):
            booking = await ledger.release(booking, due_at=rest.until)
        return replace(sale, booking=booking)

    async def _stumble(self, sale: Sale, step: Step, error: Exception | None) -> Sale:
        """Somebody does not answer: give the booking back, to be looked at after a growing pause."""
        log.warning("sale.stumbled", booking=sale.booking.id, step=type(step).__name__, error=repr(error))
        tries = sale.booking.tries + 1
        due_at = self._context.now() + timedelta(seconds=min(2**tries, _LONGEST_PAUSE_SECONDS))
        with contextlib.suppress(Overtaken):
            async with self._context.writing() as (_, ledger):
                booking = await ledger.touch_booking(sale.booking, due_at=due_at, leased_until=None, tries=tries)
            return replace(sale, booking=booking)
        return await self._context.reload(sale.booking.id)
