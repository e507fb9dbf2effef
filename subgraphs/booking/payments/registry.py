"""The providers that this system knows, and which one takes a payment."""

from __future__ import annotations

from collections.abc import Mapping

from subgraphs.booking.money import Amount
from subgraphs.booking.payments.free import FreeProvider
from subgraphs.booking.payments.provider import PaymentProvider


class Providers:
    """Finds a provider by name. `default` takes new payments; amounts of 0 need none."""

    def __init__(self, default: PaymentProvider, *others: PaymentProvider) -> None:
        self._default = default
        free = FreeProvider()
        self._free: PaymentProvider = free
        self._by_name: Mapping[str, PaymentProvider] = {one.name: one for one in (free, *others, default)}

    def for_amount(self, amount: Amount) -> PaymentProvider:
        """Give the provider for a new payment."""
        return self._default if amount.minor else self._free

    def named(self, name: str) -> PaymentProvider | None:
        """Give the provider with a name, None when there is none (a webhook's address may say anything)."""
        return self._by_name.get(name)

    def of(self, name: str) -> PaymentProvider:
        """Give the provider that a payment remembers.

        Raises:
            KeyError: this release was configured without it.
        """
        return self._by_name[name]

    async def close(self) -> None:
        """Close the connections of all of them."""
        for provider in self._by_name.values():
            await provider.close()
