"""The inputs of auth's mutations."""

from __future__ import annotations

import strawberry

from subgraphs.auth.schema.role import Role

_PASSWORD = "10 to 128 characters, none of the common ones, not made of name or address."  # noqa: S105 - a description


@strawberry.input(description="A new account.")
class RegisterInput:
    """See `Mutation.register`."""

    email: str = strawberry.field(description="Not used by another account.")
    password: str = strawberry.field(description=_PASSWORD)
    name: str = strawberry.field(description="As the person wants to be called; at most 100 characters.")


@strawberry.input(description="What signs a person in.")
class LoginInput:
    """See `Mutation.login`."""

    email: str = strawberry.field(description="The account's address; upper and lower case are the same.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="What continues a session.")
class RefreshSessionInput:
    """See `Mutation.refreshSession`."""

    refresh_token: str = strawberry.field(description="From the answer before; it works once.")


@strawberry.input(description="A new password by one who knows the current one.")
class ChangePasswordInput:
    """See `Mutation.changePassword`."""

    current_password: str = strawberry.field(description="The password so far.")
    new_password: str = strawberry.field(description=_PASSWORD)


@strawberry.input(description="Whose password is to be reset.")
class RequestPasswordResetInput:
    """See `Mutation.requestPasswordReset`."""

    email: str = strawberry.field(description="The account's address.")


@strawberry.input(description="A new password by one who got the mail.")
class ResetPasswordInput:
    """See `Mutation.resetPassword`."""

    token: str = strawberry.field(description="From the mail; it works once.")
    new_password: str = strawberry.field(description=_PASSWORD)


@strawberry.input(description="What is to change; what is left out, or null, stays.")
class UpdateProfileInput:
    """See `Mutation.updateProfile`."""

    name: str | None = strawberry.field(default=None, description="As the person wants to be called.")
    email: str | None = strawberry.field(default=None, description="A new address; wants the password.")
    password: str | None = strawberry.field(default=None, description="The current password; for a new address.")


@strawberry.input(description="The proof that a new address is read.")
class ConfirmEmailInput:
    """See `Mutation.confirmEmail`."""

    token: str = strawberry.field(description="From the mail to the new address; it works once.")


@strawberry.input(description="The consent to being erased.")
class DeleteAccountInput:
    """See `Mutation.deleteAccount`."""

    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="Who gets which role.")
class GrantRoleInput:
    """See `Mutation.grantRole`."""

    user_id: strawberry.ID = strawberry.field(description="An account, not a guest.")
    role: Role = strawberry.field(description="CUSTOMER, STAFF or ADMIN.")
    cinema_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The cinemas that a STAFF is tied to; none: all of them."
    )
