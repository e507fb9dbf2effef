"""The states of bookings, payments, refunds, changes and tickets, and the only arrows between them (invariant I12)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final, TypeVar


class BookingStatus(enum.Enum):
    """Where a booking stands."""

    PENDING_PAYMENT = "PENDING_PAYMENT"
    CONFIRMING = "CONFIRMING"
    CONFIRMED = "CONFIRMED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REFUND_PENDING = "REFUND_PENDING"
    REFUNDED = "REFUNDED"


class PaymentStatus(enum.Enum):
    """Where one attempt to pay stands."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"
    REFUND_PENDING = "REFUND_PENDING"
    REFUNDED = "REFUNDED"


class PaymentPurpose(enum.Enum):
    """What an attempt to pay is for."""

    BOOKING = "BOOKING"
    CHANGE = "CHANGE"


class RefundStatus(enum.Enum):
    """Where a refund stands."""

    PENDING = "PENDING"
    DONE = "DONE"


class ChangeStatus(enum.Enum):
    """Where a change of seats stands."""

    OPEN = "OPEN"
    DONE = "DONE"
    FAILED = "FAILED"


class TicketStatus(enum.Enum):
    """Whether a ticket lets somebody in."""

    VALID = "VALID"
    VOID = "VOID"


_B, _P = BookingStatus, PaymentStatus
BOOKING_ARROWS: Final[Mapping[BookingStatus, frozenset[BookingStatus]]] = {
    # A capture that turns up late, after an attempt was given up, leads through CONFIRMING like any other.
    _B.PENDING_PAYMENT: frozenset({_B.CONFIRMING, _B.CANCELLED, _B.EXPIRED}),
    _B.CONFIRMING: frozenset({_B.CONFIRMED, _B.PENDING_PAYMENT, _B.CANCELLED}),
    _B.CONFIRMED: frozenset({_B.REFUND_PENDING, _B.CANCELLED}),
    _B.EXPIRED: frozenset({_B.CONFIRMED, _B.REFUND_PENDING}),
    _B.REFUND_PENDING: frozenset({_B.REFUNDED}),
    _B.CANCELLED: frozenset(),
    _B.REFUNDED: frozenset(),
}
PAYMENT_ARROWS: Final[Mapping[PaymentStatus, frozenset[PaymentStatus]]] = {
    _P.PENDING: frozenset({_P.REQUIRES_ACTION, _P.AUTHORIZED, _P.CAPTURED, _P.DECLINED, _P.VOIDED}),
    _P.REQUIRES_ACTION: frozenset({_P.AUTHORIZED, _P.CAPTURED, _P.DECLINED, _P.VOIDED}),
    _P.AUTHORIZED: frozenset({_P.CAPTURED, _P.VOIDED}),
    # Money that the provider took although it had refused, or had been told to give up: never overlooked.
    _P.DECLINED: frozenset({_P.CAPTURED}),
    _P.VOIDED: frozenset({_P.CAPTURED}),
    _P.CAPTURED: frozenset({_P.REFUND_PENDING}),
    _P.REFUND_PENDING: frozenset({_P.REFUNDED}),
    _P.REFUNDED: frozenset(),
}
UNRESOLVED: Final = frozenset({_P.PENDING, _P.REQUIRES_ACTION, _P.AUTHORIZED})
"""Payments of which nobody can say yet whether money will move: time frees no seats under them (invariant I13)."""

_ARROWS: Final[frozenset[tuple[enum.Enum, enum.Enum]]] = frozenset(
    [(before, after) for before, afters in BOOKING_ARROWS.items() for after in afters]
) | frozenset([(before, after) for before, afters in PAYMENT_ARROWS.items() for after in afters])
S = TypeVar("S", BookingStatus, PaymentStatus)


class ForbiddenArrow(Exception):
    """A fault in this code: it tried to move a state along an arrow that does not exist."""


def require_arrow(before: S, after: S) -> None:
    """Check that a state may move.

    Raises:
        ForbiddenArrow: there is no such arrow.
    """
    if (before, after) not in _ARROWS:
        raise ForbiddenArrow(f"{before.value} to {after.value}")
