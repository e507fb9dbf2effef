"""Auth's user errors."""

from __future__ import annotations

import strawberry

from subgraphs.auth.errors import EmailTaken, InvalidCredentials
from subgraphs.common.graphql_types import UserError, plain_user_error, user_error_of


@strawberry.type(description="Email and password, or a token, do not open anything.")
class InvalidCredentialsError(UserError):
    """See `errors.InvalidCredentials`."""


@strawberry.type(description="Another account has this email address.")
class EmailTakenError(UserError):
    """See `errors.EmailTaken`."""


@user_error_of.register
def _invalid_credentials(error: InvalidCredentials) -> UserError:
    return plain_user_error(InvalidCredentialsError, error)


@user_error_of.register
def _email_taken(error: EmailTaken) -> UserError:
    return plain_user_error(EmailTakenError, error)
