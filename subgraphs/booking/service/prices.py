"""What seats of a showtime cost, as staff say it: checked and turned into minor units."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from subgraphs.booking.models import SeatCategory
from subgraphs.booking.money import MINOR_DIGITS, minor_units
from subgraphs.common.errors import InvalidInput

_HIGHEST_PRICE: Final = Decimal(100_000_000)


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What a seat of a category shall cost."""

    category: SeatCategory
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """Checked prices: minor units by category's name, in one currency."""

    currency: str
    minor: dict[str, int]


def checked_prices(prices: Sequence[NewPrice]) -> PriceList:
    """Check prices among themselves.

    Raises:
        InvalidInput: none, a category twice, several currencies or an unknown one, an amount that is not positive, is
            huge, or has more decimals than the currency.
    """
    if not prices:
        raise InvalidInput("Send a price for each category of seats in the room.", field=["prices"])
    minor: dict[str, int] = {}
    for position, price in enumerate(prices):
        field = ["prices", str(position)]
        if price.category.name in minor:
            raise InvalidInput(f"{price.category.name} has two prices: send one.", field=[*field, "category"])
        if price.currency not in MINOR_DIGITS:
            raise InvalidInput("Send an ISO 4217 currency, like EUR.", field=[*field, "currency"])
        if price.currency != prices[0].currency:
            raise InvalidInput("All prices of a showtime have one currency.", field=[*field, "currency"])
        minor[price.category.name] = _checked_amount(price, field=[*field, "amount"])
    return PriceList(prices[0].currency, minor)


def _checked_amount(price: NewPrice, *, field: Sequence[str]) -> int:
    if not 0 < price.amount <= _HIGHEST_PRICE:
        raise InvalidInput(f"A price is above 0 and at most {_HIGHEST_PRICE}.", field=field)
    try:
        return minor_units(price.amount, price.currency)
    except ValueError as error:
        digits = MINOR_DIGITS[price.currency]
        raise InvalidInput(f"{price.currency} has {digits} decimals.", field=field) from error


def require_categories(prices: PriceList, categories: Collection[SeatCategory]) -> None:
    """Check that prices are given for just the categories of a room.

    Raises:
        InvalidInput: one lacks, or the room has no such seats.
    """
    wanted = {category.name for category in categories}
    if missing := sorted(wanted - prices.minor.keys()):
        raise InvalidInput(f"The room also has seats of {', '.join(missing)}: send prices.", field=["prices"])
    if foreign := sorted(prices.minor.keys() - wanted):
        raise InvalidInput(f"The room has no seats of {', '.join(foreign)}.", field=["prices"])
