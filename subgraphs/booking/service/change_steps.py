"""The saga's steps for a change of seats: pin and pay the new hold, swap in one step, settle the difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.booking.models.states import BookingStatus, ChangeStatus, PaymentStatus
from subgraphs.booking.repository.ledger import Ledger
from subgraphs.booking.repository.sale_records import ChangeRecord, PaymentRecord, RefundRecord, Sale
from subgraphs.booking.repository.showtimes import ShowtimeRepository
from subgraphs.booking.seat_client import ClaimStatus
from subgraphs.booking.service.money_steps import MoneySteps
from subgraphs.booking.service.occasions import BookingEvent
from subgraphs.booking.service.policy import is_refundable
from subgraphs.booking.service.refunds import refund_all, refund_part
from subgraphs.booking.service.sale_context import SaleContext, with_payment

log = structlog.get_logger(__name__)


class ChangeSteps:
    """Does what `decisions` says about a change. Every method gives the sale as it is afterwards."""

    def __init__(self, context: SaleContext, money: MoneySteps) -> None:
        self._context = context
        self._money = money

    async def attempt(self, sale: Sale, change: ChangeRecord, payment: PaymentRecord) -> Sale:
        """Stop the new hold's time, then have the difference authorized."""
        claim = await self._context.seat.pin_hold(change.hold_id, booking_id=change.booking_id, fence=change.fence)
        if claim.status is ClaimStatus.DONE:
            return await self._money.authorize(sale, payment)
        return await self._fail(sale, change, payment, {"code": "HOLD_EXPIRED"}, void="hold_lost")

    async def swap(self, sale: Sale, change: ChangeRecord, payment: PaymentRecord | None) -> Sale:
        """Take the new seats and free the old ones in one step, then capture and write the outcome."""
        claim = await self._context.seat.swap_seats(change.hold_id, booking_id=change.booking_id, fence=change.fence)
        if claim.status is not ClaimStatus.DONE:
            return await self._without_seats(sale, change, payment)
        if (
            payment is not None
            and payment.status is PaymentStatus.AUTHORIZED
            and not await self._money.capture(payment)
        ):
            return await self._cancel_unpaid(sale, change, payment)
        return await self._finish(sale, change, payment, fence=claim.fence)

    async def drop(self, sale: Sale, change: ChangeRecord, payment: PaymentRecord) -> Sale:
        """The difference was not paid: the new hold's time counts again, the booking stays as it was."""
        await self._context.seat.unpin_hold(change.hold_id, booking_id=change.booking_id, fence=change.fence)
        failure = {"code": "PAYMENT_DECLINED", "declineCode": payment.decline_code or "not_completed"}
        return await self._fail(sale, change, payment, failure)

    async def _finish(
        self, sale: Sale, change: ChangeRecord, payment: PaymentRecord | None, *, fence: int | None
    ) -> Sale:
        booking = sale.booking
        async with self._context.writing() as (session, ledger):
            if payment is not None:
                payment = await self._settled(ledger, payment)
                sale = with_payment(sale, payment)
            await ledger.end_change(change, ChangeStatus.DONE)
            await ledger.replace_lines(booking, change.new_lines())
            await ledger.void_tickets(booking)
            await ledger.issue_tickets(booking, change.new_lines())
            sale, kept = await self._pay_difference_back(
                session, ledger, sale, booking.total_minor - change.total_minor
            )
            booking = await ledger.touch_booking(
                booking,
                total_minor=change.total_minor,
                kept_minor=booking.kept_minor + kept,
                hold_id=change.hold_id,
                fence=change.fence if fence is None else fence,
            )
            back = sum(refund.amount_minor for refund in sale.refunds)
            self._context.write_to_person(session, booking, BookingEvent.CHANGED, refunded_minor=back)
        return replace(sale, booking=booking, change=None)

    async def _settled(self, ledger: Ledger, payment: PaymentRecord) -> PaymentRecord:
        if payment.status is PaymentStatus.CAPTURED:
            return await ledger.touch_payment(payment, settled_at=ledger.now)
        return await ledger.move_payment(
            payment, PaymentStatus.CAPTURED, "payment.captured", settled_at=ledger.now, ask_at=None
        )

    async def _pay_difference_back(
        self, session: AsyncSession, ledger: Ledger, sale: Sale, cheaper_by: int
    ) -> tuple[Sale, int]:
        """Refund what the new seats cost less, or keep it after the refund deadline; gives what is kept."""
        if cheaper_by <= 0:
            return sale, 0
        showtime_id = sale.booking.showtime_id
        showtime = (await ShowtimeRepository(session).by_ids([showtime_id]))[showtime_id]
        if not is_refundable(showtime, now=ledger.now):
            return sale, cheaper_by
        payments, refunds = await refund_part(ledger, sale.payments, cheaper_by, reason="cheaper_seats")
        return _with(sale, payments, refunds), 0

    async def _without_seats(self, sale: Sale, change: ChangeRecord, payment: PaymentRecord | None) -> Sale:
        failure = {"code": "HOLD_EXPIRED"}
        if payment is None or payment.status is PaymentStatus.CAPTURED:
            return await self._fail(sale, change, payment, failure)
        if await self._money.void(payment):
            return await self._fail(sale, change, payment, failure, void="seats_lost")
        async with self._context.writing() as (_, ledger):
            payment = await ledger.move_payment(payment, PaymentStatus.CAPTURED, "payment.captured", ask_at=None)
        return await self._fail(with_payment(sale, payment), change, payment, failure)

    async def _fail(
        self,
        sale: Sale,
        change: ChangeRecord,
        payment: PaymentRecord | None,
        failure: dict[str, Any],
        *,
        void: str | None = None,
    ) -> Sale:
        async with self._context.writing() as (_, ledger):
            if payment is not None and void is not None:
                payment = await ledger.move_payment(
                    payment, PaymentStatus.VOIDED, "payment.voided", decline_code=void, ask_at=None
                )
                sale = with_payment(sale, payment)
            await ledger.end_change(change, ChangeStatus.FAILED, failure=failure)
        return replace(sale, change=None)

    async def _cancel_unpaid(self, sale: Sale, change: ChangeRecord, payment: PaymentRecord) -> Sale:
        """The seats are swapped but the authorization is gone. No seat without money: the whole booking goes back."""
        log.error("change.capture_refused", booking=change.booking_id, payment=payment.id)
        async with self._context.writing() as (session, ledger):
            # The refused capture may leave the money blocked on the card: asking the provider at once gives it back.
            payment = await ledger.move_payment(
                payment, PaymentStatus.VOIDED, "payment.voided", decline_code="capture_refused", ask_at=ledger.now
            )
            failure = {"code": "PAYMENT_DECLINED", "declineCode": "capture_refused"}
            await ledger.end_change(change, ChangeStatus.FAILED, failure=failure)
            await ledger.void_tickets(sale.booking)
            payments, refunds = await refund_all(ledger, with_payment(sale, payment).payments, reason="capture_refused")
            booking = await ledger.move_booking(
                sale.booking, BookingStatus.REFUND_PENDING, "booking.captureRefused", cancelled_at=ledger.now
            )
            self._context.free_seats(session, booking)
            back = sum(refund.amount_minor for refund in refunds)
            self._context.write_to_person(session, booking, BookingEvent.CANCELLED, refunded_minor=back)
        return replace(_with(sale, payments, refunds), booking=booking, change=None)


def _with(sale: Sale, payments: tuple[PaymentRecord, ...], refunds: tuple[RefundRecord, ...]) -> Sale:
    return replace(sale, payments=payments, refunds=(*sale.refunds, *refunds))
