"""Paying a booking: the intent is written with the idempotency key, then the saga goes as far as it gets."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from subgraphs.booking.errors import HoldExpired, PaymentActionRequired, PaymentDeclined
from subgraphs.booking.models.states import BookingStatus, PaymentPurpose, PaymentStatus
from subgraphs.booking.money import Amount
from subgraphs.booking.repository.ledger import Ledger, Overtaken
from subgraphs.booking.repository.sale_records import BookingRecord, PaymentRecord, Sale
from subgraphs.booking.repository.sales import SalesRepository
from subgraphs.booking.service.drafts import idempotency_key
from subgraphs.booking.service.driver import Driver
from subgraphs.booking.service.sale_context import SaleContext
from subgraphs.common.errors import InvalidInput, NotAllowedNow, NotFound, RequestInProgress
from subgraphs.common.idempotency import IdempotencyKey, IdempotencyStore
from subgraphs.common.identity import Principal
from subgraphs.common.ids import is_scoped_id, new_scoped_id, showtime_of

_METHOD: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class PayBooking:
    """What `payBooking` asks for."""

    booking_id: str
    payment_method: str
    idempotency_key: str


class PayingService:
    """Takes payments for bookings."""

    def __init__(self, context: SaleContext, keys: IdempotencyStore, driver: Driver) -> None:
        self._context = context
        self._keys = keys
        self._driver = driver
        self._running: set[asyncio.Task[Sale]] = set()

    async def pay(self, person: Principal, command: PayBooking) -> BookingRecord:
        """Pay a booking of the person's. It may come back CONFIRMING, when the provider takes its time.

        Raises:
            NotFound: there is no such booking of this person.
            InvalidInput: the payment method or the key is malformed.
            PaymentDeclined: the provider refused; the seats stay held while their time runs.
            PaymentActionRequired: the person has to take a second step.
            HoldExpired: the seats are not held any more; nothing was charged.
            NotAllowedNow: the booking's state allows no payment.
            RequestInProgress: a payment for it is being worked on.
        """
        require_method(command.payment_method)
        key = self._key(person, command)
        sale, known = await self._find(person, command, key)
        if known is not None:
            return await self._join(sale, known)
        sale = await self._make_way(sale)
        require_payable(sale.booking, now=self._context.now())
        sale, payment_id = await self._begin(sale, command, key)
        # A client that goes away must not stop what it has started.
        task = asyncio.create_task(self._driver.drive(sale, attempting=payment_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return outcome(await asyncio.shield(task), payment_id)

    async def _find(self, person: Principal, command: PayBooking, key: IdempotencyKey) -> tuple[Sale, str | None]:
        async with self._context.database.read() as session:
            sale = await SalesRepository(session).sale(command.booking_id)
            if sale is None or not person.owns(sale.booking.user_id):
                raise booking_not_found()
            answer = await self._keys.find(session, key)
        return sale, None if answer is None else str(answer["paymentId"])

    async def _join(self, sale: Sale, payment_id: str) -> BookingRecord:
        """Answer a repeated call: by what came of its payment, going on with it where nobody does."""
        payment = sale.payment(payment_id)
        if payment is not None and payment.status in {PaymentStatus.PENDING, PaymentStatus.AUTHORIZED}:
            leased = await self._driver.lease(sale.booking.id)
            if leased is None:
                raise RequestInProgress
            sale = await self._driver.drive(leased, attempting=payment_id)
        return outcome(sale, payment_id)

    async def _make_way(self, sale: Sale) -> Sale:
        """Give up a payment whose second step nobody took: the person tries another way."""
        payment = sale.payment(sale.booking.payment_id)
        if sale.booking.status is not BookingStatus.CONFIRMING or payment is None:
            return sale
        if payment.status is not PaymentStatus.REQUIRES_ACTION:
            raise RequestInProgress
        leased = await self._driver.lease(sale.booking.id)
        if leased is None:
            raise RequestInProgress
        current = leased.payment(payment.id)
        if current is None or current.status is not PaymentStatus.REQUIRES_ACTION:
            return await self._driver.drive(leased)
        return await self._driver.abandon(leased, current)

    async def _begin(self, sale: Sale, command: PayBooking, key: IdempotencyKey) -> tuple[Sale, str]:
        booking = sale.booking
        async with self._context.writing(booking.user_id) as (session, ledger):
            payment = self._intent(ledger, booking, command.payment_method)
            told = {"paymentId": payment.id}
            if await self._keys.claim(session, key, now=ledger.now, answer=told) is not None:
                raise RequestInProgress
            until = ledger.now + self._context.patience.lease
            try:
                booking = await ledger.move_booking(
                    booking,
                    BookingStatus.CONFIRMING,
                    "booking.paying",
                    payment_id=payment.id,
                    leased_until=until,
                    due_at=until,
                )
            except Overtaken as error:
                raise RequestInProgress from error
            await ledger.add_payment(payment)
        await self._context.told(booking)
        return replace(sale, booking=booking, payments=(*sale.payments, payment)), payment.id

    def _intent(self, ledger: Ledger, booking: BookingRecord, method: str) -> PaymentRecord:
        return new_payment(self._context, ledger, booking, booking.total, method, purpose=PaymentPurpose.BOOKING)

    def _key(self, person: Principal, command: PayBooking) -> IdempotencyKey:
        if not is_scoped_id(command.booking_id):
            raise booking_not_found()
        return idempotency_key(
            command.idempotency_key,
            person,
            operation="payBooking",
            showtime_id=showtime_of(command.booking_id),
            input_value={"bookingId": command.booking_id, "paymentMethod": command.payment_method},
        )


def booking_not_found() -> NotFound:
    """Give the refusal for an unknown booking."""
    return NotFound("There is no such booking.", field=["bookingId"])


def require_method(method: str) -> None:
    """Check the shape of a payment method.

    Raises:
        InvalidInput: no provider has such tokens.
    """
    if _METHOD.fullmatch(method) is None:
        raise InvalidInput(
            "A payment method is a provider's token, like pm_card_visa: letters, digits, _ and -.",
            field=["paymentMethod"],
        )


def new_payment(
    context: SaleContext,
    ledger: Ledger,
    booking: BookingRecord,
    amount: Amount,
    method: str,
    *,
    purpose: PaymentPurpose,
) -> PaymentRecord:
    """Build the intent of a payment: written before the provider hears of it."""
    return PaymentRecord(
        showtime_id=booking.showtime_id,
        id=new_scoped_id(booking.showtime_id),
        booking_id=booking.id,
        purpose=purpose,
        status=PaymentStatus.PENDING,
        provider=context.providers.for_amount(amount).name,
        provider_reference=None,
        method=method,
        currency=amount.currency,
        amount_minor=amount.minor,
        captured_minor=0,
        refunding_minor=0,
        decline_code=None,
        action_url=None,
        action_secret=None,
        created_at=ledger.now,
        updated_at=ledger.now,
        ask_at=ledger.now + context.patience.grace,
        asked=0,
        abandon_at=None,
        settled_at=None,
    )


def require_payable(booking: BookingRecord, *, now: datetime) -> None:
    """Check that a booking waits for its payment.

    Raises:
        HoldExpired: its time is over.
        RequestInProgress: a payment is being worked on.
        NotAllowedNow: it was paid or cancelled.
    """
    match booking.status:
        case BookingStatus.PENDING_PAYMENT:
            return
        case BookingStatus.EXPIRED:
            raise HoldExpired(booking.expires_at or now)
        case BookingStatus.CONFIRMING:
            raise RequestInProgress
        case BookingStatus.CONFIRMED:
            raise NotAllowedNow("This booking is paid already.")
        case BookingStatus.CANCELLED | BookingStatus.REFUND_PENDING | BookingStatus.REFUNDED:
            raise NotAllowedNow("This booking was cancelled: hold seats and book again.")


def outcome(sale: Sale, payment_id: str) -> BookingRecord:
    """Answer for one attempt to pay: always the same once its fate is known.

    Raises:
        PaymentDeclined: it ended without money.
        PaymentActionRequired: it waits for the person.
        HoldExpired: the seats were lost before.
    """
    payment = sale.payment(payment_id)
    if payment is None:
        raise LookupError(f"payment {payment_id} is gone")
    match payment.status:
        case PaymentStatus.DECLINED:
            raise PaymentDeclined(payment.decline_code or "generic_decline")
        case PaymentStatus.VOIDED:
            if payment.decline_code in {"hold_lost", "seats_lost"}:
                raise HoldExpired(sale.booking.expires_at or payment.updated_at)
            raise PaymentDeclined(payment.decline_code or "not_completed")
        case PaymentStatus.REQUIRES_ACTION:
            raise PaymentActionRequired(url=payment.action_url, client_secret=payment.action_secret)
        case _:
            return sale.booking
