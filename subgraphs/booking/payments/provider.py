"""What a payment provider does for us, whoever it is.

Every call may be repeated: our own ids of payments and refunds are the idempotency keys. No call is ever made inside a
database transaction.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from subgraphs.booking.money import Amount


class ProviderStatus(enum.Enum):
    """Where a payment stands, as the provider says."""

    PROCESSING = "PROCESSING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What is to be authorized.

    Attributes:
        payment_id: our id, the idempotency key.
        amount: what to reserve.
        method: the provider's token for how the person pays.
        description: what the person reads on the statement: the booking's reference.
    """

    payment_id: str
    amount: Amount
    method: str
    description: str


@dataclass(frozen=True, slots=True)
class NextAction:
    """What the person has to do before the payment goes on."""

    url: str | None
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment as the provider sees it."""

    reference: str
    status: ProviderStatus
    amount: Amount
    decline_code: str | None = None
    next_action: NextAction | None = None


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """What a webhook told. It only says where to look: the truth is asked for.

    Attributes:
        event_id: the provider's id of the event; the same event may come again.
        kind: the provider's name of what happened.
        payment_id: our id of the payment it is about; None when it names none.
        status: where the payment stood then, as far as it says.
    """

    event_id: str
    kind: str
    payment_id: str | None
    status: ProviderStatus | None = None


class ProviderError(Exception):
    """Something went wrong at a provider."""


class ProviderUnavailable(ProviderError):
    """No answer. Whether the call had an effect is unknown: ask, or repeat it."""


class ProviderRefused(ProviderError):
    """Understood and refused: nothing happened there, and a repetition would be refused as well."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ForgedWebhook(ProviderError):
    """The signature is not the provider's, or too old."""


class PaymentProvider(Protocol):
    """A provider of payments whose capture is separate from the authorization.

    Every method raises ProviderUnavailable and ProviderRefused, but `read_webhook`.
    """

    @property
    def name(self) -> str:
        """The name under which payments remember it."""
        ...

    async def authorize(self, order: PaymentOrder) -> ProviderPayment:
        """Reserve the money; the same order again gives the same payment."""
        ...

    async def capture(self, payment_id: str, reference: str) -> ProviderPayment:
        """Take the reserved money, once however often it is called."""
        ...

    async def void(self, payment_id: str, reference: str) -> ProviderPayment:
        """Give the reserved money back. Gives the payment as it stands then: captured when it was too late to void."""
        ...

    async def refund(self, refund_id: str, reference: str, amount: Amount) -> str:
        """Pay back a part or all of what was captured; gives the provider's reference of the refund."""
        ...

    async def look_up(self, payment_id: str, reference: str | None) -> ProviderPayment | None:
        """Tell what became of a payment; None when the provider never got the order."""
        ...

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """Verify and read a webhook (names of headers in lower case).

        Raises:
            ForgedWebhook: it is not the provider's.
            ValueError: signed, but not an event.
        """
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...
