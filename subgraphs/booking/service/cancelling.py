"""Cancelling: a booking by its person and by policy, all bookings of a showtime that does not take place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.states import BookingStatus, PaymentStatus
from subgraphs.booking.repository.ledger import Ledger, Overtaken
from subgraphs.booking.repository.records import ShowtimeRecord
from subgraphs.booking.repository.sale_records import BookingRecord, PaymentRecord, Sale
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.service.drafts import idempotency_key
from subgraphs.booking.service.driver import Driver
from subgraphs.booking.service.occasions import BookingEvent
from subgraphs.booking.service.paying import booking_not_found
from subgraphs.booking.service.policy import is_refundable
from subgraphs.booking.service.refunds import refund_all
from subgraphs.booking.service.sale_context import SYSTEM, SaleContext
from subgraphs.common.errors import NotAllowedNow, RequestInProgress, ServiceUnavailable
from subgraphs.common.idempotency import IdempotencyKey, IdempotencyStore
from subgraphs.common.identity import Principal
from subgraphs.common.ids import is_scoped_id, showtime_of

log = structlog.get_logger(__name__)
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """What `cancelBooking` asks for."""

    booking_id: str
    idempotency_key: str


class CancellingService:
    """Cancels bookings."""

    def __init__(self, context: SaleContext, keys: IdempotencyStore, driver: Driver) -> None:
        self._context = context
        self._keys = keys
        self._driver = driver

    async def cancel(self, person: Principal, command: CancelBooking) -> BookingRecord:
        """Cancel a booking of the person's, and pay back what policy says.

        Raises:
            NotFound: there is no such booking of this person.
            NotAllowedNow: it is over, was used, or the film has started.
            RequestInProgress: a payment or a change of it is being worked on.
        """
        key = self._key(person, command)
        sale, showtime, known = await self._find(person, command, key)
        if known:
            return sale.booking
        sale = await self._settled(sale)
        booking = await self._cancel(sale, showtime, key)
        await self._context.told(booking)
        await self._context.outbox.deliver(booking.id)
        return (await self._driver.finish(booking.id)).booking

    async def cancel_bookings_of(self, showtime_id: str) -> None:
        """Cancel and refund every booking of a cancelled showtime: handles `{"showtimeId"}` of the outbox.

        It may be stopped anywhere and called again: what is done stays done.

        Raises:
            ServiceUnavailable: some are still being paid or changed: to be called again.
        """
        after, left = "", 0
        while True:
            async with self._context.database.read() as session:
                ids = await SalesRepository(session).unfinished_of_showtime(showtime_id, after=after, limit=_BATCH)
            for booking_id in ids:
                left += not await self._cancel_for_house(booking_id)
            if len(ids) < _BATCH:
                break
            after = ids[-1]
        self._driver.wake()
        if left:
            log.info("showtime.bookings_left", showtime=showtime_id, left=left)
            raise ServiceUnavailable

    async def handle_cancelled_showtime(self, payload: dict[str, Any]) -> None:
        """Handle the outbox message of a cancelled showtime."""
        await self.cancel_bookings_of(payload["showtimeId"])

    async def drop_unpaid(self, booking_id: str) -> None:
        """Cancel a booking that nobody has paid, for a person who leaves; one that is being paid stays."""
        try:
            sale = await self._given_up(booking_id)
            if sale.booking.status is not BookingStatus.PENDING_PAYMENT:
                return
            async with self._context.writing(SYSTEM) as (session, ledger):
                booking = await self._cancel_unpaid(session, ledger, sale.booking)
        except Overtaken:
            return
        await self._context.told(booking)

    async def _find(
        self, person: Principal, command: CancelBooking, key: IdempotencyKey
    ) -> tuple[Sale, ShowtimeRecord, bool]:
        async with self._context.database.read() as session:
            sale = await SalesRepository(session).sale(command.booking_id)
            if sale is None or not person.owns(sale.booking.user_id):
                raise booking_not_found()
            known = await self._keys.find(session, key) is not None
        return sale, await self._showtime(sale.booking.showtime_id), known

    async def _settled(self, sale: Sale) -> Sale:
        """Bring a booking to a state that can be cancelled: give up a payment that waits for its person."""
        payment = _under_way(sale)
        if payment is None:
            if sale.booking.status is BookingStatus.CONFIRMING or sale.change is not None:
                raise RequestInProgress
            return sale
        if payment.status is not PaymentStatus.REQUIRES_ACTION:
            raise RequestInProgress
        leased = await self._driver.lease(sale.booking.id)
        current = None if leased is None else leased.payment(payment.id)
        if leased is None or current is None or current.status is not PaymentStatus.REQUIRES_ACTION:
            raise RequestInProgress
        return await self._driver.abandon(leased, current)

    async def _cancel(self, sale: Sale, showtime: ShowtimeRecord, key: IdempotencyKey) -> BookingRecord:
        booking = sale.booking
        try:
            async with self._context.writing(booking.user_id) as (session, ledger):
                told = {"bookingId": booking.id}
                if await self._keys.claim(session, key, now=ledger.now, answer=told) is None:
                    booking = await self._cancel_by_policy(session, ledger, sale, showtime)
        except Overtaken as error:
            raise RequestInProgress from error
        return booking

    async def _cancel_by_policy(
        self, session: AsyncSession, ledger: Ledger, sale: Sale, showtime: ShowtimeRecord
    ) -> BookingRecord:
        booking = sale.booking
        match booking.status:
            case BookingStatus.PENDING_PAYMENT:
                return await self._cancel_unpaid(session, ledger, booking)
            case BookingStatus.CONFIRMED:
                if showtime.cancelled_at is None and showtime.starts_at <= ledger.now:
                    raise NotAllowedNow("The film has started: this booking cannot be cancelled any more.")
                if is_refundable(showtime, now=ledger.now):
                    booking = await self._cancel_with_refund(session, ledger, sale, reason="cancelled")
                else:
                    booking = await self._cancel_without_refund(session, ledger, booking)
                await self._require_unused(session, booking)
                return booking
            case BookingStatus.CONFIRMING:
                raise RequestInProgress
            case BookingStatus.EXPIRED:
                raise NotAllowedNow("This booking has expired: there is nothing to cancel.")
            case BookingStatus.CANCELLED | BookingStatus.REFUND_PENDING | BookingStatus.REFUNDED:
                raise NotAllowedNow("This booking was cancelled before.")

    async def _cancel_unpaid(self, session: AsyncSession, ledger: Ledger, booking: BookingRecord) -> BookingRecord:
        booking = await ledger.move_booking(
            booking, BookingStatus.CANCELLED, "booking.cancelled", cancelled_at=ledger.now, due_at=ledger.now
        )
        self._context.free_seats(session, booking)
        return booking

    async def _cancel_with_refund(
        self, session: AsyncSession, ledger: Ledger, sale: Sale, *, reason: str
    ) -> BookingRecord:
        booking = await ledger.move_booking(
            sale.booking,
            BookingStatus.REFUND_PENDING,
            f"booking.{reason}",
            cancelled_at=ledger.now,
            due_at=ledger.now,
        )
        await self._require_no_change(session, booking)
        payments = (await SalesRepository(session).payments_of([booking.id])).get(booking.id, ())
        _, refunds = await refund_all(ledger, payments, reason=reason)
        await ledger.void_tickets(booking, unused=reason == "cancelled")
        self._context.free_seats(session, booking)
        event = BookingEvent.CANCELLED if reason == "cancelled" else BookingEvent.SHOWTIME_CANCELLED
        back = sum(refund.amount_minor for refund in refunds)
        self._context.write_to_person(session, booking, event, refunded_minor=back)
        return booking

    async def _cancel_without_refund(
        self, session: AsyncSession, ledger: Ledger, booking: BookingRecord
    ) -> BookingRecord:
        booking = await ledger.move_booking(
            booking,
            BookingStatus.CANCELLED,
            "booking.cancelledLate",
            cancelled_at=ledger.now,
            kept_minor=booking.kept_minor + booking.total_minor,
            due_at=ledger.now,
        )
        await self._require_no_change(session, booking)
        await ledger.void_tickets(booking, unused=True)
        self._context.free_seats(session, booking)
        self._context.write_to_person(session, booking, BookingEvent.CANCELLED)
        return booking

    async def _require_unused(self, session: AsyncSession, booking: BookingRecord) -> None:
        # Unused tickets were voided just now: what is still valid let somebody in.
        if (await SalesRepository(session).valid_tickets_of([booking.id])).get(booking.id):
            raise NotAllowedNow("A ticket of this booking was used: it cannot be cancelled any more.")

    async def _require_no_change(self, session: AsyncSession, booking: BookingRecord) -> None:
        # Asked after the booking's row was written, and so locked: a change opens under the same lock.
        if await SalesRepository(session).open_change_of(booking.id) is not None:
            raise Overtaken

    async def _cancel_for_house(self, booking_id: str) -> bool:
        """Cancel one booking of a cancelled showtime; False when it has to be tried again."""
        try:
            sale = await self._given_up(booking_id)
            if sale.booking.status is BookingStatus.CONFIRMING or sale.change is not None:
                return False
            async with self._context.writing(SYSTEM) as (session, ledger):
                if sale.booking.status is BookingStatus.CONFIRMED:
                    booking = await self._cancel_with_refund(session, ledger, sale, reason="showtime_cancelled")
                elif sale.booking.status is BookingStatus.PENDING_PAYMENT:
                    booking = await self._cancel_unpaid(session, ledger, sale.booking)
                else:
                    return True
        except (Overtaken, ServiceUnavailable):
            return False
        await self._context.told(booking)
        return True

    async def _given_up(self, booking_id: str) -> Sale:
        sale = await self._context.reload(booking_id)
        payment = _under_way(sale)
        if payment is None or payment.status is not PaymentStatus.REQUIRES_ACTION:
            return sale
        leased = await self._driver.lease(booking_id)
        current = None if leased is None else leased.payment(payment.id)
        if leased is None or current is None:
            raise Overtaken
        return await self._driver.abandon(leased, current)

    async def _showtime(self, showtime_id: str) -> ShowtimeRecord:
        async with self._context.database.read() as session:
            return (await ShowtimeRepository(session).by_ids([showtime_id]))[showtime_id]

    def _key(self, person: Principal, command: CancelBooking) -> IdempotencyKey:
        if not is_scoped_id(command.booking_id):
            raise booking_not_found()
        return idempotency_key(
            command.idempotency_key,
            person,
            operation="cancelBooking",
            showtime_id=showtime_of(command.booking_id),
            input_value={"bookingId": command.booking_id},
        )


def _under_way(sale: Sale) -> PaymentRecord | None:
    """Find the payment that the booking, or its open change, waits for."""
    if sale.change is not None:
        return sale.payment(sale.change.payment_id)
    if sale.booking.status is BookingStatus.CONFIRMING:
        return sale.payment(sale.booking.payment_id)
    return None
