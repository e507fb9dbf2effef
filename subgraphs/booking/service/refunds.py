"""Deciding refunds over several payments of one booking: the price and what changes of seats cost more."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.booking.models.states import PaymentStatus
from subgraphs.booking.repository.ledger import Ledger
from subgraphs.booking.repository.sale_records import PaymentRecord, RefundRecord

Outcome = tuple[tuple[PaymentRecord, ...], tuple[RefundRecord, ...]]


async def refund_all(ledger: Ledger, payments: Sequence[PaymentRecord], *, reason: str) -> Outcome:
    """Decide to pay back all captured money that is left."""
    left = sum(_left(payment) for payment in payments)
    return await refund_part(ledger, payments, left, reason=reason)


async def refund_part(ledger: Ledger, payments: Sequence[PaymentRecord], amount_minor: int, *, reason: str) -> Outcome:
    """Decide to pay back an amount, from the newest payments first.

    Returns:
        All payments as they are afterwards, and the new refunds.

    Raises:
        ValueError: more than what is left of the captures.
    """
    after = {payment.id: payment for payment in payments}
    refunds: list[RefundRecord] = []
    wanted = amount_minor
    for payment in reversed(payments):
        part = min(wanted, _left(payment))
        if part > 0:
            after[payment.id], refund = await ledger.add_refund(payment, part, reason=reason)
            refunds.append(refund)
            wanted -= part
    if wanted:
        raise ValueError(f"{wanted} more than what was captured is to be paid back")
    return tuple(after.values()), tuple(refunds)


def _left(payment: PaymentRecord) -> int:
    """What of a payment that seats were given for is still with us."""
    if payment.status is not PaymentStatus.CAPTURED or payment.settled_at is None:
        return 0
    return payment.captured_minor - payment.refunding_minor
