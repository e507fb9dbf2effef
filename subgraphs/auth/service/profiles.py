"""What people change about themselves: their name, and their address once the new one is confirmed."""

from __future__ import annotations

from subgraphs.auth.errors import EmailTaken, InvalidCredentials
from subgraphs.auth.models import MailTokenPurpose, User
from subgraphs.auth.repository.audit import AuditRepository
from subgraphs.auth.repository.mail_tokens import MailTokenRepository
from subgraphs.auth.repository.users import UserRepository
from subgraphs.auth.service.credentials import Credentials, standing_user
from subgraphs.auth.service.email_address import EmailAddress
from subgraphs.auth.service.letters import Notice
from subgraphs.auth.service.mails import Mails
from subgraphs.auth.service.names import checked_name
from subgraphs.auth.service.person import Person
from subgraphs.auth.service.secret_tokens import hash_of
from subgraphs.auth.service.throttle import Limits, Taken, Throttle
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.common.errors import InvalidInput
from subgraphs.common.identity import Principal

_NO_TAKEN = Taken(())


class Profiles:
    """Changes names and addresses."""

    def __init__(
        self,
        database: Database,
        credentials: Credentials,
        mails: Mails,
        *,
        throttle: Throttle,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._mails = mails
        self._throttle = throttle
        self._limits = limits
        self._clock = clock

    async def update(
        self, principal: Principal, *, name: str | None, email: str | None, password: str | None, address: str
    ) -> Person:
        """Change the name at once; have a new address confirmed by mail before it takes the old one's place.

        Raises:
            InvalidInput: a value is refused, or the password is missing beside a new address.
            InvalidCredentials: the password is wrong.
            EmailTaken: the new address has an account.
            RateLimited: too many wrong passwords or mails.
        """
        called = None if name is None else checked_name(name)
        wanted = None if email is None else EmailAddress.parse(email)
        async with self._database.read() as session:
            user = await standing_user(session, principal)
            taken_by = None if wanted is None else await UserRepository(session).by_email(wanted.key)
        if wanted is not None and wanted.key == user.email_key:
            wanted = None
        taken = _NO_TAKEN
        if wanted is not None:
            taken = await self._allow(principal, wanted, password, address=address)
            if taken_by is not None:
                raise EmailTaken
        return await self._store(principal, name=called, email=wanted, taken=taken)

    async def _allow(self, principal: Principal, wanted: EmailAddress, password: str | None, *, address: str) -> Taken:
        if password is None:
            raise InvalidInput("To change your email address, send your password too.", field=["password"])
        _user, taken = await self._credentials.confirm(principal, password, address=address, field=["password"])
        await self._throttle.take(self._limits.mails(wanted.key, address))
        return taken

    async def _store(
        self, principal: Principal, *, name: str | None, email: EmailAddress | None, taken: Taken
    ) -> Person:
        async with self._database.write() as session:
            await self._throttle.give_back(session, taken)
            user = await standing_user(session, principal, locked=True)
            audit = AuditRepository(session, now=self._clock.now())
            if name is not None and name != user.name:
                await UserRepository(session).set_name(user.id, name)
                user.name = name
                audit.note("profile.name_changed", actor=user.id, subject=user.id)
            if email is not None:
                await MailTokenRepository(session).forget(user.id, MailTokenPurpose.CONFIRM_EMAIL)
                self._mails.confirm_email(session, user_id=user.id, email=email.address)
                if user.email is not None:
                    self._mails.notice(session, Notice.EMAIL_CHANGING, user_id=user.id, email=user.email)
                audit.note("profile.email_requested", actor=user.id, subject=user.id)
            person = Person.of(user)
        self._mails.wake()
        return person

    async def confirm_email(self, token: str) -> Person:
        """Put the address that a mail's token was sent to in the old one's place.

        Raises:
            InvalidCredentials: the token was used, has expired, or never was.
            EmailTaken: another account got the address meanwhile.
        """
        token_hash = hash_of(token)
        if token_hash is None:
            raise _no_such_token()
        async with self._database.write() as session:
            user = await self._confirm(UserRepository(session), MailTokenRepository(session), token_hash)
            AuditRepository(session, now=self._clock.now()).note(
                "profile.email_changed", actor=user.id, subject=user.id
            )
            return Person.of(user)

    async def _confirm(self, users: UserRepository, tokens: MailTokenRepository, token_hash: str) -> User:
        used = await tokens.use(token_hash, MailTokenPurpose.CONFIRM_EMAIL, now=self._clock.now())
        if used is None:
            raise _no_such_token()
        user_id, email = used
        # A reset token went to the old mailbox: it must not open the account from there any more.
        await tokens.forget(user_id, *MailTokenPurpose)
        wanted = EmailAddress.parse(email)
        if not await users.set_email(user_id, email=wanted.address, email_key=wanted.key):
            raise EmailTaken
        user = await users.one(user_id)
        if user is None:
            raise _no_such_token()
        return user


def _no_such_token() -> InvalidCredentials:
    return InvalidCredentials(
        "This token was used or has expired: ask for the change of your email address again.", field=["token"]
    )
