"""Stripe as a payment provider.

Card data never comes here: clients make a payment method with Stripe and hand over its token. One PaymentIntent is one
attempt to pay; it carries our payment's id in its metadata, by which webhooks and reconciliation find it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import stripe

from subgraphs.booking.money import Amount
from subgraphs.booking.payments.provider import (
    ForgedWebhook,
    NextAction,
    PaymentOrder,
    ProviderEvent,
    ProviderPayment,
    ProviderRefused,
    ProviderStatus,
    ProviderUnavailable,
)
from subgraphs.booking.payments.stripe.amounts import NotPayable, of_stripe, to_stripe

SIGNATURE_HEADER: Final = "stripe-signature"
_TIMEOUT_SECONDS: Final = 10.0
_LONGEST_ID: Final = 80
_PAYMENT_ID: Final = "payment_id"
_STATUS: Final = {
    "processing": ProviderStatus.PROCESSING,
    "requires_action": ProviderStatus.REQUIRES_ACTION,
    "requires_confirmation": ProviderStatus.PROCESSING,
    "requires_capture": ProviderStatus.AUTHORIZED,
    "succeeded": ProviderStatus.CAPTURED,
    # After a refused confirmation the intent waits for another method; ours is one attempt, and over.
    "requires_payment_method": ProviderStatus.DECLINED,
    "canceled": ProviderStatus.VOIDED,
}
_TOO_LATE: Final = "payment_intent_unexpected_state"
_REFUNDED: Final = frozenset({"succeeded", "pending", "requires_action"})


class StripeProvider:
    """Implements `PaymentProvider`.

    Args:
        secret_key: `sk_…` or a restricted key `rk_…`.
        webhook_secret: `whsec_…` of the endpoint `/webhooks/stripe`.
        return_url: where a person comes back to after the second step of a payment.
        api_url: Stripe's, or another server that speaks its API.
        timeout_seconds: for one call; what it had for an effect is then unknown.
    """

    name = "stripe"

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        return_url: str,
        api_url: str = "https://api.stripe.com",
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        # Its client on httpx uses what httpx has deprecated; aiohttp is here for the router anyway.
        self._connections = stripe.AIOHTTPClient(timeout=timeout_seconds)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_url},
            # The saga repeats calls by itself, with the same idempotency keys, and knows when that is of use.
            max_network_retries=0,
            http_client=self._connections,
        )
        self._webhook_secret = webhook_secret
        self._return_url = return_url

    async def authorize(self, order: PaymentOrder) -> ProviderPayment:
        intents = self._client.v1.payment_intents
        try:
            async with _translated():
                intent = await intents.create_async(
                    {
                        "amount": to_stripe(order.amount),
                        "currency": order.amount.currency.lower(),
                        "payment_method": order.method,
                        "allowed_payment_method_types": ["card"],
                        "capture_method": "manual",
                        "confirm": True,
                        "return_url": self._return_url,
                        "description": f"Booking {order.description}",
                        "metadata": {_PAYMENT_ID: order.payment_id},
                    },
                    {"idempotency_key": order.payment_id},
                )
                return _seen(intent)
        except NotPayable as error:
            raise ProviderRefused("amount_not_payable") from error
        except _Declined as declined:
            return ProviderPayment(
                declined.reference, ProviderStatus.DECLINED, order.amount, decline_code=declined.decline_code
            )

    async def capture(self, payment_id: str, reference: str) -> ProviderPayment:
        try:
            async with _translated():
                return _seen(
                    await self._client.v1.payment_intents.capture_async(
                        reference, {}, {"idempotency_key": f"{payment_id}:capture"}
                    )
                )
        except _Declined as declined:
            raise ProviderRefused(declined.decline_code) from declined

    async def void(self, payment_id: str, reference: str) -> ProviderPayment:
        intents = self._client.v1.payment_intents
        try:
            async with _translated():
                return _seen(await intents.cancel_async(reference, {}, {"idempotency_key": f"{payment_id}:void"}))
        except ProviderRefused as error:
            if error.code != _TOO_LATE:
                raise
        async with _translated():
            return _seen(await intents.retrieve_async(reference))

    async def refund(self, refund_id: str, reference: str, amount: Amount) -> str:
        async with _translated():
            refund = await self._client.v1.refunds.create_async(
                {"payment_intent": reference, "amount": to_stripe(amount), "metadata": {"refund_id": refund_id}},
                {"idempotency_key": refund_id},
            )
        if refund.status not in _REFUNDED:
            raise ProviderRefused(getattr(refund, "failure_reason", None) or "refund_failed")
        return refund.id

    async def look_up(self, payment_id: str, reference: str | None) -> ProviderPayment | None:
        intents = self._client.v1.payment_intents
        async with _translated():
            if reference is not None:
                return _seen(await intents.retrieve_async(reference))
            # Stripe's search lags by up to a minute: whoever gives a payment up asks again later.
            found = await intents.search_async({"query": f"metadata['{_PAYMENT_ID}']:'{payment_id}'", "limit": 1})
        return _seen(found.data[0]) if found.data else None

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        try:
            event = stripe.Webhook.construct_event(body, headers.get(SIGNATURE_HEADER, ""), self._webhook_secret)
        except stripe.SignatureVerificationError as error:
            raise ForgedWebhook("the signature is not Stripe's, or too old") from error
        except AttributeError as error:
            # The package takes it for granted that signed JSON is an object.
            raise ValueError("not an event") from error
        content: dict[str, Any] = event.to_dict()
        event_id, kind = content.get("id"), content.get("type")
        if not _is_short_text(event_id) or not _is_short_text(kind):
            raise ValueError("not an event")
        about = content.get("data", {}).get("object")
        about = about if isinstance(about, dict) else {}
        metadata = about.get("metadata")
        payment_id = metadata.get(_PAYMENT_ID) if isinstance(metadata, dict) else None
        is_intent = about.get("object") == "payment_intent"
        return ProviderEvent(
            str(event_id),
            str(kind),
            payment_id if _is_short_text(payment_id) else None,
            _STATUS.get(str(about.get("status"))) if is_intent else None,
        )

    async def close(self) -> None:
        await self._connections.close_async()  # type: ignore[no-untyped-call]  # the package's own gap


class _Declined(Exception):
    """The card was refused: an answer, not a fault."""

    def __init__(self, reference: str, decline_code: str) -> None:
        super().__init__(decline_code)
        self.reference = reference
        self.decline_code = decline_code


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Turn the package's errors into the Protocol's; a test walks all of them."""
    try:
        yield
    except stripe.CardError as error:
        intent = getattr(error.error, "payment_intent", None)
        code = getattr(error.error, "decline_code", None) or error.code or "card_declined"
        if intent is None:
            raise ProviderRefused(code) from error
        raise _Declined(intent["id"], code) from error
    except stripe.IdempotencyError as error:
        raise ProviderRefused("idempotency_key_in_use") from error
    except stripe.InvalidRequestError as error:
        # 409: the same call is under way there at this moment.
        if error.http_status == 409:  # noqa: PLR2004 - HTTP's own number
            raise ProviderUnavailable("Stripe is busy with this very call") from error
        raise ProviderRefused(error.code or "invalid_request") from error
    except stripe.StripeError as error:
        # No answer, a fault there, too many calls, or a key that does not fit: nobody knows, or somebody mends it.
        raise ProviderUnavailable(f"Stripe: {type(error).__name__} {error.http_status or ''}".rstrip()) from error
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        if isinstance(error, NotPayable):
            raise
        raise ProviderUnavailable("Stripe answered what is not a payment") from error


def _seen(intent: stripe.PaymentIntent) -> ProviderPayment:
    status = _STATUS[intent.status]
    amount = of_stripe(intent.amount, intent.currency)
    if status is ProviderStatus.CAPTURED and intent.amount_received != intent.amount:
        # Captured in part, by somebody at Stripe's own page: an amount that does not match is a matter for people.
        amount = of_stripe(intent.amount_received, intent.currency)
    failure = getattr(intent, "last_payment_error", None)
    declined = status is ProviderStatus.DECLINED
    return ProviderPayment(
        reference=intent.id,
        status=status,
        amount=amount,
        decline_code=_decline_code(failure) if declined else None,
        next_action=_next_action(intent) if status is ProviderStatus.REQUIRES_ACTION else None,
    )


def _decline_code(failure: Any) -> str:
    return getattr(failure, "decline_code", None) or getattr(failure, "code", None) or "card_declined"


def _next_action(intent: stripe.PaymentIntent) -> NextAction:
    redirect = getattr(intent.next_action, "redirect_to_url", None)
    return NextAction(getattr(redirect, "url", None), intent.client_secret)


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID
