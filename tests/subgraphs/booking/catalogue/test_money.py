"""Amounts in minor units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from subgraphs.booking.money import MINOR_DIGITS, Amount, minor_units


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.50", "EUR", 1250), ("12.5", "EUR", 1250), ("1800", "JPY", 1800), ("3.125", "KWD", 3125)],
)
def test_amounts_become_minor_units_and_back(amount: str, currency: str, minor: int) -> None:
    assert minor_units(Decimal(amount), currency) == minor
    assert Amount(minor, currency).decimal == Decimal(amount)


def test_all_minor_digits_are_shown() -> None:
    assert str(Amount(1200, "EUR").decimal) == "12.00"


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "EUR"), ("0.5", "JPY"), ("1", "EURO"), ("1", "eur")])
def test_fractions_and_unknown_currencies_are_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"currency|decimals"):
        minor_units(Decimal(amount), currency)


def test_currencies_are_iso_4217_codes() -> None:
    assert all(len(code) == 3 and code.isupper() for code in MINOR_DIGITS)
    assert len(MINOR_DIGITS) > 150
