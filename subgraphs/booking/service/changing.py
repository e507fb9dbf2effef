"""Changing the seats of a confirmed booking: a new hold, the difference paid or refunded, one swap."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from subgraphs.booking.errors import HoldExpired, PaymentDeclined
from subgraphs.booking.models.states import BookingStatus, ChangeStatus, PaymentPurpose, PaymentStatus
from subgraphs.booking.money import Amount
from subgraphs.booking.repository.ledger import Overtaken
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, ChangeRecord, LineRecord, Sale
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.service.drafts import (
    hold_not_found,
    idempotency_key,
    priced_lines,
    require_bound,
    require_expected,
)
from subgraphs.booking.service.driver import Driver
from subgraphs.booking.service.paying import booking_not_found, new_payment, outcome, require_method
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.common.errors import InvalidInput, NotAllowedNow, RequestInProgress
from subgraphs.common.idempotency import IdempotencyKey, IdempotencyStore
from subgraphs.common.identity import Principal
from subgraphs.common.ids import is_scoped_id, new_scoped_id, showtime_of


@dataclass(frozen=True, slots=True)
class ChangeSeats:
    """What `changeBookingSeats` asks for. `expected_total`: what the client showed for the new seats."""

    booking_id: str
    hold_id: str
    payment_method: str | None
    expected_total: Decimal | None
    idempotency_key: str


class ChangingService:
    """Changes seats."""

    def __init__(self, context: SaleContext, keys: IdempotencyStore, driver: Driver) -> None:
        self._context = context
        self._keys = keys
        self._driver = driver
        self._running: set[asyncio.Task[Sale]] = set()

    async def change(self, person: Principal, command: ChangeSeats) -> BookingRecord:
        """Give a confirmed booking the seats of another hold.

        Raises:
            NotFound: there is no such booking, or no such hold, of this person.
            InvalidInput: the new seats cost more and no payment method was given; the hold is of another showtime.
            HoldExpired: the new hold is over; the booking stays as it was.
            PriceChanged: the new seats cost something else than the client said.
            PaymentDeclined: the difference was not paid; the booking stays as it was.
            PaymentActionRequired: the payment of the difference needs a second step.
            NotAllowedNow: the booking is not confirmed, was used, or the film has started.
            RequestInProgress: another change of it is being worked on.
        """
        key = self._key(person, command)
        sale, showtime, known = await self._find(person, command, key)
        if known is not None:
            return await self._join(sale, known)
        self._require_changeable(sale, showtime)
        claim = await self._context.seat.bind_hold(command.hold_id, booking_id=command.booking_id, owners=person.ids)
        require_bound(claim, now=self._context.now())
        lines = priced_lines(claim.seats, showtime, booking_id=command.booking_id)
        require_expected(lines, showtime, command.expected_total)
        change = _new_change(sale.booking, command, lines, fence=claim.fence or 0, context=self._context)
        if change.total_minor > sale.booking.total_minor and command.payment_method is None:
            raise InvalidInput(
                "The new seats cost more: send a payment method for the difference.", field=["paymentMethod"]
            )
        sale, change = await self._begin(sale, change, command.payment_method, key)
        # A client that goes away must not stop what it has started.
        task = asyncio.create_task(self._driver.drive(sale, attempting=change.payment_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await self._outcome(await asyncio.shield(task), change.id)

    async def _find(
        self, person: Principal, command: ChangeSeats, key: IdempotencyKey
    ) -> tuple[Sale, ShowtimeRecord, str | None]:
        async with self._context.database.read() as session:
            sale = await SalesRepository(session).sale(command.booking_id)
            if sale is None or not person.owns(sale.booking.user_id):
                raise booking_not_found()
            answer = await self._keys.find(session, key)
            showtime_id = sale.booking.showtime_id
            showtime = (await ShowtimeRepository(session).by_ids([showtime_id]))[showtime_id]
        return sale, showtime, None if answer is None else str(answer["changeId"])

    def _require_changeable(self, sale: Sale, showtime: ShowtimeRecord) -> None:
        if sale.booking.status is not BookingStatus.CONFIRMED:
            raise NotAllowedNow("Only the seats of a confirmed booking can be changed.")
        if showtime.cancelled_at is not None:
            raise NotAllowedNow("This showtime does not take place.")
        if showtime.starts_at <= self._context.now():
            raise NotAllowedNow("The film has started: the seats cannot be changed any more.")
        if sale.change is not None:
            raise RequestInProgress

    async def _begin(
        self, sale: Sale, change: ChangeRecord, method: str | None, key: IdempotencyKey
    ) -> tuple[Sale, ChangeRecord]:
        booking, payments = sale.booking, sale.payments
        try:
            async with self._context.writing(booking.user_id) as (session, ledger):
                told = {"changeId": change.id}
                if await self._keys.claim(session, key, now=ledger.now, answer=told) is not None:
                    raise RequestInProgress
                until = ledger.now + self._context.patience.lease
                # The booking's row is written first, and so locked: nobody cancels it under a change.
                booking = await ledger.touch_booking(booking, leased_until=until, due_at=until)
                tickets = (await SalesRepository(session).valid_tickets_of([booking.id])).get(booking.id, ())
                if any(ticket.checked_in_at is not None for ticket in tickets):
                    raise NotAllowedNow("A ticket of this booking was used: its seats cannot be changed any more.")
                difference = Amount(change.total_minor - booking.total_minor, booking.currency)
                if difference.minor > 0:
                    payment = new_payment(
                        self._context, ledger, booking, difference, method or "", purpose=PaymentPurpose.CHANGE
                    )
                    await ledger.add_payment(payment)
                    change = replace(change, payment_id=payment.id)
                    payments = (*payments, payment)
                await ledger.open_change(change)
        except (Overtaken, IntegrityError) as error:
            raise RequestInProgress from error
        return replace(sale, booking=booking, payments=payments, change=change), change

    async def _join(self, sale: Sale, change_id: str) -> BookingRecord:
        """Answer a repeated call: by what came of its change, going on with it where nobody does."""
        change = sale.change
        payment = None if change is None else sale.payment(change.payment_id)
        waits = payment is not None and payment.status is PaymentStatus.REQUIRES_ACTION
        if change is not None and change.id == change_id and not waits:
            leased = await self._driver.lease(sale.booking.id)
            if leased is None:
                raise RequestInProgress
            sale = await self._driver.drive(leased, attempting=change.payment_id)
        return await self._outcome(sale, change_id)

    async def _outcome(self, sale: Sale, change_id: str) -> BookingRecord:
        async with self._context.database.read() as session:
            change = await SalesRepository(session).change(change_id)
        if change is None:
            raise LookupError(f"change {change_id} is gone")
        if change.status is ChangeStatus.FAILED:
            failure = change.failure or {}
            if failure.get("code") == "PAYMENT_DECLINED":
                raise PaymentDeclined(failure.get("declineCode", "generic_decline"))
            raise HoldExpired(change.ended_at or self._context.now())
        if change.status is ChangeStatus.OPEN and change.payment_id is not None:
            return outcome(sale, change.payment_id)
        return sale.booking

    def _key(self, person: Principal, command: ChangeSeats) -> IdempotencyKey:
        if not is_scoped_id(command.booking_id):
            raise booking_not_found()
        if not is_scoped_id(command.hold_id):
            raise hold_not_found()
        if showtime_of(command.hold_id) != showtime_of(command.booking_id):
            raise InvalidInput("The hold is for another showtime than the booking.", field=["holdId"])
        if command.payment_method is not None:
            require_method(command.payment_method)
        expected = None if command.expected_total is None else str(command.expected_total)
        return idempotency_key(
            command.idempotency_key,
            person,
            operation="changeBookingSeats",
            showtime_id=showtime_of(command.booking_id),
            input_value={
                "bookingId": command.booking_id,
                "holdId": command.hold_id,
                "paymentMethod": command.payment_method,
                "expectedTotal": expected,
            },
        )


def _new_change(
    booking: BookingRecord,
    command: ChangeSeats,
    lines: tuple[LineRecord, ...],
    *,
    fence: int,
    context: SaleContext,
) -> ChangeRecord:
    return ChangeRecord(
        showtime_id=booking.showtime_id,
        id=new_scoped_id(booking.showtime_id),
        booking_id=booking.id,
        hold_id=command.hold_id,
        fence=fence,
        status=ChangeStatus.OPEN,
        lines=[[line.seat_id, line.category.name, line.label, line.price_minor] for line in lines],
        total_minor=sum(line.price_minor for line in lines),
        payment_id=None,
        failure=None,
        created_at=context.now(),
        ended_at=None,
    )
