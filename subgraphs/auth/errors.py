"""Refusals of the auth subgraph, beside those in `subgraphs.common.errors`."""

from __future__ import annotations

from collections.abc import Sequence

from subgraphs.common.errors import DomainError


class InvalidCredentials(DomainError):
    """Email and password do not belong together, or a token has expired, was used, or never was."""

    code = "INVALID_CREDENTIALS"

    def __init__(self, message: str = "Email or password is wrong.", *, field: Sequence[str] | None = None) -> None:
        super().__init__(message, field=field)


class EmailTaken(DomainError):
    """Another account has this address."""

    code = "EMAIL_TAKEN"

    def __init__(self) -> None:
        super().__init__(
            "An account with this email address exists: sign in, or ask for a password reset.", field=["email"]
        )


class KeySecretChanged(Exception):
    """The stored signing keys cannot be decrypted with the configured secret."""
