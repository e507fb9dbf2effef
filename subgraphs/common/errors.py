"""The errors of the subgraphs.

::

    DomainError                     a person or client can act on it: becomes a user error of a mutation's payload
    ├── InvalidInput                a value is refused; `field` is its path in the input
    ├── NotFound                    unknown, malformed, or someone else's: nothing tells the three apart
    ├── NotAllowedNow               right person, wrong moment
    ├── IdempotencyKeyReused        same key, other input
    └── RequestInProgress           same key, first call still running
    AccessError                     a top-level GraphQL error with a code
    ├── Unauthenticated
    ├── Forbidden
    ├── RateLimited
    ├── BadUserInput                a query's argument is refused
    └── ServiceUnavailable          a part that this call needs does not answer; the same call may be tried again
    DatabaseIsNewer                 a later release migrated the database: the process does not start
    DatabaseIsOlder                 the database lacks migrations: the process does not start

Each subgraph's own errors (SeatsUnavailable, PaymentDeclined, …) are further classes of `DomainError` in `errors.py`.
Anything else that is raised is a fault: it is logged with the request id, and the client sees INTERNAL_SERVER_ERROR.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class DomainError(Exception):
    """A refusal that the person or the client can act on.

    Attributes:
        code: one of `ErrorCode` (see `graphql_types`).
        message: what happened and what to do, for a person to read.
        field: path into the mutation's input, without `input` itself; None where it is not one field's fault.
        retryable: whether the same call could succeed later.
    """

    code: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, field: Sequence[str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = tuple(field) if field is not None else None


class InvalidInput(DomainError):
    """A value in the input is refused."""

    code = "INVALID_INPUT"


class NotFound(DomainError):
    """There is no such thing for this caller."""

    code = "NOT_FOUND"


class NotAllowedNow(DomainError):
    """The thing's state forbids it."""

    code = "NOT_ALLOWED_NOW"


class IdempotencyKeyReused(DomainError):
    """The key was used with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self) -> None:
        super().__init__(
            "This idempotency key was used with another input: send a new key for a new request.",
            field=["idempotencyKey"],
        )


class RequestInProgress(DomainError):
    """The first call with this key has not ended yet."""

    code = "REQUEST_IN_PROGRESS"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The first request with this idempotency key is still running: send the same again shortly.")


class AccessError(Exception):
    """A top-level GraphQL error whose message and code reach the client."""

    code: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(AccessError):
    """No valid token came with the request."""

    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "Sign in first: this needs a valid access token.") -> None:
        super().__init__(message)


class Forbidden(AccessError):
    """The caller's role does not allow it."""

    code = "FORBIDDEN"

    def __init__(self, message: str = "Your role does not allow this.") -> None:
        super().__init__(message)


class RateLimited(AccessError):
    """Too many requests of this kind from this caller."""

    code = "RATE_LIMITED"


class BadUserInput(AccessError):
    """A query's argument is refused."""

    code = "BAD_USER_INPUT"


class ServiceUnavailable(AccessError):
    """A part that this call needs does not answer."""

    code = "SERVICE_UNAVAILABLE"

    def __init__(self, message: str = "A part of the system does not answer at the moment: try again shortly.") -> None:
        super().__init__(message)


class DatabaseIsNewer(Exception):
    """The database was migrated by a later release than this one."""


class DatabaseIsOlder(Exception):
    """The database lacks migrations that this release needs."""
