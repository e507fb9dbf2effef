"""GraphQL types that several subgraphs share: money, paging, user errors."""

from __future__ import annotations

import enum
from decimal import Decimal
from functools import singledispatch

import strawberry

from subgraphs.common import errors


@strawberry.federation.type(shareable=True, description="An amount of money.")
class Money:
    """An amount in a currency."""

    amount: Decimal = strawberry.field(description="In the currency's major unit, with its minor digits.")
    currency: str = strawberry.field(description="ISO 4217, like EUR.")


@strawberry.federation.type(shareable=True, description="Where a page lies in its connection (Relay).")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="Whether more follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether the page was asked for after a cursor.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor; null for an empty page.")
    end_cursor: str | None = strawberry.field(
        description="The last edge's cursor: give it as `after` for the next page."
    )


@strawberry.enum(description="What a user error is about. More values may come.")
class ErrorCode(enum.Enum):
    """The stable codes of user errors."""

    SEATS_UNAVAILABLE = "SEATS_UNAVAILABLE"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    HOLD_LIMIT = "HOLD_LIMIT"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    PAYMENT_ACTION_REQUIRED = "PAYMENT_ACTION_REQUIRED"
    PRICE_CHANGED = "PRICE_CHANGED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    REQUEST_IN_PROGRESS = "REQUEST_IN_PROGRESS"
    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    EMAIL_TAKEN = "EMAIL_TAKEN"
    NOT_ALLOWED_NOW = "NOT_ALLOWED_NOW"


@strawberry.interface(description="Something that the person or the client can act on.")
class UserError:
    """The fields that every user error has. Subgraphs implement it with data of their own."""

    code: ErrorCode = strawberry.field(description="What it is about, for a program to read.")
    message: str = strawberry.field(description="What happened and what to do, for a person to read.")
    field: list[str] | None = strawberry.field(
        description="Path into the input; null where it is not one field's fault."
    )
    retryable: bool = strawberry.field(description="Whether the same call, later, would have a chance.")


@strawberry.federation.type(shareable=True, description="A value in the input is refused.")
class InvalidInputError(UserError):
    """See `errors.InvalidInput`."""


@strawberry.federation.type(shareable=True, description="Unknown, malformed, or someone else's: nothing tells which.")
class NotFoundError(UserError):
    """See `errors.NotFound`."""


@strawberry.federation.type(shareable=True, description="Its state forbids this at the moment.")
class NotAllowedNowError(UserError):
    """See `errors.NotAllowedNow`."""


@strawberry.federation.type(shareable=True, description="The idempotency key was used with another input.")
class IdempotencyKeyReusedError(UserError):
    """See `errors.IdempotencyKeyReused`."""


@strawberry.federation.type(shareable=True, description="The first call with this key is still running.")
class RequestInProgressError(UserError):
    """See `errors.RequestInProgress`."""


SHARED_USER_ERRORS: tuple[type[UserError], ...] = (
    InvalidInputError,
    NotFoundError,
    NotAllowedNowError,
    IdempotencyKeyReusedError,
    RequestInProgressError,
)
_TYPES: dict[type[errors.DomainError], type[UserError]] = {
    errors.InvalidInput: InvalidInputError,
    errors.NotFound: NotFoundError,
    errors.NotAllowedNow: NotAllowedNowError,
    errors.IdempotencyKeyReused: IdempotencyKeyReusedError,
    errors.RequestInProgress: RequestInProgressError,
}


@singledispatch
def user_error_of(error: errors.DomainError) -> UserError:
    """Translate a domain error. A subgraph registers what has data of its own: `@user_error_of.register`."""
    return plain_user_error(_TYPES[type(error)], error)


def plain_user_error(graphql_type: type[UserError], error: errors.DomainError) -> UserError:
    """Fill a user error that has no further data."""
    return graphql_type(
        code=ErrorCode(error.code),
        message=error.message,
        field=list(error.field) if error.field is not None else None,
        retryable=error.retryable,
    )
