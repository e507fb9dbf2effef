"""Amounts as Stripe counts them: mostly ISO 4217's minor units, with the exceptions that its documentation lists."""

from __future__ import annotations

from typing import Final

from subgraphs.booking.money import Amount

# ISO 4217 gives them no minor unit; Stripe still wants hundredths.
_IN_HUNDREDTHS: Final = frozenset({"ISK", "UGX"})
# The reverse: a minor unit by ISO 4217, none at Stripe.
_WHOLE: Final = frozenset({"MGA"})
_THREE_DIGITS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_HUNDRED: Final = 100
_TEN: Final = 10


class NotPayable(ValueError):
    """Stripe cannot move this amount in this currency."""


def to_stripe(amount: Amount) -> int:
    """Give an amount in Stripe's unit.

    Raises:
        NotPayable: Stripe knows no such fraction of the currency.
    """
    if amount.currency in _IN_HUNDREDTHS:
        return amount.minor * _HUNDRED
    if amount.currency in _WHOLE:
        return _exactly(amount, _HUNDRED) // _HUNDRED
    if amount.currency in _THREE_DIGITS:
        return _exactly(amount, _TEN)
    return amount.minor


def of_stripe(value: int, currency: str) -> Amount:
    """Read an amount in Stripe's unit; `currency` in any case."""
    code = currency.upper()
    if code in _IN_HUNDREDTHS:
        return Amount(value // _HUNDRED, code)
    if code in _WHOLE:
        return Amount(value * _HUNDRED, code)
    return Amount(value, code)


def _exactly(amount: Amount, step: int) -> int:
    if amount.minor % step:
        raise NotPayable(f"{amount.currency} in steps of {step} only")
    return amount.minor
