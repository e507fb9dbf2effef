"""Auth's mutations: who may call is decided first, then the services decide the rest."""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from subgraphs.auth.context import AuthContext
from subgraphs.auth.schema.inputs import (
    ChangePasswordInput,
    ConfirmEmailInput,
    DeleteAccountInput,
    GrantRoleInput,
    LoginInput,
    RefreshSessionInput,
    RegisterInput,
    RequestPasswordResetInput,
    ResetPasswordInput,
    UpdateProfileInput,
)
from subgraphs.auth.schema.payloads import (
    AuthPayload,
    ChangePasswordPayload,
    DeleteAccountPayload,
    LogoutPayload,
    RequestPasswordResetPayload,
    UserPayload,
)
from subgraphs.auth.service.credentials import require_account
from subgraphs.common.identity import require_admin, require_person
from subgraphs.common.payloads import Refusals

AuthInfo = Info[AuthContext, None]


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """Auth's fields of the root."""

    @strawberry.mutation(
        extensions=[Refusals(AuthPayload)],
        description="Make an account and sign in. With a guest's token it carries the guest's holds and bookings over.",
    )
    async def register(self, info: AuthInfo, input: RegisterInput) -> AuthPayload:
        caller = info.context.caller
        signed_in = await info.context.services.registration.register(
            input.email, input.password, input.name, guest=caller.principal_if_valid, address=caller.address
        )
        return AuthPayload.of(signed_in)

    @strawberry.mutation(
        extensions=[Refusals(AuthPayload)],
        description="Sign in. With a guest's token it carries the guest's holds and bookings over.",
    )
    async def login(self, info: AuthInfo, input: LoginInput) -> AuthPayload:
        caller = info.context.caller
        signed_in = await info.context.services.sessions.login(
            input.email, input.password, guest=caller.principal_if_valid, address=caller.address
        )
        return AuthPayload.of(signed_in)

    @strawberry.mutation(
        extensions=[Refusals(AuthPayload)],
        description="Continue a session: gives new tokens. A refresh token that is sent twice ends its session.",
    )
    async def refresh_session(self, info: AuthInfo, input: RefreshSessionInput) -> AuthPayload:
        return AuthPayload.of(await info.context.services.sessions.refresh(input.refresh_token))

    @strawberry.mutation(
        extensions=[Refusals(LogoutPayload)],
        description="End this session. Its access token stays valid for the minutes that are left of it.",
    )
    async def logout(self, info: AuthInfo) -> LogoutPayload:
        await info.context.services.sessions.logout(require_person(info.context.caller.principal))
        return LogoutPayload.done()

    @strawberry.mutation(
        extensions=[Refusals(AuthPayload)],
        description="Become a guest: may hold and book, has no password. At a limited rate per address.",
    )
    async def create_guest_session(self, info: AuthInfo) -> AuthPayload:
        return AuthPayload.of(await info.context.services.sessions.create_guest(address=info.context.caller.address))

    @strawberry.mutation(
        extensions=[Refusals(ChangePasswordPayload)],
        description="Change the password. All other sessions of the person end.",
    )
    async def change_password(self, info: AuthInfo, input: ChangePasswordInput) -> ChangePasswordPayload:
        caller = info.context.caller
        await info.context.services.recovery.change_password(
            require_account(caller.principal), input.current_password, input.new_password, address=caller.address
        )
        return ChangePasswordPayload.done()

    @strawberry.mutation(
        extensions=[Refusals(RequestPasswordResetPayload)],
        description="Have a mail with a reset token sent, if the address has an account. The answer does not tell.",
    )
    async def request_password_reset(
        self, info: AuthInfo, input: RequestPasswordResetInput
    ) -> RequestPasswordResetPayload:
        await info.context.services.recovery.request_reset(input.email, address=info.context.caller.address)
        return RequestPasswordResetPayload.done()

    @strawberry.mutation(
        extensions=[Refusals(AuthPayload)],
        description="Set a new password with the token from the mail, and sign in. All sessions so far end.",
    )
    async def reset_password(self, info: AuthInfo, input: ResetPasswordInput) -> AuthPayload:
        return AuthPayload.of(await info.context.services.recovery.reset(input.token, input.new_password))

    @strawberry.mutation(
        extensions=[Refusals(UserPayload)],
        description="Change one's name, or ask for a new address: it counts once confirmed by the mail sent there.",
    )
    async def update_profile(self, info: AuthInfo, input: UpdateProfileInput) -> UserPayload:
        caller = info.context.caller
        person = await info.context.services.profiles.update(
            require_account(caller.principal),
            name=input.name,
            email=input.email,
            password=input.password,
            address=caller.address,
        )
        return UserPayload.of(person)

    @strawberry.mutation(
        extensions=[Refusals(UserPayload)],
        description="Confirm a new address with the token from the mail sent there; needs no session.",
    )
    async def confirm_email(self, info: AuthInfo, input: ConfirmEmailInput) -> UserPayload:
        return UserPayload.of(await info.context.services.profiles.confirm_email(input.token), is_proved=True)

    @strawberry.mutation(
        extensions=[Refusals(DeleteAccountPayload)],
        description="Erase the person. Bookings stay, for the books, without a name.",
    )
    async def delete_account(self, info: AuthInfo, input: DeleteAccountInput) -> DeleteAccountPayload:
        caller = info.context.caller
        await info.context.services.membership.delete(
            require_account(caller.principal), input.password, address=caller.address
        )
        return DeleteAccountPayload.done()

    @strawberry.mutation(
        extensions=[Refusals(UserPayload)],
        description="For admins: give an account a role. It counts from the person's next refresh on.",
    )
    async def grant_role(self, info: AuthInfo, input: GrantRoleInput) -> UserPayload:
        admin = require_admin(info.context.caller.principal)
        person = await info.context.services.membership.grant(admin, input.user_id, input.role, input.cinema_ids or [])
        return UserPayload.of(person)
