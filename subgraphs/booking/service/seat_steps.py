"""The saga's steps that move seats for a booking: pin, claim, confirm, reopen, expire, reclaim."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.states import BookingStatus, PaymentStatus
from subgraphs.booking.repository.ledger import Ledger
from subgraphs.booking.repository.sale_records import BookingRecord, PaymentRecord, Sale
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.seat_client import ClaimStatus, SeatClaim
from subgraphs.booking.service.money_steps import MoneySteps
from subgraphs.booking.service.occasions import BookingEvent
from subgraphs.booking.service.sale_context import SaleContext, with_payment

_SOON: Final = timedelta(seconds=2)
_PINNED: Final = timedelta(seconds=30)


class SeatSteps:
    """Does what `decisions` says about a booking's seats. Every method gives the sale as it is afterwards."""

    def __init__(self, context: SaleContext, money: MoneySteps) -> None:
        self._context = context
        self._money = money

    async def attempt(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Stop the hold's time, then have the money authorized. Without the seats nothing is asked of the provider."""
        booking = sale.booking
        claim = await self._context.seat.pin_hold(booking.hold_id, booking_id=booking.id, fence=booking.fence)
        if claim.status is ClaimStatus.DONE:
            return await self._money.authorize(sale, payment)
        async with self._context.writing() as (session, ledger):
            payment = await ledger.move_payment(
                payment, PaymentStatus.VOIDED, "payment.voided", decline_code="hold_lost", ask_at=None
            )
            booking = await self._lose(session, ledger, booking, claim)
        return replace(with_payment(sale, payment), booking=booking)

    async def settle(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Claim the seats, capture, confirm. Without the seats the money goes back."""
        booking = sale.booking
        claim = await self._context.seat.claim_seats(booking.hold_id, booking_id=booking.id, fence=booking.fence)
        captured = payment.status is PaymentStatus.CAPTURED
        if claim.status is not ClaimStatus.DONE and captured:
            # The money came late: the seats may still be had, even without the hold.
            claim = await self._reclaimed(sale)
        if claim.status is not ClaimStatus.DONE:
            return await self._settle_without_seats(sale, payment)
        if not captured and not await self._money.capture(payment):
            return await self._cancel_unpaid(sale, payment, code="capture_refused")
        return await self._confirm(sale, payment, fence=claim.fence)

    async def reopen(self, sale: Sale) -> Sale:
        """Let the hold's time count again: the booking may be paid anew, if its seats are still held."""
        booking = sale.booking
        claim = await self._context.seat.unpin_hold(booking.hold_id, booking_id=booking.id, fence=booking.fence)
        async with self._context.writing() as (session, ledger):
            if claim.status is ClaimStatus.DONE:
                expires_at = claim.expires_at or booking.expires_at
                booking = await ledger.move_booking(
                    booking, BookingStatus.PENDING_PAYMENT, "booking.reopened", expires_at=expires_at
                )
            else:
                booking = await self._lose(session, ledger, booking, claim)
        return replace(sale, booking=booking)

    async def resume(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Go on with an attempt whose money came although it had been given up."""
        async with self._context.writing() as (_, ledger):
            booking = await ledger.move_booking(
                sale.booking, BookingStatus.CONFIRMING, "booking.resumed", payment_id=payment.id
            )
        return replace(sale, booking=booking)

    async def check_hold(self, sale: Sale) -> Sale:
        """Ask seat whether the hold is over: its clock decides, and the hold may have been extended."""
        booking = sale.booking
        claim = await self._context.seat.unpin_hold(booking.hold_id, booking_id=booking.id, fence=booking.fence)
        async with self._context.writing() as (session, ledger):
            if claim.status is ClaimStatus.DONE:
                told = claim.expires_at or ledger.now + _PINNED
                booking = await ledger.touch_booking(booking, expires_at=max(told, ledger.now + _SOON))
            else:
                booking = await ledger.move_booking(booking, BookingStatus.EXPIRED, "booking.expired")
                self._context.free_seats(session, booking)
        return replace(sale, booking=booking)

    async def reclaim(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Honour a late capture when the seats are still to be had; else pay it back."""
        claim = await self._reclaimed(sale)
        if claim.status is ClaimStatus.DONE:
            return await self._confirm(sale, payment, fence=claim.fence)
        async with self._context.writing() as (session, ledger):
            left = payment.captured_minor - payment.refunding_minor
            payment, refund = await ledger.add_refund(payment, left, reason="late_capture")
            booking = await ledger.move_booking(
                sale.booking, BookingStatus.REFUND_PENDING, "booking.lateCapture", cancelled_at=ledger.now
            )
            self._context.write_to_person(session, booking, BookingEvent.PAID_TOO_LATE, refunded_minor=left)
        return replace(with_payment(sale, payment), booking=booking, refunds=(*sale.refunds, refund))

    async def _confirm(self, sale: Sale, payment: PaymentRecord, *, fence: int | None) -> Sale:
        """Write that the seats are sold and paid for: the one place where tickets of a booking come to be.

        What else a confirmed booking causes (its mail) is written to the outbox here, in the same transaction.
        """
        booking = sale.booking
        async with self._context.writing() as (session, ledger):
            if payment.status is PaymentStatus.CAPTURED:
                payment = await ledger.touch_payment(payment, settled_at=ledger.now)
            else:
                payment = await ledger.move_payment(
                    payment, PaymentStatus.CAPTURED, "payment.captured", settled_at=ledger.now, ask_at=None
                )
            lines = (await SalesRepository(session).lines_of([booking.id]))[booking.id]
            booking = await ledger.move_booking(
                booking,
                BookingStatus.CONFIRMED,
                "booking.confirmed",
                release=True,
                confirmed_at=ledger.now,
                expires_at=None,
                payment_id=payment.id,
                fence=booking.fence if fence is None else fence,
            )
            await ledger.issue_tickets(booking, lines)
            self._context.write_to_person(session, booking, BookingEvent.CONFIRMED)
        return replace(with_payment(sale, payment), booking=booking)

    async def _settle_without_seats(self, sale: Sale, payment: PaymentRecord) -> Sale:
        if payment.status is PaymentStatus.AUTHORIZED and await self._money.void(payment):
            return await self._cancel_unpaid(sale, payment, code="seats_lost")
        async with self._context.writing() as (session, ledger):
            if payment.status is PaymentStatus.AUTHORIZED:
                payment = await ledger.move_payment(payment, PaymentStatus.CAPTURED, "payment.captured", ask_at=None)
            booking = await self._cancel(session, ledger, sale.booking, action="booking.seatsLost")
            left = payment.captured_minor - payment.refunding_minor
            self._context.write_to_person(session, booking, BookingEvent.PAID_TOO_LATE, refunded_minor=left)
        # The captured payment has no settlement: the next step pays it back.
        return replace(with_payment(sale, payment), booking=booking)

    async def _cancel_unpaid(self, sale: Sale, payment: PaymentRecord, *, code: str) -> Sale:
        async with self._context.writing() as (session, ledger):
            # A refused capture may leave the money blocked on the card: asking the provider at once gives it back.
            ask_at = ledger.now if code == "capture_refused" else None
            payment = await ledger.move_payment(
                payment, PaymentStatus.VOIDED, "payment.voided", decline_code=code, ask_at=ask_at
            )
            booking = await self._cancel(session, ledger, sale.booking, action=f"booking.{code}")
        return replace(with_payment(sale, payment), booking=booking)

    async def _cancel(
        self, session: AsyncSession, ledger: Ledger, booking: BookingRecord, *, action: str
    ) -> BookingRecord:
        booking = await ledger.move_booking(
            booking, BookingStatus.CANCELLED, action, cancelled_at=ledger.now, expires_at=None
        )
        self._context.free_seats(session, booking)
        return booking

    async def _lose(
        self, session: AsyncSession, ledger: Ledger, booking: BookingRecord, claim: SeatClaim
    ) -> BookingRecord:
        """End a booking whose hold is gone, before any money moved."""
        if claim.status is ClaimStatus.CLOSED:
            return await self._cancel(session, ledger, booking, action="booking.showtimeClosed")
        booking = await ledger.move_booking(booking, BookingStatus.PENDING_PAYMENT, "booking.holdLost")
        booking = await ledger.move_booking(booking, BookingStatus.EXPIRED, "booking.expired")
        self._context.free_seats(session, booking)
        return booking

    async def _reclaimed(self, sale: Sale) -> SeatClaim:
        booking = sale.booking
        async with self._context.database.read() as session:
            lines = (await SalesRepository(session).lines_of([booking.id]))[booking.id]
        seat_ids = [line.seat_id for line in lines]
        return await self._context.seat.reclaim_seats(booking.id, showtime_id=booking.showtime_id, seat_ids=seat_ids)
