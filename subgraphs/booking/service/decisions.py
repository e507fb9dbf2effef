"""What comes next in a sale, decided from what is written alone: no I/O, so that any crash ends in a known place.

The driver has a step done, which writes what came of it, and asks again, until there is nothing to do but wait. The
order matters: first know about money, then move money back, then go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias, assert_never

from subgraphs.booking.models.states import BookingStatus, PaymentPurpose, PaymentStatus
from subgraphs.booking.repository.sale_records import ChangeRecord, PaymentRecord, RefundRecord, Sale

_LOOK_AGAIN: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do before a moment; None: nothing at all."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the provider what became of a payment."""

    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class Attempt:
    """Pin the hold, then have the money authorized."""

    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class Settle:
    """The money is sure: claim the seats, capture, confirm; or void when the seats are lost."""

    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class Reopen:
    """The attempt ended without money: time counts again, and the booking may be paid anew."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Money was taken for an attempt that had been given up, while the seats are still held: go on with it."""

    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class Reclaim:
    """Money was taken after the hold ended: take the seats again, or pay back."""

    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class CheckHold:
    """The booking's time seems over: ask seat, and let it expire."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Change the seats; `payment` pays what they cost more."""

    change: ChangeRecord
    payment: PaymentRecord | None


@dataclass(frozen=True, slots=True)
class DropChange:
    """The payment for a change ended without money: the booking stays as it was."""

    change: ChangeRecord
    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class PayBack:
    """Have the provider pay back."""

    refund: RefundRecord
    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class ReturnStray:
    """Money was taken for which there are no seats: decide to pay it back."""

    payment: PaymentRecord


@dataclass(frozen=True, slots=True)
class FinishRefund:
    """All that was to go back went back."""


Step: TypeAlias = (
    Rest
    | Ask
    | Attempt
    | Settle
    | Reopen
    | Resume
    | Reclaim
    | CheckHold
    | Swap
    | DropChange
    | PayBack
    | ReturnStray
    | FinishRefund
)


def next_step(sale: Sale, *, now: datetime, attempting: str | None = None) -> Step:
    """Decide.

    Args:
        sale: all of it, as written.
        now: the moment.
        attempting: the payment that a client waits for: its authorization is asked for (again) rather than looked up.
    """
    for payment in sale.payments:
        if payment.ask_at is not None and payment.ask_at <= now and payment.id != attempting:
            return Ask(payment)
    for refund in sale.refunds:
        paid = sale.payment(refund.payment_id)
        if paid is not None:
            return PayBack(refund, paid)
    stray = next((payment for payment in sale.payments if payment.is_stray), None)
    if stray is not None and not _is_awaited(sale, stray):
        return _use_of(sale, stray)
    return _by_status(sale, now, attempting)


def _is_awaited(sale: Sale, payment: PaymentRecord) -> bool:
    """Whether the sale is just about to give seats for this payment."""
    if sale.booking.status is BookingStatus.CONFIRMING:
        return payment.id == sale.booking.payment_id
    return sale.change is not None and payment.id == sale.change.payment_id


def _use_of(sale: Sale, payment: PaymentRecord) -> Step:
    if payment.purpose is PaymentPurpose.BOOKING:
        if sale.booking.status is BookingStatus.PENDING_PAYMENT:
            return Resume(payment)
        if sale.booking.status is BookingStatus.EXPIRED:
            return Reclaim(payment)
    return ReturnStray(payment)


def _by_status(sale: Sale, now: datetime, attempting: str | None) -> Step:
    booking = sale.booking
    match booking.status:
        case BookingStatus.PENDING_PAYMENT:
            if booking.expires_at is not None and booking.expires_at <= now:
                return CheckHold()
            return Rest(_earliest(booking.expires_at, *_asks(sale)))
        case BookingStatus.CONFIRMING:
            return _confirming(sale, now, attempting)
        case BookingStatus.CONFIRMED:
            if sale.change is not None:
                return _changing(sale, sale.change, now, attempting)
            return Rest(_earliest(*_asks(sale)))
        case BookingStatus.REFUND_PENDING:
            return FinishRefund()
        case BookingStatus.EXPIRED | BookingStatus.CANCELLED | BookingStatus.REFUNDED:
            return Rest(_earliest(*_asks(sale)))
        case _ as unknown:
            assert_never(unknown)


def _confirming(sale: Sale, now: datetime, attempting: str | None) -> Step:
    payment = sale.payment(sale.booking.payment_id)
    if payment is None:
        return Reopen()
    match payment.status:
        case PaymentStatus.AUTHORIZED | PaymentStatus.CAPTURED:
            return Settle(payment)
        case PaymentStatus.PENDING | PaymentStatus.REQUIRES_ACTION:
            return _awaiting(sale, payment, now, attempting)
        case PaymentStatus.DECLINED | PaymentStatus.VOIDED | PaymentStatus.REFUND_PENDING | PaymentStatus.REFUNDED:
            return Reopen()
        case _ as unknown:
            assert_never(unknown)


def _changing(sale: Sale, change: ChangeRecord, now: datetime, attempting: str | None) -> Step:
    payment = sale.payment(change.payment_id)
    if payment is None:
        return Swap(change, None)
    match payment.status:
        case PaymentStatus.AUTHORIZED | PaymentStatus.CAPTURED:
            return Swap(change, payment)
        case PaymentStatus.PENDING | PaymentStatus.REQUIRES_ACTION:
            return _awaiting(sale, payment, now, attempting)
        case PaymentStatus.DECLINED | PaymentStatus.VOIDED | PaymentStatus.REFUND_PENDING | PaymentStatus.REFUNDED:
            return DropChange(change, payment)
        case _ as unknown:
            assert_never(unknown)


def _awaiting(sale: Sale, payment: PaymentRecord, now: datetime, attempting: str | None) -> Step:
    if payment.id == attempting and payment.status is PaymentStatus.PENDING:
        return Attempt(payment)
    return Rest(_earliest(now + _LOOK_AGAIN, *_asks(sale)))


def _asks(sale: Sale) -> tuple[datetime | None, ...]:
    return tuple(payment.ask_at for payment in sale.payments)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
