"""The booking subgraph's own errors, beside those of `subgraphs.common.errors`."""

from __future__ import annotations

from datetime import datetime

from subgraphs.booking.money import Amount
from subgraphs.common.errors import DomainError


class HoldExpired(DomainError):
    """The seats are not held any more."""

    code = "HOLD_EXPIRED"

    def __init__(self, expired_at: datetime) -> None:
        super().__init__("The seats are not held for you any more: hold seats again. Nothing was charged.")
        self.expired_at = expired_at


class PaymentDeclined(DomainError):
    """The payment did not come to pass; the seats stay held while their time runs."""

    code = "PAYMENT_DECLINED"

    def __init__(self, decline_code: str) -> None:
        super().__init__(
            "The payment was declined and nothing was charged: try again, or with another payment method.",
            field=["paymentMethod"],
        )
        self.decline_code = decline_code


class PaymentActionRequired(DomainError):
    """The person has to approve the payment at their bank before it goes on."""

    code = "PAYMENT_ACTION_REQUIRED"
    retryable = True

    def __init__(self, *, url: str | None, client_secret: str | None) -> None:
        super().__init__("The payment needs a second step: follow `nextAction`, then the booking goes on by itself.")
        self.url = url
        self.client_secret = client_secret


class PriceChanged(DomainError):
    """The seats cost something else than the client said."""

    code = "PRICE_CHANGED"

    def __init__(self, total: Amount) -> None:
        super().__init__(
            "The price has changed: show the new total, and send it as `expectedTotal` if it is welcome.",
            field=["expectedTotal"],
        )
        self.total = total
