"""Money: whole minor units inside (cents), decimals outside; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# ISO 4217, the currencies in use, by the number of digits of their minor unit.
_NO_DIGITS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS: Final = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DIGITS: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW "
    "ZWG "
)
MINOR_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(_NO_DIGITS.split(), 0),
    **dict.fromkeys(_TWO_DIGITS.split(), 2),
    **dict.fromkeys(_THREE_DIGITS.split(), 3),
}
"""Digits of the minor unit by currency."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in a currency's minor unit."""

    minor: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        """The amount in the major unit, with all minor digits: 1250 EUR cents are 12.50."""
        return Decimal(self.minor).scaleb(-MINOR_DIGITS[self.currency])


def minor_units(amount: Decimal, currency: str) -> int:
    """Convert an amount to whole minor units.

    Raises:
        ValueError: the currency is unknown, or the amount has more decimals than the currency.
    """
    if currency not in MINOR_DIGITS:
        raise ValueError("unknown currency")
    scaled = amount.scaleb(MINOR_DIGITS[currency])
    if scaled != scaled.to_integral_value():
        raise ValueError("more decimals than the currency has")
    return int(scaled)
