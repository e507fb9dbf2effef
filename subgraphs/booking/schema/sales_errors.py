"""The user errors of sales, with their data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from subgraphs.booking import errors
from subgraphs.booking.schema.programme import money_of
from subgraphs.booking.schema.sales_types import PaymentAction
from subgraphs.common.errors import DomainError
from subgraphs.common.graphql_types import ErrorCode, Money, UserError, user_error_of


@strawberry.federation.type(shareable=True, description="The seats are not held any more.")
class HoldExpiredError(UserError):
    """See `errors.HoldExpired`."""

    expired_at: datetime = strawberry.field(description="Since when.")


@strawberry.type(description="The payment was declined; the seats stay held while their time runs.")
class PaymentDeclinedError(UserError):
    """See `errors.PaymentDeclined`."""

    decline_code: str = strawberry.field(description="Why, in the provider's words, like insufficient_funds.")


@strawberry.type(description="The payment waits for a second step of the person.")
class PaymentActionRequiredError(UserError):
    """See `errors.PaymentActionRequired`."""

    next_action: PaymentAction = strawberry.field(description="What to do.")


@strawberry.type(description="The seats cost something else than the client said.")
class PriceChangedError(UserError):
    """See `errors.PriceChanged`."""

    total: Money = strawberry.field(description="What they cost now.")


SALES_ERRORS = (HoldExpiredError, PaymentDeclinedError, PaymentActionRequiredError, PriceChangedError)


@user_error_of.register
def _(error: errors.HoldExpired) -> UserError:
    return HoldExpiredError(**_base(error), expired_at=error.expired_at)


@user_error_of.register
def _(error: errors.PaymentDeclined) -> UserError:
    return PaymentDeclinedError(**_base(error), decline_code=error.decline_code)


@user_error_of.register
def _(error: errors.PaymentActionRequired) -> UserError:
    action = PaymentAction(url=error.url, client_secret=error.client_secret)
    return PaymentActionRequiredError(**_base(error), next_action=action)


@user_error_of.register
def _(error: errors.PriceChanged) -> UserError:
    return PriceChangedError(**_base(error), total=money_of(error.total))


def _base(error: DomainError) -> dict[str, Any]:
    return {
        "code": ErrorCode(error.code),
        "message": error.message,
        "field": list(error.field) if error.field is not None else None,
        "retryable": error.retryable,
    }
