"""New passwords: by those who know the old one, and by those who read the account's mailbox."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.auth.errors import InvalidCredentials
from subgraphs.auth.models import MailTokenPurpose, User
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.mail_tokens import MailTokenRepository
from subgraphs.auth.repository.sessions import SessionRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.credentials import Credentials
from subgraphs.auth.service.email_address import EmailAddress
from subgraphs.auth.service.letters import Notice
from subgraphs.auth.service.mails import Mails
from subgraphs.auth.service.password_hasher import PasswordHasher
from subgraphs.auth.service.password_policy import acceptable_password
from subgraphs.auth.service.secret_tokens import hash_of
from subgraphs.auth.service.session_issuer import OpenSession, SessionIssuer, SignedIn
from subgraphs.auth.service.throttle import Limits, Throttle
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.identity import Principal


class Recovery:
    """Changes and resets passwords; either ends all other sessions."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        hasher: PasswordHasher,
        *,
        issuer: SessionIssuer,
        mails: Mails,
        throttle: Throttle,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._hasher = hasher
        self._issuer = issuer
        self._mails = mails
        self._throttle = throttle
        self._limits = limits
        self._clock = clock

    async def change_password(self, principal: Principal, current: str, new: str, *, address: str) -> None:
        """Put a new password in the current one's place and end the person's other sessions.

        Raises:
            InvalidInput: the new password is refused.
            InvalidCredentials: the current one is wrong.
            RateLimited: too many wrong ones.
        """
        user, taken = await self._credentials.confirm(principal, current, address=address, field=["currentPassword"])
        chosen = _acceptable(new, user)
        password_hash = await self._hasher.hash(chosen)
        async with self._database.write() as session:
            await self._throttle.give_back(session, taken)
            if not await UserRepository(session).set_password(user.id, password_hash, instead_of=user.password_hash):
                raise InvalidCredentials("This is not your current password.", field=["currentPassword"])
            await self._after_change(session, user, but=principal.session_id)
        self._mails.wake()

    async def request_reset(self, email: str, *, address: str) -> None:
        """Have a reset token mailed, if the address is somebody's. Neither the answer nor its time tells whether.

        Raises:
            InvalidInput: no address looks so.
            RateLimited: too many requests for this address, or from there.
        """
        wanted = EmailAddress.parse(email)
        await self._throttle.take(self._limits.mails(wanted.key, address))
        async with self._database.write() as session:
            self._mails.password_reset(session, email_key=wanted.key)
        self._mails.wake()

    async def reset(self, token: str, new: str) -> SignedIn:
        """Set a new password with a mail's token, end all sessions, and open one.

        Raises:
            InvalidInput: the new password is refused; the token can be used again.
            InvalidCredentials: the token was used, has expired, or never was.
        """
        token_hash = hash_of(token)
        user = None if token_hash is None else await self._owner(token_hash)
        if token_hash is None or user is None:
            raise _no_such_token()
        password_hash = await self._hasher.hash(_acceptable(new, user))
        opened = await self._store(token_hash, password_hash)
        self._mails.wake()
        return await self._issuer.sign(opened)

    async def _owner(self, token_hash: str) -> User | None:
        async with self._database.read() as session:
            token = await MailTokenRepository(session).find(
                token_hash, MailTokenPurpose.RESET_PASSWORD, now=self._clock.now()
            )
            return None if token is None else await UserRepository(session).one(token.user_id)

    async def _store(self, token_hash: str, password_hash: str) -> OpenSession:
        async with self._database.write() as session:
            used = await MailTokenRepository(session).use(
                token_hash, MailTokenPurpose.RESET_PASSWORD, now=self._clock.now()
            )
            user = None if used is None else await UserRepository(session).one(used[0])
            if user is None:
                raise _no_such_token()
            await UserRepository(session).set_password(user.id, password_hash)
            await self._after_change(session, user, but=None)
            return await self._issuer.open(session, user)

    async def _after_change(self, session: AsyncSession, user: User, *, but: str | None) -> None:
        now = self._clock.now()
        await SessionRepository(session).end_all(user.id, now=now, but=but)
        await MailTokenRepository(session).forget(user.id, *MailTokenPurpose)
        if user.email is not None:
            self._mails.notice(session, Notice.PASSWORD_CHANGED, user_id=user.id, email=user.email)
        AuditRepository(session, now=now).note("password.changed", actor=user.id, subject=user.id)


def _acceptable(new: str, user: User) -> str:
    return acceptable_password(new, field=["newPassword"], personal=[user.email_key or "", user.name or ""])


def _no_such_token() -> InvalidCredentials:
    return InvalidCredentials("This token was used or has expired: ask for a new one.", field=["token"])
