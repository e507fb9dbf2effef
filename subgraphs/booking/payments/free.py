"""The provider of payments over nothing: seats that cost 0 are confirmed by the same steps, without a card."""

from __future__ import annotations

from collections.abc import Mapping

from subgraphs.booking.money import Amount
from subgraphs.booking.payments.provider import (
    ForgedWebhook,
    PaymentOrder,
    ProviderEvent,
    ProviderPayment,
    ProviderRefused,
    ProviderStatus,
)


class FreeProvider:
    """Authorizes and captures amounts of 0, without state."""

    name = "free"

    async def authorize(self, order: PaymentOrder) -> ProviderPayment:
        if order.amount.minor != 0:
            raise ProviderRefused("amount_not_zero")
        return self._payment(order.payment_id, ProviderStatus.AUTHORIZED, order.amount.currency)

    async def capture(self, payment_id: str, reference: str) -> ProviderPayment:
        return self._payment(payment_id, ProviderStatus.CAPTURED, _currency(reference))

    async def void(self, payment_id: str, reference: str) -> ProviderPayment:
        return self._payment(payment_id, ProviderStatus.VOIDED, _currency(reference))

    async def refund(self, refund_id: str, reference: str, amount: Amount) -> str:  # noqa: ARG002 - the Protocol's
        raise ProviderRefused("nothing_to_refund")

    async def look_up(self, payment_id: str, reference: str | None) -> ProviderPayment | None:
        if reference is None:
            return None
        return self._payment(payment_id, ProviderStatus.AUTHORIZED, _currency(reference))

    async def close(self) -> None:
        """Nothing is open."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:  # noqa: ARG002 - the Protocol's
        raise ForgedWebhook("nothing is sent by this provider")

    def _payment(self, payment_id: str, status: ProviderStatus, currency: str) -> ProviderPayment:
        return ProviderPayment(f"free_{currency}_{payment_id[-32:]}", status, Amount(0, currency))


def _currency(reference: str) -> str:
    return reference.split("_")[1]
