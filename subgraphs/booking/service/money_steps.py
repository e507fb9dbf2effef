"""The saga's steps that move money: authorize, ask, void, refund. Calls to providers stand outside transactions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog

from subgraphs.booking.models.states import PAYMENT_ARROWS, BookingStatus, PaymentStatus
from subgraphs.booking.payments.provider import (
    PaymentOrder,
    PaymentProvider,
    ProviderPayment,
    ProviderRefused,
    ProviderStatus,
)
from subgraphs.booking.repository.sale_records import PaymentRecord, RefundRecord, Sale
from subgraphs.booking.service.sale_context import SaleContext, with_payment

log = structlog.get_logger(__name__)
_GIVEN_UP = frozenset({PaymentStatus.DECLINED, PaymentStatus.VOIDED})
_WAITING = frozenset({PaymentStatus.PENDING, PaymentStatus.REQUIRES_ACTION})
_SEEN_AS = {
    ProviderStatus.AUTHORIZED: PaymentStatus.AUTHORIZED,
    ProviderStatus.CAPTURED: PaymentStatus.CAPTURED,
    ProviderStatus.DECLINED: PaymentStatus.DECLINED,
    ProviderStatus.VOIDED: PaymentStatus.VOIDED,
}


class MoneySteps:
    """Does what `decisions` says about money. Every method gives the sale as it is afterwards."""

    def __init__(self, context: SaleContext) -> None:
        self._context = context

    async def authorize(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Have the provider reserve the money, or say why not."""
        provider = self._provider(payment)
        order = PaymentOrder(payment.id, payment.amount, payment.method or "", sale.booking.reference)
        try:
            seen = await provider.authorize(order)
        except ProviderRefused as error:
            return await self._write(sale, payment, PaymentStatus.DECLINED, decline_code=error.code[:64])
        return await self._learn(sale, payment, seen)

    async def ask(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Ask the provider what became of a payment, and give up what nobody finished in time."""
        seen = await self._provider(payment).look_up(payment.id, payment.provider_reference)
        if seen is None:
            return await self._not_found(sale, payment)
        overdue = payment.abandon_at is not None and payment.abandon_at <= self._context.now()
        unfinished = seen.status in {ProviderStatus.REQUIRES_ACTION, ProviderStatus.PROCESSING}
        unwanted = payment.status in _GIVEN_UP and (unfinished or seen.status is ProviderStatus.AUTHORIZED)
        if unwanted or (unfinished and overdue):
            return await self.abandon(sale, payment, reference=seen.reference)
        return await self._learn(sale, payment, seen)

    async def abandon(self, sale: Sale, payment: PaymentRecord, *, reference: str | None = None) -> Sale:
        """Void a payment that nobody waits for any more; when it turns out captured, that is written instead."""
        known = reference or payment.provider_reference
        if known is None:
            return await self._not_found(sale, payment)
        return await self._learn(sale, payment, await self._provider(payment).void(payment.id, known))

    async def capture(self, payment: PaymentRecord) -> bool:
        """Take the authorized money; False when the authorization is gone. Writes nothing."""
        provider = self._provider(payment)
        reference = payment.provider_reference or ""
        try:
            seen = await provider.capture(payment.id, reference)
        except ProviderRefused as error:
            log.warning("payment.capture_refused", payment=payment.id, code=error.code)
            asked = await provider.look_up(payment.id, reference)
            return asked is not None and asked.status is ProviderStatus.CAPTURED
        return seen.status is ProviderStatus.CAPTURED

    async def void(self, payment: PaymentRecord) -> bool:
        """Give authorized money back; False when it was captured after all. Writes nothing."""
        seen = await self._provider(payment).void(payment.id, payment.provider_reference or "")
        return seen.status is not ProviderStatus.CAPTURED

    async def pay_back(self, sale: Sale, refund: RefundRecord, payment: PaymentRecord) -> Sale:
        """Have the provider pay back, and write that it did."""
        amount = replace(payment.amount, minor=refund.amount_minor)
        reference = await self._provider(payment).refund(refund.id, payment.provider_reference or "", amount)
        left = tuple(one for one in sale.refunds if one.id != refund.id)
        booking = sale.booking
        async with self._context.writing() as (_, ledger):
            await ledger.finish_refund(refund, reference=reference)
            if payment.status is PaymentStatus.REFUND_PENDING and all(one.payment_id != payment.id for one in left):
                payment = await ledger.move_payment(payment, PaymentStatus.REFUNDED, "payment.refunded")
            if not left and booking.status is BookingStatus.REFUND_PENDING:
                booking = await ledger.move_booking(booking, BookingStatus.REFUNDED, "booking.refunded", release=True)
        return replace(with_payment(sale, payment), refunds=left, booking=booking)

    async def return_stray(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """Decide to pay back money for which there are no seats."""
        async with self._context.writing() as (_, ledger):
            left = payment.captured_minor - payment.refunding_minor
            payment, refund = await ledger.add_refund(payment, left, reason="no_seats")
        return replace(with_payment(sale, payment), refunds=(*sale.refunds, refund))

    async def _learn(self, sale: Sale, payment: PaymentRecord, seen: ProviderPayment) -> Sale:
        """Write what a provider said, forwards only: what is older than what is known changes nothing."""
        if seen.amount != payment.amount:
            return await self._mismatch(sale, payment, seen)
        to = _SEEN_AS.get(seen.status)
        if to is PaymentStatus.DECLINED and payment.status is PaymentStatus.AUTHORIZED:
            to = PaymentStatus.VOIDED
        if to is not None and to in PAYMENT_ARROWS[payment.status]:
            told = {"provider_reference": seen.reference, "decline_code": seen.decline_code}
            return await self._write(sale, payment, to, **told)
        if payment.status in _WAITING:
            return await self._wait(sale, payment, seen)
        async with self._context.writing() as (_, ledger):
            payment = await ledger.touch_payment(payment, ask_at=None, provider_reference=seen.reference)
        return with_payment(sale, payment)

    async def _wait(self, sale: Sale, payment: PaymentRecord, seen: ProviderPayment) -> Sale:
        now, patience = self._context.now(), self._context.patience
        abandon_at = payment.abandon_at or now + patience.action
        values: dict[str, Any] = {
            "provider_reference": seen.reference,
            "abandon_at": abandon_at,
            # What could not be given up in time is asked about at the usual pace.
            "ask_at": now + patience.poll if abandon_at <= now else min(now + patience.poll, abandon_at),
        }
        if seen.status is ProviderStatus.REQUIRES_ACTION and payment.status is PaymentStatus.PENDING:
            if seen.next_action is not None:
                values |= {"action_url": seen.next_action.url, "action_secret": seen.next_action.client_secret}
            return await self._write(sale, payment, PaymentStatus.REQUIRES_ACTION, **values)
        async with self._context.writing() as (_, ledger):
            payment = await ledger.touch_payment(payment, **values)
        return with_payment(sale, payment)

    async def _not_found(self, sale: Sale, payment: PaymentRecord) -> Sale:
        """The provider knows nothing of it: the order never arrived, or will arrive very late."""
        now, patience = self._context.now(), self._context.patience
        if payment.status is PaymentStatus.PENDING and payment.created_at + patience.grace > now:
            async with self._context.writing() as (_, ledger):
                payment = await ledger.touch_payment(payment, ask_at=payment.created_at + patience.grace)
            return with_payment(sale, payment)
        later = patience.late[payment.asked : payment.asked + 1]
        values: dict[str, Any] = {"asked": payment.asked + 1, "ask_at": now + later[0] if later else None}
        if payment.status is PaymentStatus.PENDING:
            return await self._write(sale, payment, PaymentStatus.VOIDED, decline_code="provider_unreachable", **values)
        if payment.status not in _GIVEN_UP:
            log.error("payment.unknown_to_provider", payment=payment.id, status=payment.status.value)
        async with self._context.writing() as (_, ledger):
            payment = await ledger.touch_payment(payment, **values)
        return with_payment(sale, payment)

    async def _mismatch(self, sale: Sale, payment: PaymentRecord, seen: ProviderPayment) -> Sale:
        """The provider speaks of another amount: what is not captured is given back, what is waits for a person."""
        log.error("payment.amount_mismatch", payment=payment.id, seen=str(seen.amount))
        if seen.status is not ProviderStatus.CAPTURED and PaymentStatus.VOIDED in PAYMENT_ARROWS[payment.status]:
            await self._provider(payment).void(payment.id, seen.reference)
            return await self._write(sale, payment, PaymentStatus.VOIDED, decline_code="amount_mismatch")
        details = {"minor": seen.amount.minor, "currency": seen.amount.currency, "status": seen.status.value}
        async with self._context.writing() as (_, ledger):
            ledger.note(payment.id, "payment.mismatch", details=details)
            payment = await ledger.touch_payment(payment, ask_at=ledger.now + self._context.patience.late[-1])
        return with_payment(sale, payment)

    async def _write(self, sale: Sale, payment: PaymentRecord, to: PaymentStatus, **values: Any) -> Sale:
        # Whatever is known for sure need not be asked for.
        values.setdefault("ask_at", None)
        async with self._context.writing() as (_, ledger):
            payment = await ledger.move_payment(payment, to, f"payment.{to.value.lower()}", **values)
        return with_payment(sale, payment)

    def _provider(self, payment: PaymentRecord) -> PaymentProvider:
        return self._context.providers.of(payment.provider)
