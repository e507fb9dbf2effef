"""The payloads of auth's mutations."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from subgraphs.auth.schema.user import User
from subgraphs.auth.service.person import Person
from subgraphs.auth.service.session_issuer import SignedIn
from subgraphs.common.graphql_types import UserError

_ERRORS = "Why not, when it was not done; else empty."


@strawberry.type(description="Who is signed in now, and the tokens that say so; null where it was refused.")
class AuthPayload:
    """The answer of whatever signs in."""

    user: User | None = strawberry.field(default=None, description="The person.")
    access_token: str | None = strawberry.field(
        default=None, description="For `Authorization: Bearer …`, a JWT (ES256); valid for minutes."
    )
    access_token_expires_at: datetime | None = strawberry.field(default=None, description="Refresh before then.")
    refresh_token: str | None = strawberry.field(
        default=None, description="For `refreshSession`, once. Keep it secret."
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)

    @classmethod
    def of(cls, signed_in: SignedIn) -> Self:
        """Translate what a service answered."""
        return cls(
            user=User.of(signed_in.person, is_proved=True),
            access_token=signed_in.access_token,
            access_token_expires_at=signed_in.access_token_expires_at,
            refresh_token=signed_in.refresh_token,
        )

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> Self:
        """See `Refusable`."""
        return cls(user_errors=user_errors)


@strawberry.type(description="A person after a change; null where it was refused.")
class UserPayload:
    """The answer of what changes a person."""

    user: User | None = strawberry.field(default=None, description="The person.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)

    @classmethod
    def of(cls, person: Person, *, is_proved: bool = False) -> Self:
        """Translate what a service answered."""
        return cls(user=User.of(person, is_proved=is_proved))

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> Self:
        """See `Refusable`."""
        return cls(user_errors=user_errors)


@strawberry.type
class _Done:
    """What payloads without a thing of their own share; no type of the graph itself."""

    success: bool = strawberry.field(default=False, description="Whether it was done.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description=_ERRORS)

    @classmethod
    def done(cls) -> Self:
        """Build the payload of what was done."""
        return cls(success=True)

    @classmethod
    def refused(cls, user_errors: list[UserError]) -> Self:
        """See `Refusable`."""
        return cls(user_errors=user_errors)


@strawberry.type(description="Whether the session was ended.")
class LogoutPayload(_Done):
    """The answer of `logout`."""


@strawberry.type(description="Whether the password was changed.")
class ChangePasswordPayload(_Done):
    """The answer of `changePassword`."""


@strawberry.type(description="Whether the request was taken; says nothing about the address.")
class RequestPasswordResetPayload(_Done):
    """The answer of `requestPasswordReset`."""


@strawberry.type(description="Whether the account was deleted.")
class DeleteAccountPayload(_Done):
    """The answer of `deleteAccount`."""
