"""Amounts in Stripe's own units."""

from __future__ import annotations

import pytest

from subgraphs.booking.money import Amount
from subgraphs.booking.payments.stripe.amounts import NotPayable, of_stripe, to_stripe


@pytest.mark.parametrize(
    ("amount", "at_stripe"),
    [
        (Amount(1_250, "EUR"), 1_250),
        (Amount(900, "JPY"), 900),
        (Amount(900, "ISK"), 90_000),
        (Amount(4_000, "UGX"), 400_000),
        (Amount(500_000, "MGA"), 5_000),
        (Amount(12_340, "KWD"), 12_340),
    ],
)
def test_an_amount_is_the_same_there_and_back(amount: Amount, at_stripe: int) -> None:
    assert to_stripe(amount) == at_stripe
    assert of_stripe(at_stripe, amount.currency.lower()) == amount


@pytest.mark.parametrize("amount", [Amount(12_345, "KWD"), Amount(501, "MGA")])
def test_a_fraction_that_stripe_does_not_know_is_refused(amount: Amount) -> None:
    with pytest.raises(NotPayable):
        to_stripe(amount)
